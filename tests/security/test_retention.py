"""What only looks back goes when its time is over, and nothing goes sooner."""

from __future__ import annotations

import datetime as dt
import threading

import pytest

from desk.db.check import check
from desk.db.retention import LABELS
from desk.models.retention import DEFAULTS
from tests.builders import a_customer
from tests.postgres import Database
from tests.security.scene import Scene
from tests.test_db_commands import Terminal, terminal

__all__ = ["terminal"]

NOW = dt.datetime.now(dt.UTC)
MANY = 12_000


def sweep(database: Database, times: int = 1) -> None:
    """The worker's rounds."""
    worker = database.connect("desk_worker")
    for _ in range(times):
        worker.execute("SELECT desk.janitor()")
    worker.close()


def count(database: Database, table: str, where: str = "true") -> int:
    row = database.admin().execute(f"SELECT count(*) FROM {table} WHERE {where}".encode()).fetchone()
    assert row is not None
    return int(row[0])


def days_ago(days: float) -> dt.datetime:
    return NOW - dt.timedelta(days=days)


@pytest.mark.parametrize(
    ("what", "table", "insert"),
    [
        (
            "commands",
            "desk.commands",
            "INSERT INTO desk.commands (id, name, who, at) VALUES (gen_random_uuid(), 'x', 'x', %s)",
        ),
        (
            "looks",
            "desk_vault.tickets",
            "INSERT INTO desk_vault.tickets (kind, owner, reason, who, at, xid) VALUES ('radius', 1, '', 'x', %s, 1)",
        ),
        (
            "device_looks",
            "desk_vault.tickets",
            "INSERT INTO desk_vault.tickets (kind, owner, reason, who, at, xid) VALUES ('router', 1, '', 'x', %s, 1)",
        ),
        (
            "device_looks",
            "desk_vault.tickets",
            "INSERT INTO desk_vault.tickets (kind, owner, reason, who, at, xid, lease)"
            " VALUES ('radius', 1, 'entrega', 'x', %s, 1, gen_random_uuid())",
        ),
        (
            "pending",
            "desk_vault.pending",
            "INSERT INTO desk_vault.pending (version, kind, owner, who, at)"
            " VALUES (nextval('desk_vault.secret_version'), 'radius', 1, 'x', %s)",
        ),
    ],
)
def test_rows_go_when_their_time_is_over(database: Database, what: str, table: str, insert: str) -> None:
    days = DEFAULTS[what][0]
    admin = database.admin()
    admin.execute(f"DELETE FROM {table}".encode())
    for age in (days + 1, days + 400, days - 0.5, 0):
        admin.execute(insert.encode(), (days_ago(age),))
    sweep(database)
    assert count(database, table) == 2
    assert count(database, "desk.retention", f"what = '{what}' AND swept_at IS NOT NULL") == 1


def old_month(database: Database, name: str, start: str, end: str) -> None:
    """A month of the log as the wall of that time made it."""
    database.admin().execute(
        f"CREATE TABLE desk.{name} PARTITION OF desk.change_log FOR VALUES FROM ('{start} 00:00+00')"
        f" TO ('{end} 00:00+00'); ALTER TABLE desk.{name} OWNER TO desk_log".encode()
    )


def log_row(database: Database, at: str) -> None:
    database.admin().execute(
        "INSERT INTO desk.change_log (id, at, who, xid, tbl, op)"
        " VALUES (nextval('desk.change_log_id'), %s, 'x', 1, 't', 'I')",
        (at,),
    )


def test_months_of_the_log_go_as_tables(database: Database) -> None:
    first = (NOW - dt.timedelta(days=DEFAULTS["log"][0])).replace(day=1)
    still = f"change_log_{first:%Y_%m}"
    following = (first + dt.timedelta(days=32)).replace(day=1)
    old_month(database, still, f"{first:%Y-%m-%d}", f"{following:%Y-%m-%d}")
    old_month(database, "change_log_2019_03", "2019-03-01", "2019-04-01")
    log_row(database, "2019-03-31 23:59:59+00")
    log_row(database, "2019-04-01 00:00:00+00")  # of no month: in the rest
    log_row(database, f"{first:%Y-%m-%d} 00:00+00")
    a_customer(database)
    now = count(database, "desk.change_log", "at > now() - interval '1 day'")
    sweep(database)
    assert count(database, "desk.change_log", "at < '2019-12-31'") == 0
    assert count(database, "pg_class", "relname = 'change_log_2019_03'") == 0
    assert count(database, f"desk.{still}") == 1
    assert count(database, "desk.change_log", "at > now() - interval '1 day'") == now


