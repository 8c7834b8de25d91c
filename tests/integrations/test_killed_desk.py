"""A desk that dies with the dialog of an address open: a process is killed, and the desk beside it waits its time."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.services.ips import IpReserved, NoFreeIp, ReserveIp
from tests.builders import a_range
from tests.postgres import Database, password_of
from tests.services.core.waiting import until

ROOT = Path(__file__).parents[2]
AS_INSTALLED = dt.timedelta(minutes=2)
PATIENCE = dt.timedelta(seconds=12)
# What the program does while the dialog is open: it signs in, reserves, and renews.
OPEN_DIALOG = """
import os, sys, uuid
from desk.bootstrap import sign_in
from desk.services.ips import RenewIp, ReserveIp
from desk.settings import Server
host, port, name, point, token = sys.argv[1:]
person = sign_in(Server(host, port, name, sslmode="disable"), "suporte", os.environ["DESK_TEST_PASSWORD"])
held = person.bus.execute(ReserveIp(access_point_id=int(point), token=uuid.UUID(token))).value
assert person.bus.execute(RenewIp(token=uuid.UUID(token))).value
print(held.address, flush=True)
sys.stdin.read()
"""
# The same, killed before its transaction ends.
HALF_WAY = """
import sys, psycopg
dsn, point, token = sys.argv[1:]
connection = psycopg.connect(dsn)
row = connection.execute("SELECT host(told) FROM desk.reserve_ip(%s, 4, %s)", (point, token)).fetchone()
print(row[0], flush=True)
sys.stdin.read()
"""


@pytest.fixture
def point(database: Database) -> int:
    """An access point that has one address left."""
    return a_range(database, "10.77.0.0/30", gateway="10.77.0.1").access_point_id


def killed(*command: str) -> Iterator[str]:
    """What a process told once it held the address; the second step kills it."""
    process = subprocess.Popen(
        [sys.executable, "-c", *command],
        cwd=ROOT,
        env=os.environ | {"DESK_TEST_PASSWORD": password_of("suporte")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        yield process.stdout.readline().strip()
        assert process.poll() is None
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        process.stdin.close()
        process.stdout.close()
    assert process.returncode == -signal.SIGKILL


def takes(database: Database, point: int) -> IpReserved | None:
    """The other desk asks for the next free one."""
    try:
        return database.bus("administrador").execute(ReserveIp(access_point_id=point, token=uuid.uuid4())).value
    except NoFreeIp:
        return None


def test_what_a_killed_desk_had_reserved_is_free_after_its_time_and_not_before(database: Database, point: int) -> None:
    """Nothing moves a clock: the time passes, as at the counter, only that this database has less patience."""
    admin = database.admin()
    assert admin.execute("SELECT desk.ip_patience()").fetchone() == (AS_INSTALLED,)
    admin.execute(
        "CREATE OR REPLACE FUNCTION desk.ip_patience() RETURNS interval IMMUTABLE "
        f"RETURN interval '{PATIENCE.total_seconds()} seconds'"
    )
    server, token = database.server(), uuid.uuid4()
    desk = killed(OPEN_DIALOG, server.host, server.port, server.database, str(point), str(token))
    held = next(desk)
    assert held == "10.77.0.2"
    for _ in desk:  # pragma: no cover  it yields once
        raise AssertionError
    gone = time.monotonic()
    row = admin.execute(
        "SELECT expires_at, clock_timestamp() FROM desk.ip_holdings WHERE token = %s", (token,)
    ).fetchone()
    assert row is not None
    expires, now = row
    assert dt.timedelta(0) < expires - now <= PATIENCE
    sessions = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'suporte' AND datname = current_database()"
    until(lambda: admin.execute(sessions).fetchone() == (0,), 10, lambda: "its sessions are still there")
    assert takes(database, point) is None

    pause = threading.Event()
    while (found := takes(database, point)) is None:
        assert time.monotonic() - gone < PATIENCE.total_seconds() + 30, "the reservation of a dead desk stays"
        pause.wait(0.2)
    (at,) = admin.execute("SELECT clock_timestamp()").fetchone() or (now,)
    assert found.address == held
    assert at >= expires


def test_a_reservation_that_was_not_committed_dies_with_its_process(database: Database, point: int) -> None:
    desk = killed(HALF_WAY, database.dsn("suporte"), str(point), str(uuid.uuid4()))
    held = next(desk)
    for _ in desk:  # pragma: no cover  it yields once
        raise AssertionError
    found = takes(database, point)  # waits for the row lock of the range, which the server drops with the connection
    assert found is not None and found.address == held
