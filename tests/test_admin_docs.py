"""The pages for IT: what they print was run, by these tests, on a real server, and both languages say the same."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk import doctor, notice
from desk.db import cli
from desk.integrations.radius import port as radius
from desk.integrations.routeros import port as routeros
from desk.server import Server
from desk.settings import Settings
from desk.settings_layers import MACHINE, POLICY
from desk.ui.core.messages import TEXTS
from desk.ui.shell import texts as _texts  # noqa: F401 – the words of a refused sign-in
from installer import msi
from tests.postgres import started
from tests.standins.company import CompanyServer
from tests.test_db_commands import Terminal, terminal

__all__ = ["terminal"]

ADMIN = Path(__file__).parents[1] / "docs" / "admin"
PAIRS = {
    "index": "index",
    "servidor": "server",
    "copias": "backups",
    "dominio": "single-sign-on",
    "rede": "network",
    "freeradius": "freeradius",
    "backup-and-move": "moving",
    "windows": "windows",
}
PAGES = [*(ADMIN / f"{name}.md" for name in PAIRS), *(ADMIN / "en" / f"{name}.md" for name in PAIRS.values())]
# What a prompt is answered with; the passphrase is typed twice, a password once per command.
TYPED = {"create-operator": "senha-da-ana-1", "set-password": "{role}-senha-1", "key-": "frase comprida da cópia"}


def blocks(page: Path, kind: str) -> list[str]:
    return re.findall(rf"^```{re.escape(kind)}\n(.*?)^```$", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def commands(page: Path) -> list[list[str]]:
    return [shlex.split(line) for block in blocks(page, "commands") for line in block.splitlines()]


def block(name: str, kind: str) -> str:
    (found,) = blocks(ADMIN / f"{name}.md", kind)
    return found


@pytest.mark.parametrize(("portuguese", "english"), PAIRS.items())
def test_both_languages_give_the_same_lines(portuguese: str, english: str) -> None:
    ours, theirs = ADMIN / f"{portuguese}.md", ADMIN / "en" / f"{english}.md"
    assert commands(ours) == commands(theirs)
    for kind in ("pg_hba", "pg_ident", "postgresql.conf", "desk.toml"):
        bare = [[re.sub(r"\s*#.*", "", one) for one in blocks(page, kind)] for page in (ours, theirs)]
        assert bare[0] == bare[1], kind


@pytest.mark.parametrize(("portuguese", "english"), PAIRS.items())
def test_both_languages_have_the_same_parts(portuguese: str, english: str) -> None:
    """The same headings, rows, pictures and lines to type, in the same order; only the words around them differ."""
    ours, theirs = ((ADMIN / name).read_text(encoding="utf-8") for name in (f"{portuguese}.md", f"en/{english}.md"))
    for what in (r"^#+ ", r"^\| ", r"^\d+\. ", r"^- ", r"!\[", r"^ {4,}\S", r"^```"):
        assert len(re.findall(what, ours, re.MULTILINE)) == len(re.findall(what, theirs, re.MULTILINE)), what
    for typed in (
        r"HKLM\\[\w\\]+",
        r"%\w+%[\w\\]*",
        r"\bDB[A-Z]+\b",
        r"`(desk[ -]\w+[^`]*)`",
        r"--[a-z][\w-]+",
        r"/(?:qn|fa|x|jm|i)\b",
    ):
        assert sorted(set(re.findall(typed, ours))) == sorted(set(re.findall(typed, theirs))), typed


def test_what_the_screen_says_without_a_ticket_is_what_the_page_explains() -> None:
    said = [words for text in TEXTS.values() for words in (text.what, text.why)]
    for page in (ADMIN / "dominio.md", ADMIN / "en" / "single-sign-on.md"):
        _, _, table = page.read_text(encoding="utf-8").partition("| --- | --- |\n")
        rows = re.findall(r"^\| ([^|]+?)[ …]*\|", table, re.MULTILINE)
        assert len(rows) == 8
        assert [row for row in rows if not any(one.startswith(row) for one in said)] == []


def test_every_page_is_in_the_index_and_no_link_leads_nowhere() -> None:
    for folder in (ADMIN, ADMIN / "en"):
        index = (folder / "index.md").read_text(encoding="utf-8")
        for page in folder.glob("*.md"):
            text = page.read_text(encoding="utf-8")
            assert page.name == "index.md" or f"({page.name})" in index, page
            for link in re.findall(r"\]\(([^)#:]+)\)", text):
                assert (page.parent / link).exists(), (page.name, link)
    assert {*PAIRS} == {page.stem for page in ADMIN.glob("*.md")}
    assert {*PAIRS.values()} == {page.stem for page in (ADMIN / "en").glob("*.md")}


def test_the_firewall_list_names_every_port_that_the_program_calls() -> None:
    called = {radius.COA_PORT, radius.AUTH_PORT, routeros.PLAIN_PORT, routeros.TLS_PORT, int(Server().port)}
    for page in (ADMIN / "rede.md", ADMIN / "en" / "network.md"):
        rows = "\n".join(re.findall(r"^\| .*", page.read_text("utf-8"), re.MULTILINE))
        assert called <= {int(number) for number in re.findall(r"\b\d{3,5}\b", rows)}


def test_the_windows_page_names_what_the_program_has() -> None:
    for page in (ADMIN / "windows.md", ADMIN / "en" / "windows.md"):
        text = page.read_text(encoding="utf-8")
        assert {*msi.PROPERTIES} == set(re.findall(r"`(DB[A-Z]+|INSTALLDIR)`", text))
        for policy in ("single_sign_on", "sslrootcert", "update_source", "update_key", "jump_list", "keep_password"):
            assert policy in Settings.model_fields and f"`{policy}`" in text
        for key in (POLICY, MACHINE):
            assert f"HKLM\\{key}" in text
        assert len(re.findall(r"^!\[[^\]]+\]\((?:\.\./)?img/\w+\.png\)", text, re.MULTILINE)) >= 2
        for line in re.findall(r"^    desk-admin (notice .*)$", text, re.MULTILINE):
            notice._parser().parse_args(shlex.split(line)[1:])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ADMIN)))
def test_commands_are_understood(page: Path) -> None:
    for program, part, *words in commands(page):
        assert program == "desk"
        parser = doctor._parser() if part == "doctor" else cli._parser()
        parser.parse_args(words)


def test_settings_of_workstations_are_known() -> None:
    for page in PAGES:
        for found in blocks(page, "desk.toml"):
            assert set(tomllib.loads(found)) <= set(Settings.model_fields)


@pytest.fixture
def company() -> Iterator[CompanyServer]:
    with started(CompanyServer()) as server:
        yield server


def here(rules: str) -> str:
    """The lines of pg_hba.conf, for people and machines that are all on this one."""
    return re.sub(r"\b10\.0\.0\.\d+/\d+", "127.0.0.1/32", rules)


def test_a_server_takes_the_lines(company: CompanyServer) -> None:
    with company.admin() as admin:
        admin.execute("CREATE ROLE desk_operator")
    for name in ("servidor", "dominio"):
        ident = block(name, "pg_ident") if name == "dominio" else ""
        company.let_in(here(block(name, "pg_hba")), ident=ident)
        company.append("postgresql.conf", block(name, "postgresql.conf"))
        with company.admin() as admin:
            assert admin.execute("SELECT * FROM pg_hba_file_rules WHERE error IS NOT NULL").fetchall() == []
            assert admin.execute("SELECT * FROM pg_ident_file_mappings WHERE error IS NOT NULL").fetchall() == []
            wrong = admin.execute("SELECT name, error FROM pg_file_settings WHERE error IS NOT NULL").fetchall()
            assert [one for one in wrong if one[1] != "setting could not be applied"] == []  # those want a restart


def test_the_pages_lead_from_a_bare_server_to_a_restored_one(
    company: CompanyServer, terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Every command of the pages about the server and its backups, in their order, with the certificate checked."""
    company.let_in(here(block("servidor", "pg_hba")))
    root = company.authority.written(tmp_path)
    keep_passwords(company, tmp_path, monkeypatch)
    monkeypatch.chdir(tmp_path)
    for name in ("servidor", "copias"):
        for line in commands(ADMIN / f"{name}.md"):
            if line[2] == "key-restore":  # the server is lost: its database and its key are gone
                company.drop("desk")
                company.master_key.unlink()
            _, _, *words = (at_this_place(word, company, root) for word in line)
            if words[0] in ("bootstrap", "upgrade"):
                words += ["--master-key", str(company.master_key)]
            typed = next((text for start, text in TYPED.items() if words[0].startswith(start)), "")
            assert terminal.run(*words, stdin=f"{typed.format(role=words[1])}\n") == 0, (
                line,
                terminal.err,
                terminal.out,
            )
    assert terminal.run("check", "--url", company.dsn("desk")) == 0
    assert "FALHA" not in terminal.out


def at_this_place(word: str, company: CompanyServer, root: Path) -> str:
    word = word.replace("banco.provedor.br/", f"localhost:{company.port}/").replace(
        "/etc/desk/master.key", str(company.master_key)
    )
    return f"{word}&sslrootcert={root}" if word.endswith("sslmode=verify-full") else word


def keep_passwords(company: CompanyServer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As ~/.pgpass has them, for the administrator and for the backups."""
    file = folder / "pgpass"
    file.touch(mode=0o600)
    file.write_text(f"localhost:*:*:postgres:{company.password}\nlocalhost:*:*:desk_backup:desk_backup-senha-1\n")
    monkeypatch.setenv("PGPASSFILE", str(file))
