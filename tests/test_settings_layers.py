"""Whose word stands: policy, environment, machine, person; and the policy's own files in both languages."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from desk import settings
from desk.settings_layers import MACHINE, POLICY, registry

FILES = Path(__file__).parents[1] / "resources" / "windows" / "PolicyDefinitions"
SPACE = "{http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions}"
# What a person's own copy of the program needs, and nobody else decides.
NOT_A_POLICY = {"data_folder"}


def layered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, policy: dict[str, str], machine: dict[str, str]) -> None:
    """A computer on which every layer says something."""
    values = {POLICY: policy, MACHINE: machine}
    monkeypatch.setattr(settings, "registry", lambda key: values[key])
    for name in ("user_config_dir", "site_config_dir"):
        monkeypatch.setattr(type(settings.DIRS), name, property(lambda dirs, name=name: str(tmp_path / name)))
        (tmp_path / name).mkdir()
    (tmp_path / "user_config_dir" / "desk.toml").write_text(
        'host = "person"\ndatabase = "person"\nsslmode = "require"\nport = "1"\nsslrootcert = "person"\n'
    )
    (tmp_path / "site_config_dir" / "desk.toml").write_text('host = "file"\ndatabase = "file"\nport = "2"\n')


def test_policy_stands_above_environment_above_machine_above_person(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    layered(monkeypatch, tmp_path, {"host": "policy"}, {"host": "machine", "port": "3", "database": "machine"})
    monkeypatch.setenv("DESK_HOST", "environment")
    monkeypatch.setenv("DESK_PORT", "4")
    server = settings.Settings().server
    assert (server.host, server.port, server.database) == ("policy", "4", "machine")
    assert (server.sslmode, server.sslrootcert) == ("require", "person")


def test_without_a_policy_the_next_layer_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    layered(monkeypatch, tmp_path, {}, {"single_sign_on": "1"})
    found = settings.Settings()
    assert found.single_sign_on is True
    assert (found.host, found.port) == ("file", "2")


def test_only_the_company_says_where_notices_come_from(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    layered(monkeypatch, tmp_path, {}, {})
    (tmp_path / "user_config_dir" / "desk.toml").write_text(
        'update_source = "https://elsewhere.example/x"\nport = "9"\n'
    )
    monkeypatch.setenv("DESK_UPDATE_KEY", "other")
    found = settings.Settings()
    assert (found.update_source, found.update_key, found.port) == ("", "", "2")
    layered_policy = {"update_source": "\\\\files\\desk\\aviso.json", "update_key": "k", "jump_list": "0"}
    monkeypatch.setattr(settings, "registry", lambda key: layered_policy if key == POLICY else {})
    found = settings.Settings()
    assert (found.update_source, found.update_key, found.jump_list) == (layered_policy["update_source"], "k", False)


def test_only_the_company_says_whether_passwords_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    layered(monkeypatch, tmp_path, {"keep_password": "0"}, {})
    (tmp_path / "user_config_dir" / "desk.toml").write_text("keep_password = true\n")
    monkeypatch.setenv("DESK_KEEP_PASSWORD", "1")
    assert settings.Settings().keep_password is False
    monkeypatch.setattr(settings, "registry", lambda key: {})
    assert settings.Settings().keep_password is True
    (tmp_path / "site_config_dir" / "desk.toml").write_text("keep_password = false\n")
    assert settings.Settings().keep_password is False


def test_where_there_is_no_registry_nothing_is_asked() -> None:
    assert registry(r"Software\Desk\not there") == {}


def policies() -> dict[str, ET.Element]:
    tree = ET.parse(FILES / "desk.admx")
    return {str(each.get("name")): each for each in tree.iter(f"{SPACE}policy")}


def test_every_setting_is_a_policy_that_the_program_reads() -> None:
    assert set(policies()) == set(settings.Settings.model_fields) - NOT_A_POLICY
    for name, policy in policies().items():
        assert policy.get("key") == POLICY
        values = {policy.get("valueName"), *(each.get("valueName") for each in policy.iter())} - {None}
        assert values == {name}


def test_the_protections_offered_are_libpqs() -> None:
    offered = {each.text for each in policies()["sslmode"].iter(f"{SPACE}string")}
    assert offered <= {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}
    assert settings.Settings.model_fields["sslmode"].default in offered


@pytest.mark.parametrize("language", ["pt-BR", "en-US"])
def test_every_word_that_the_policies_ask_for_is_there(language: str) -> None:
    text = (FILES / "desk.admx").read_text(encoding="utf-8")
    words = ET.parse(FILES / language / "desk.adml")
    strings = {each.get("id"): each.text for each in words.iter(f"{SPACE}string")}
    assert set(re.findall(r"\$\(string\.(\w+)\)", text)) == set(strings)
    assert all(value and value.strip() for value in strings.values())
    shown = {each.get("id") for each in words.iter(f"{SPACE}presentation")}
    assert set(re.findall(r"\$\(presentation\.(\w+)\)", text)) == shown
    elements = {each.get("id") for each in ET.parse(FILES / "desk.admx").iter() if each.get("id")}
    assert {each.get("refId") for each in words.iter() if each.get("refId")} == elements
