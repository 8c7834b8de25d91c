"""Whose a fixed address was, without any connection: kept from the moment a plan gets it to the moment it loses it."""

from __future__ import annotations

import datetime as dt
import io

import psycopg
import pytest
from alembic import command
from pypdf import PdfReader
from sqlalchemy import text

from desk.db.connections import transaction
from desk.db.upgrade import alembic_config
from desk.services.ips import CreateIp, DeleteIp, EditIp, IpDraft
from desk.services.sessions import AddressUse, PrintAddressUse, WhoUsedAddress
from tests.builders import Customer, a_customer, a_login, a_plan, an_ip
from tests.postgres import Database

CLERK = "suporte"  # holds Editar IP do Plano
LONG_AGO = dt.timedelta(days=40)


def now(database: Database) -> dt.datetime:
    """By the clock of the database, which the periods follow."""
    row = database.admin().execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    return row[0]  # type: ignore[no-any-return]


def uses(database: Database, address: str, when: dt.datetime) -> tuple[AddressUse, ...]:
    return database.bus("ninguem").execute(WhoUsedAddress(address=address, at=when)).value.uses


def who(database: Database, address: str, when: dt.datetime) -> list[tuple[str, str]]:
    found = uses(database, address, when)
    assert all(use.exact and use.held for use in found)
    return [(use.customer, use.assigned) for use in found]


@pytest.fixture
def maria(database: Database) -> Customer:
    return a_customer(database, "Maria Aparecida Nogueira")


def test_a_fixed_address_without_any_connection(database: Database, maria: Customer) -> None:
    plan = a_plan(database, customer=maria)
    ip = an_ip(database, "177.10.20.30/24", plan_id=plan.id, created_at=now(database) - LONG_AGO)
    then = now(database) - dt.timedelta(days=20)
    assert who(database, "177.10.20.30", then) == [("Maria Aparecida Nogueira", "177.10.20.30")]
    assert who(database, "177.10.20.31", then) == []
    assert who(database, "177.10.20.30", then - LONG_AGO) == []
    (use,) = uses(database, "177.10.20.30", then)
    assert (use.plan_id, use.customer_id, use.code) == (plan.id, maria.id, maria.code)
    assert use.plan and use.document and use.stopped_at is None and ip.plan_id == plan.id


def test_an_edit_leaves_both_periods(database: Database, maria: Customer) -> None:
    bus = database.bus(CLERK)
    plan = a_plan(database, customer=maria)
    made = bus.execute(CreateIp(plan_id=plan.id, draft=IpDraft(address="177.10.20.30", prefix=24))).value
    first = now(database)
    moved = EditIp(ip_id=made.ip_id, version=made.version, draft=IpDraft(address="177.10.20.40", prefix=24))
    bus.execute(moved)
    second = now(database)
    here = "Maria Aparecida Nogueira"
    assert who(database, "177.10.20.30", first) == [(here, "177.10.20.30")]
    assert who(database, "177.10.20.40", first) == []
    assert who(database, "177.10.20.30", second) == []
    assert who(database, "177.10.20.40", second) == [(here, "177.10.20.40")]


def test_a_deleted_one_was_and_is_not(database: Database, maria: Customer) -> None:
    bus = database.bus(CLERK)
    plan = a_plan(database, customer=maria)
    made = bus.execute(CreateIp(plan_id=plan.id, draft=IpDraft(address="177.10.20.30", prefix=24))).value
    before = now(database)
    bus.execute(DeleteIp(ip_id=made.ip_id, version=made.version))
    between = now(database)
    an_ip(database, "177.10.20.30/24", plan_id=a_plan(database, customer=a_customer(database, "José Pereira")).id)
    assert who(database, "177.10.20.30", before) == [("Maria Aparecida Nogueira", "177.10.20.30")]
    assert who(database, "177.10.20.30", between) == []
    assert who(database, "177.10.20.30", now(database)) == [("José Pereira", "177.10.20.30")]


@pytest.mark.parametrize(
    ("address", "block", "inside", "outside"),
    [
        ("177.10.20.6/30", "177.10.20.4/30", "177.10.20.7", "177.10.20.8"),
        ("2001:db8:7:100::1/56", "2001:db8:7:100::/56", "2001:db8:7:1ff::9", "2001:db8:7:200::9"),
    ],
)
def test_each_address_of_a_routed_block(
    database: Database, maria: Customer, address: str, block: str, inside: str, outside: str
) -> None:
    plan = a_plan(database, customer=maria, logins=["maria.empresa"])
    an_ip(database, address, plan_id=plan.id, block=block, login_id=plan.logins[0].id)
    assert who(database, inside, now(database)) == [("Maria Aparecida Nogueira", block)]
    assert who(database, outside, now(database)) == []


def test_a_plan_that_goes_to_another_customer_takes_no_past_along(database: Database, maria: Customer) -> None:
    plan = a_plan(database, customer=maria)
    an_ip(database, "177.10.20.30/24", plan_id=plan.id)
    before = now(database)
    heir = a_customer(database, "José Pereira")
    admin = database.admin()
    with admin.transaction():
        admin.execute("SET LOCAL ROLE desk_job")
        admin.execute("UPDATE desk.customer_plans SET customer_id = %s WHERE id = %s", (heir.id, plan.id))
    assert [name for name, _ in who(database, "177.10.20.30", before)] == ["Maria Aparecida Nogueira"]
    assert [name for name, _ in who(database, "177.10.20.30", now(database))] == ["José Pereira"]


