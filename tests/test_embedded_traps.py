"""What went wrong once on the way to the embedded server: foreign settings, root's rights, another server's port."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import psutil
import pytest

from desk import embedded
from desk.embedded import EmbeddedServer, Stopped
from desk.embedded_errors import CreateFailed, FolderRefused, NoAnswer
from desk.embedded_programs import Programs, carried
from desk.embedded_secret import StoredPassword
from tests.test_embedded import IS_ROOT, folder, place, postmaster, server, started_once, value

__all__ = ["folder", "place", "server", "started_once"]

FOREIGN = (
    "PGDATA",
    "PGPORT",
    "PGSERVICE",
    "LC_ALL",
    "LC_MESSAGES",
    "LANG",
    "LANGUAGE",
    "LD_LIBRARY_PATH",
    "PYTHONPATH",
)


def test_settings_of_the_person_and_of_the_bundle_do_not_reach_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*FOREIGN, "HOME", "DESK_KEPT"):
        monkeypatch.setenv(name, "/home/maria/estranho")
    ours, others = Programs(carried()).environment, Programs(carried(), uid=1, gid=1).environment
    for environment in (ours, others):
        assert {name: environment.get(name) for name in FOREIGN} == dict.fromkeys(FOREIGN) | {"LC_ALL": "C"}
        assert "DESK_KEPT" in environment
    assert ("HOME" in ours, "HOME" in others) == (True, False)


def test_a_server_started_with_all_of_them_set_is_the_same(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, strange in (("PGPORT", "1"), ("PGDATA", "/tmp/nenhum"), ("LC_ALL", "xx_XX.UTF-8"), ("LANG", "pt_BR")):
        monkeypatch.setenv(name, strange)
    monkeypatch.setenv("LD_LIBRARY_PATH", str(Path(__file__).parent))
    assert value(server.start(), "show lc_messages") == "C"


def test_the_server_has_no_right_of_root(server: EmbeddedServer) -> None:
    server.start()
    process = psutil.Process(postmaster(server))
    uids = {*process.uids()}
    groups = Path(f"/proc/{process.pid}/status").read_text("utf-8").partition("\nGroups:")[2].splitlines()[0].split()
    if IS_ROOT:
        assert 0 not in uids and groups == []
    else:
        assert uids == {os.getuid()}


@pytest.mark.parametrize("what", ["initdb says no", "the password cannot be kept"])
def test_a_first_start_that_fails_leaves_neither_data_nor_its_password(
    folder: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Data whose password nobody has would be lost: the password is kept before they get their name."""

    run = Programs.run

    def refuse(*_: object, **__: object) -> object:
        raise OSError(28, "No space left on device")

    def run_all_but_initdb(self: Programs, name: str, *more: object, **how: Any) -> subprocess.CompletedProcess[bytes]:
        if name == "initdb":
            return subprocess.CompletedProcess([], 1, b"", b"no space left on device")
        return run(self, name, *more, **how)

    server = EmbeddedServer(folder)
    with monkeypatch.context() as broken:
        if what == "initdb says no":
            broken.setattr(Programs, "run", run_all_but_initdb)
        else:
            broken.setattr(StoredPassword, "set", refuse)
        with pytest.raises((CreateFailed, FolderRefused)) as failed:
            server.start()
    assert "space left" in str(failed.value.params)
    assert not server.exists and not (folder / "initdb.password").exists()
    assert value(server.start(), "select 1") == 1


def test_a_server_that_is_not_the_one_of_this_folder_is_neither_entered_nor_stopped(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pid, port and password fit, as with a copied folder; what the server says of itself does not."""
    monkeypatch.setattr(embedded, "START_SECONDS", 0.3)
    dsn = server.start()
    noted = server.folder / "instance.json"
    facts = json.loads(noted.read_text("utf-8"))
    noted.write_text(json.dumps(facts | {"system": "1"}), encoding="utf-8")
    assert server.stop_if_last() == Stopped(down=False)
    with pytest.raises(NoAnswer):
        server.start()
    assert value(dsn, "select 1") == 1
    noted.write_text(json.dumps(facts), encoding="utf-8")
    assert server.stop_if_last() == Stopped(down=True)
