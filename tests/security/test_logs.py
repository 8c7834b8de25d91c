"""No log and no report holds a secret: real passwords and keys run through the program, and it breaks on the way."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from desk.bootstrap import conninfo_of
from desk.no_secrets import never_write, without_secrets
from desk.services.core import secrets
from desk.services.logins.commands import ChangePassword
from desk.ui.core.app import Bugs, write_logs
from tests.builders import a_login
from tests.postgres import Database, password_of

ROOT = Path(__file__).parents[2]
TYPED = "Tr3vo-da-sorte"
PEM = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIBkgVGhlIHByaXZhdGUga2V5\n-----END EC PRIVATE KEY-----"


@pytest.fixture
def bugs(tmp_path: Path) -> Iterator[Bugs]:
    """The program's place for defects, writing here."""
    made, log = Bugs(), logging.getLogger("desk")
    made.folder, stop = tmp_path, write_logs(tmp_path)
    level = log.level
    yield made
    stop()
    log.setLevel(level)


def told(bugs: Bugs, error: BaseException) -> str:
    """Everything that is on the disk after this defect; its number is the name of the report."""
    numbers: list[str] = []
    bugs.happened.connect(lambda said: numbers.append(said.code))
    bugs.handle(type(error), error, error.__traceback__)
    assert bugs.folder is not None
    assert (bugs.folder / f"defeito-{numbers[0]}.txt").is_file()
    return "\n".join(path.read_text(encoding="utf-8") for path in bugs.folder.iterdir())


@pytest.mark.logs_warnings
def test_a_statement_that_breaks_does_not_tell_what_was_typed(database: Database, bugs: Bugs) -> None:
    """The new password of a login goes in the clear to the daemon's table: as a parameter of the statement."""
    login = a_login(database, password="velha-senha-9")
    database.admin().execute("ALTER FUNCTION desk.store_secret(bigint, bytea, text) RENAME TO gone")
    with pytest.raises(DBAPIError) as broken:
        database.bus("administrador").execute(ChangePassword(login_id=login.id, password=TYPED))
    written = told(bugs, broken.value)
    assert "store_secret" in written and "Traceback" in written
    assert TYPED not in written and "Tr3vo" not in written


@pytest.mark.logs_warnings
def test_a_revealed_secret_and_its_key_stay_out_of_a_report(database: Database, bugs: Bugs) -> None:
    login = a_login(database, password=TYPED)
    person = database.signed_in("administrador")
    seen = secrets.reveal(person.sessions, "radius", login.id, "conferência")
    assert seen.text == TYPED
    with pytest.raises(ValueError, match="Revealed") as broken:
        raise ValueError(f"cannot show {seen!r} with {secrets.Revealed('nas', 1, 'outra-coisa')}")
    assert "Tr3vo" not in told(bugs, broken.value)


@pytest.mark.logs_warnings
def test_the_row_that_the_server_quotes_is_left_out(database: Database, bugs: Bugs) -> None:
    person = database.signed_in("atendente")
    with pytest.raises(DBAPIError) as broken, person.sessions() as session:
        session.execute(text("SELECT 1/0 FROM (SELECT set_config('desk.x', :secret, true)) x"), {"secret": TYPED})
    assert "Tr3vo" not in told(bugs, broken.value)
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        database.admin().execute(f"CREATE TEMP TABLE t (a text CHECK (a = 'x')); INSERT INTO t VALUES ('{TYPED}')")
    assert "Tr3vo" in str(refused.value)
    written = told(bugs, refused.value)
    assert "violates check constraint" in written and "Tr3vo" not in written


@pytest.mark.logs_warnings
def test_whoever_signed_in_has_a_password_that_is_never_written(database: Database, bugs: Bugs) -> None:
    person = database.signed_in("atendente")
    word = password_of("atendente")
    connection = conninfo_of(person.server, "atendente", word)
    for error in (RuntimeError(word), RuntimeError(connection), KeyError(word), RuntimeError(f"tried ({word!r},)")):
        assert word not in told(bugs, error)