def test_connection_and_assignment_answer_together_and_the_line_names_whom(database: Database, maria: Customer) -> None:
    plan = a_plan(database, customer=maria)
    login = a_login(database, plan_id=plan.id, login="maria.casa")
    an_ip(database, "177.10.20.30/32", plan_id=plan.id, login_id=login.id)
    when = now(database)
    database.admin().execute(
        "INSERT INTO desk.radius_sessions (session_id, unique_id, username, nas_address, started_at, updated_at,"
        " framed_ip) VALUES ('1', 'u1', 'maria.casa', '192.0.2.1', %s, %s, '177.10.20.30')",
        (when - LONG_AGO, when),
    )
    found = [(use.login, use.customer, use.exact, use.held) for use in uses(database, "177.10.20.30", when)]
    name = "Maria Aparecida Nogueira"
    assert found == [("maria.casa", name, True, False), ("", name, True, True)]
    lines = database.admin().execute(
        "SELECT who, customer_id, plan_id, params->>'found' FROM desk.history_entries WHERE action = 'address.asked'"
    )
    assert lines.fetchall() == [("ninguem", maria.id, plan.id, "2")]


def test_a_fixed_address_on_paper(database: Database, maria: Customer) -> None:
    an_ip(database, "177.10.20.30/24", plan_id=a_plan(database, customer=maria).id)
    order = PrintAddressUse(address="177.10.20.30", at=now(database))
    (page,) = PdfReader(io.BytesIO(database.bus(CLERK).execute(order).value.content)).pages
    said = " ".join(page.extract_text().split())
    for part in ("Maria Aparecida", "atribuído ao plano", "em vigor", "segundo o cadastro do Desk"):
        assert part in said


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM desk.ip_assignments",
        "INSERT INTO desk.ip_assignments (block, started_at) VALUES ('10.0.0.9/32', now())",
        "UPDATE desk.ip_assignments SET ended_at = now()",
        "DELETE FROM desk.ip_assignments",
        "SELECT desk_guard.ip_assigned()",
    ],
)
def test_periods_are_nobodys_to_write(database: Database, maria: Customer, statement: str) -> None:
    an_ip(database, "177.10.20.30/24", plan_id=a_plan(database, customer=maria).id)
    for role in ("administrador", CLERK, "radius"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            database.connect(role).execute(statement.encode())
    admin = database.admin()
    admin.execute("SET ROLE desk_job")
    if not statement.startswith("SELECT *"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            admin.execute(statement.encode())
    admin.execute("RESET ROLE")


def test_periods_go_a_year_after_their_end(database: Database) -> None:
    admin = database.admin()
    for block, started, ended in (
        ("10.0.0.1", "900 days", "366 days"),
        ("10.0.0.2", "900 days", "300 days"),
        ("10.0.0.3", "900 days", None),
    ):
        admin.execute(
            "INSERT INTO desk.ip_assignments (block, started_at, ended_at)"
            " VALUES (%s, now() - %s::interval, now() - %s::interval)",
            (block, started, ended),
        )
    database.connect("desk_worker").execute("SELECT desk.janitor()")
    left = admin.execute("SELECT host(block) FROM desk.ip_assignments ORDER BY block").fetchall()
    assert left == [("10.0.0.2",), ("10.0.0.3",)]


def test_an_address_is_found_by_its_index(database: Database) -> None:
    admin = database.admin()
    admin.execute(
        "INSERT INTO desk.ip_assignments (block, started_at) SELECT '10.0.0.0'::inet + n, now()"
        " FROM generate_series(1, 20000) n"
    )
    admin.execute("ANALYZE desk.ip_assignments")
    person = database.connect(CLERK, autocommit=False)
    asked = "SELECT * FROM desk.who_used('10.0.1.7', '{}', now() + interval '1 s', '5 min', '1 h', false)"
    assert len(person.execute(asked.encode()).fetchall()) == 1
    scans = person.execute("SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'ip_assignments'").fetchone()
    assert scans == (0,)
    person.rollback()


def test_the_migration_knows_the_ips_there_were(database: Database, maria: Customer) -> None:
    """Of one that was edited, only the time since: what it was before would be a false witness."""
    start = now(database) - LONG_AGO
    plan = a_plan(database, customer=maria)
    an_ip(database, "177.10.20.30/24", plan_id=plan.id, created_at=start)
    edited = an_ip(database, "177.10.20.31/24", plan_id=plan.id, created_at=start)
    gone = an_ip(database, "177.10.20.32/24", plan_id=plan.id, created_at=start)
    clerk = database.connect(CLERK)
    clerk.execute(
        "UPDATE desk.customer_ips SET address = '177.10.20.41/24', block = '177.10.20.41/32' WHERE id = %s",
        (edited.id,),
    )
    clerk.execute("UPDATE desk.customer_ips SET deleted_at = now() WHERE id = %s", (gone.id,))
    moment = now(database)
    clerk.close()
    with transaction(database.cluster.dsn(database.name)) as connection:
        command.downgrade(alembic_config(connection), "0012")
        command.upgrade(alembic_config(connection), "head")
        rows = connection.execute(
            text("SELECT host(block), customer_id, started_at, ended_at FROM desk.ip_assignments ORDER BY block")
        ).all()
    assert [(row[0], row[1]) for row in rows] == [
        ("177.10.20.30", maria.id),
        ("177.10.20.32", maria.id),
        ("177.10.20.41", maria.id),
    ]
    assert [row[2] == start for row in rows] == [True, True, False]
    assert [row[3] is not None and row[3] <= moment for row in rows] == [False, True, False]