def test_a_log_in_use_is_swept_later_and_nobody_waits(database: Database) -> None:
    old_month(database, "change_log_2019_03", "2019-03-01", "2019-04-01")
    clerk = database.connect("administrador", autocommit=False)
    clerk.execute("SELECT count(*) FROM desk.change_log")  # a long look holds the table
    sweep(database)
    assert count(database, "pg_class", "relname = 'change_log_2019_03'") == 1
    assert count(database, "desk.retention", "what = 'log' AND swept_at IS NULL") == 1
    clerk.rollback()
    sweep(database)
    assert count(database, "pg_class", "relname = 'change_log_2019_03'") == 0


def test_much_goes_in_portions(database: Database) -> None:
    database.admin().execute(
        "INSERT INTO desk.commands (id, name, who, at) SELECT gen_random_uuid(), 'x', 'x', now() - interval '40 days'"
        f" FROM generate_series(1, {MANY})".encode()
    )
    left = []
    for _ in range(3):
        sweep(database)
        left.append(count(database, "desk.commands"))
    assert left == [7000, 2000, 0]


def test_two_workers_do_not_wait_for_each_other(database: Database) -> None:
    database.admin().execute(
        "INSERT INTO desk.commands (id, name, who, at) SELECT gen_random_uuid(), 'x', 'x', now() - interval '40 days'"
        f" FROM generate_series(1, {MANY})".encode()
    )
    first = database.connect("desk_worker", autocommit=False)
    first.execute("SELECT desk.janitor()")
    second = threading.Thread(target=sweep, args=(database,))
    second.start()
    second.join(10)
    assert not second.is_alive()
    assert count(database, "desk.commands") == MANY  # the first holds what it swept, the second passed by
    first.commit()
    assert count(database, "desk.commands") == MANY - 5000


def test_what_is_kept_for_ever_stays(database: Database, terminal: Terminal) -> None:
    assert terminal.run("retention", "commands", "0", "--url", database.dsn()) == 0, terminal.err
    assert "para sempre" in terminal.out
    database.admin().execute(
        "INSERT INTO desk.commands (id, name, who, at) VALUES (gen_random_uuid(), 'x', 'x', '2001-01-01')"
    )
    sweep(database)
    assert count(database, "desk.commands") == 1
    assert [found.text for found in check(database.dsn()) if not found.ok] == []


def test_changing_how_long_is_written_down(database: Database, terminal: Terminal) -> None:
    assert terminal.run("retention", "log", "3650", "--url", database.dsn()) == 0, terminal.err
    assert "3650 dias" in terminal.out
    row = (
        database.admin()
        .execute(
            "SELECT who, before->>'keep_days', after->>'keep_days' FROM desk.change_log"
            " WHERE tbl = 'retention' AND op = 'U'"
        )
        .fetchone()
    )
    assert row == ("postgres", "1826", "3650")
    sweep(database)  # that it was swept is no change anybody asks for
    assert count(database, "desk.change_log", "tbl = 'retention' AND op = 'U'") == 1


@pytest.mark.parametrize(
    ("what", "days", "says"),
    [("log", "30", "pelo menos 365 dias"), ("looks", "-1", "pelo menos"), ("nada", "90", "Os nomes são")],
)
def test_a_trail_is_not_shortened_to_nothing(
    database: Database, terminal: Terminal, what: str, days: str, says: str
) -> None:
    assert terminal.run("retention", "--url", database.dsn(), "--", what, days) == 1
    assert says in terminal.err


def test_check_says_what_nobody_swept(database: Database) -> None:
    admin = database.admin()
    admin.execute("INSERT INTO desk.commands (id, name, who, at) VALUES (gen_random_uuid(), 'x', 'x', '2001-01-01')")
    log_row(database, "2001-01-01")
    bad = [found.text for found in check(database.dsn()) if not found.ok]
    assert len(bad) == 1
    assert LABELS["commands"] in bad[0] and LABELS["log"] in bad[0] and "desk worker" in bad[0]
    sweep(database)
    assert [found.text for found in check(database.dsn()) if not found.ok] == []


def test_check_says_when_the_log_runs_out_of_months(database: Database) -> None:
    for (name,) in (
        database.admin()
        .execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'desk.change_log'::regclass"
            " ORDER BY 1 DESC OFFSET 1 LIMIT 12"
        )
        .fetchall()
    ):
        database.admin().execute(f"DROP TABLE {name}".encode())
    assert any("check --repair" in found.text for found in check(database.dsn()) if not found.ok)


@pytest.mark.parametrize("role", ["atendente", "administrador", "desk_worker"])
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT desk.sweep()",
        "SELECT desk.sweep_log(now(), 1000000)",
        "SELECT desk_vault.sweep('looks', now(), 1000000)",
        "UPDATE desk.retention SET keep_days = 1",
        "DELETE FROM desk.retention",
        "DELETE FROM desk.commands",
    ],
)
def test_nobody_at_a_desk_sweeps_by_hand(scene: Scene, role: str, statement: str) -> None:
    scene.attack(role, statement)