def test_at_the_terminal_and_in_the_workers_lines_neither() -> None:
    """A server that is not there, with the password in the address as people paste it."""
    url = "postgresql://postgres:S3gredo-da-TI@127.0.0.1:1/desk"
    for words in (["db", "check", "--url", url], ["doctor", "--url", url]):
        done = subprocess.run(
            [sys.executable, "-m", "desk", *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode in (1, 3), done.stderr
        assert done.stdout + done.stderr
        assert "S3gredo" not in done.stdout + done.stderr
    script = (
        "import desk.worker as worker, logging\n"
        "def run(settings, role, password, stop):\n"
        "    logging.getLogger('desk.services').error('router said password=%s', password)\n"
        "    try: raise OSError(f'postgresql://x:{password}@h/desk')\n"
        "    except OSError: logging.getLogger('desk.services').exception('reconciling')\n"
        "    return 0\n"
        "worker.run = run\nraise SystemExit(worker.main([]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=os.environ | {"DESK_WORKER_PASSWORD": "S3gredo-da-TI"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "reconciling" in done.stderr and "postgresql://x:***@h/desk" in done.stderr
    assert "S3gredo" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("connection failed: host=db1 password=hunter2 user=ana", "user=ana"),
        ("host=db1 password='hunter2 with \\'blanks\\'' user=ana", "user=ana"),
        ('{"password": "hunter2, and more", "host": "db1"}', '"host": "db1"'),
        ("{'radius_secret': b'hunter2 x', 'port': 1812}", "'port': 1812"),
        ("Senha do roteador: hunter2 com espaço", "Senha do roteador"),
        ("senha: hunter2 com espaço\nhost: db1", "host: db1"),
        ("postgresql://ana:hunter2@db1:5432/desk?sslmode=require", "@db1:5432/desk?sslmode=require"),
        ("postgresql://ana:hunter2@with@at@db1/desk", "@db1/desk"),
        ("PGPASSWORD=hunter2 psql", "psql"),
        ("SCRAM-SHA-256$4096:hunter2$hunter2:hunter2", ""),
        ("Authorization: Basic aHVudGVyMjpodW50ZXIy", "Authorization"),
        (f"loading {PEM.replace('MHc', 'hunter2')} done", "loading *** done"),
        ("[SQL: SELECT 1]\n[parameters: {'a': 'hunter2]', 'b': 2}]\nnext", "next"),
        ("ERROR: violates\nDETAIL:  Failing row contains (1, hunter2).\nCONTEXT: x", "CONTEXT: x"),
        ("master_key=hunter2 data_key=hunter2", "master_key="),
    ],
)
def test_what_looks_like_a_secret_goes_and_the_rest_stays(line: str, kept: str) -> None:
    cleaned = without_secrets(line)
    assert "hunter2" not in cleaned and "blanks" not in cleaned and "espaço" not in cleaned and "more" not in cleaned
    assert "aHVudGVy" not in cleaned
    assert kept in cleaned


@pytest.mark.parametrize(
    "piece", ["x.y-", "ab-", "[parameters: ", "password ", "senha a b ", "a://b:", "password='", "DETAIL \n", PEM[:30]]
)
def test_long_lines_take_no_longer_than_their_length(piece: str) -> None:
    """A report is written while somebody waits; what a router says may be long, and made to be."""

    def seconds(length: int) -> float:
        began = time.process_time()
        without_secrets(piece * (length // len(piece)))
        return time.process_time() - began

    seconds(1_000)
    short, long = (min(seconds(length) for _ in range(2)) for length in (20_000, 160_000))
    assert long < 24 * max(short, 0.01)  # eight times as long, and not sixty-four


def test_an_address_without_a_password_stays_readable() -> None:
    line = "GET https://arquivos.provedor.example:8443/desk/aviso.json user@host, db1:5432/desk"
    assert without_secrets(line) == line


def test_short_words_are_not_blotted_out_everywhere() -> None:
    never_write("ana")
    assert without_secrets("banana") == "banana"
