"""The demo provider is believable: valid documents, sums that agree, a past that fits the present."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

import psycopg
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from validate_docbr import CNPJ, CPF

from desk.demo import AlreadyFilled, DemoInfo, build, load_large, load_small
from desk.demo.bulk import BrokenReference, check_references
from desk.demo.provider import ZONE
from desk.models.people import Permission
from desk.models.people import Permission as P
from tests.postgres import Cluster, Database

TODAY = dt.date(2026, 7, 15)
NOW = dt.datetime(2026, 7, 15, 14, 32, tzinfo=ZONE)
PASSWORD = "{role}-senha-1"


@pytest.fixture(scope="module")
def loaded(cluster: Cluster, template: str) -> Iterator[tuple[Database, DemoInfo]]:
    """One database with the small demo, for the tests that only read."""
    fresh = Database(cluster, cluster.clone(template))
    try:
        yield fresh, load_small(fresh.dsn(), TODAY, password=PASSWORD)
    finally:
        fresh.close()
        cluster.drop(fresh.name)
        cluster.restore_roles()


def ask(database: Database, query: str) -> list[tuple[object, ...]]:
    """Rows of a question asked as the superuser."""
    with psycopg.connect(database.dsn()) as connection:
        return connection.execute(query.encode()).fetchall()


def test_counts_and_people(loaded: tuple[Database, DemoInfo]) -> None:
    database, info = loaded
    assert info.company == "SerraNet Telecom"
    assert info.customers == 300
    assert ask(database, "SELECT count(*) FROM desk.customers") == [(300,)]
    assert ask(database, "SELECT company, demo FROM desk.installation") == [("SerraNet Telecom", True)]
    assert [person.role for person in info.people] == [
        "administrador",
        "atendente",
        "suporte",
        "financeiro",
        "vendas",
    ]


def test_every_person_can_sign_in_and_the_administrator_may_all(loaded: tuple[Database, DemoInfo]) -> None:
    database, info = loaded
    for person in info.people:
        with database.connect(person.role, password=person.password) as connection:
            row = connection.execute("SELECT full_name, permissions FROM desk.me()").fetchone()
            assert row is not None and row[0] == person.full_name
            if person.role == "administrador":
                assert set(row[1]) == {permission.code for permission in Permission if not permission.negative}


MAY = {
    "atendente": {P.ADD_PLAN, P.EDIT_PLAN, P.EDIT_PLAN_STATUS, P.CANCEL_PLAN, P.EDIT_RADIUS_PASSWORD},
    "suporte": {P.SEE_RADIUS_PASSWORD, P.EDIT_PLAN_IP, P.DELETE_RADIUS_LOGIN, P.ACCESS_POINTS, P.ROUTING_SERVERS},
    "financeiro": {P.ENABLE_SUSPENDED, P.EDIT_PLAN_STATUS, P.DISCOUNT, P.EDIT_DUE_DAY, P.EDIT_LAST_CLOSE},
}
MAY_NOT = {
    "atendente": {P.SEE_RADIUS_PASSWORD, P.ENABLE_SUSPENDED, P.DISCOUNT, P.EDIT_LAST_CLOSE},
    "suporte": {P.ENABLE_SUSPENDED, P.DISCOUNT, P.EDIT_DUE_DAY, P.ADD_PLAN, P.CANCEL_PLAN},
    "financeiro": {P.SEE_RADIUS_PASSWORD, P.EDIT_PLAN_IP, P.ROUTING_SERVERS, P.ADD_PLAN},
}


@pytest.mark.parametrize("role", MAY)
def test_each_may_what_the_work_needs_and_nobody_else_administers(loaded: tuple[Database, DemoInfo], role: str) -> None:
    database, info = loaded
    (password,) = (person.password for person in info.people if person.role == role)
    with database.connect(role, password=password) as connection:
        row = connection.execute("SELECT permissions FROM desk.me()").fetchone()
    held = {P.by_code(code) for code in (row or ([],))[0]}
    assert held >= MAY[role]
    assert not held & (MAY_NOT[role] | {P.USERS, P.VARIABLES, P.CATALOG, P.PLAN_STATUSES, P.EDIT_NEW_VALUE})


def test_documents_are_valid_and_some_have_letters(loaded: tuple[Database, DemoInfo]) -> None:
    rows = ask(loaded[0], "SELECT kind, document FROM desk.customers")
    cpf, cnpj = CPF(), CNPJ()
    assert [row for row in rows if not (cpf if row[0] == "PF" else cnpj).validate(str(row[1]))] == []
    companies = [str(document) for kind, document in rows if kind == "PJ"]
    lettered = [document for document in companies if not document.isdigit()]
    assert 5 <= len(lettered) < len(companies) / 2


def test_composition_adds_up_to_the_price(loaded: tuple[Database, DemoInfo]) -> None:
    rows = ask(
        loaded[0],
        "SELECT c.name, c.price, sum(i.amount) FROM desk.catalog_plans c"
        " JOIN desk.catalog_composition_items i ON i.catalog_plan_id = c.id GROUP BY c.id",
    )
    assert len(rows) == 16
    assert [row for row in rows if row[1] != row[2]] == []


def test_plan_numbers_are_sequential_and_counted(loaded: tuple[Database, DemoInfo]) -> None:
    rows = ask(
        loaded[0],
        "SELECT c.id FROM desk.customers c LEFT JOIN desk.customer_plans p ON p.customer_id = c.id GROUP BY c.id"
        " HAVING c.last_plan_number <> count(p.id) OR c.last_plan_number <> COALESCE(max(p.number), 0)",
    )
    assert rows == []


def test_maria_is_as_the_pictures_show_her(loaded: tuple[Database, DemoInfo]) -> None:
    database, _ = loaded
    assert ask(database, "SELECT id, code, document FROM desk.customers WHERE name = 'Maria Aparecida Nogueira'") == [
        (1, 1234, "12345678909")
    ]
    plans = ask(
        database,
        "SELECT c.name, p.reference, p.status, p.start_date FROM desk.customer_plans p"
        " JOIN desk.catalog_plans c ON c.id = p.catalog_plan_id WHERE p.customer_id = 1 ORDER BY p.number",
    )
    assert plans[0] == ("INTERNET FIBRA 500 MB", "Casa", "HABILITADO", dt.date(2023, 3, 12))
    assert Counter(row[2] for row in plans) == {
        "HABILITADO": 3,
        "EM_INSTALACAO": 1,
        "SUSPENSO_DEBITO": 1,
        "CANCELADO": 2,
    }
    assert ask(
        database,
        "SELECT login, stopped_at FROM desk.radius_logins l JOIN desk.radius_sessions s ON s.login_id = l.id"
        " WHERE l.plan_id = 1 AND s.stopped_at IS NULL",
    ) == [("maria.nogueira", None)]


def test_most_plans_are_enabled_and_every_status_occurs(loaded: tuple[Database, DemoInfo]) -> None:
    rows = [str(row[0]) for row in ask(loaded[0], "SELECT status FROM desk.customer_plans")]
    assert 0.80 < rows.count("HABILITADO") / len(rows) < 0.92
    known = {str(row[0]) for row in ask(loaded[0], "SELECT code FROM desk.plan_statuses WHERE system")}
    assert set(rows) == known


def test_status_history_leads_to_the_status(loaded: tuple[Database, DemoInfo]) -> None:
    rows = ask(
        loaded[0],
        "SELECT plan_id, from_status, to_status, p.status, p.first_activation_date, h.at"
        " FROM desk.plan_status_history h JOIN desk.customer_plans p ON p.id = h.plan_id ORDER BY plan_id, h.at, h.id",
    )
    before: dict[object, object] = {}
    for plan, origin, target, _, _, at in rows:
        assert before.get(plan) == origin
        assert isinstance(at, dt.datetime) and at <= NOW
        before[plan] = target
    assert [row for row in rows if before[row[0]] != row[3]] == []


def test_only_served_logins_are_online(loaded: tuple[Database, DemoInfo]) -> None:
    database, _ = loaded
    wrong = ask(
        database,
        "SELECT l.login FROM desk.radius_sessions s JOIN desk.radius_logins l ON l.id = s.login_id"
        " JOIN desk.customer_plans p ON p.id = l.plan_id JOIN desk.plan_statuses t ON t.code = p.status"
        f" WHERE s.stopped_at IS NULL AND (l.deleted_at IS NOT NULL OR NOT (t.grants_access"
        f" OR COALESCE(p.provisional_until > '{NOW.isoformat()}', false)))",
    )
    assert wrong == []
    assert (
        ask(
            database,
            "SELECT framed_ip FROM desk.radius_sessions WHERE stopped_at IS NULL GROUP BY 1 HAVING count(*) > 1",
        )
        == []
    )
    assert (
        ask(
            database,
            "SELECT id FROM desk.radius_sessions WHERE started_at > updated_at OR stopped_at < started_at"
            " OR mac IS NULL OR in_octets < 0",
        )
        == []
    )


def test_nothing_is_owed_but_what_ends_by_its_date(loaded: tuple[Database, DemoInfo]) -> None:
    topics = ask(loaded[0], "SELECT DISTINCT topic FROM desk.debts ORDER BY 1")
    assert topics == [("plan_provisional",), ("plan_suspension",)]
    assert (
        ask(
            loaded[0],
            "SELECT p.id FROM desk.customer_plans p FULL JOIN desk.debts d ON d.key = p.id::text"
            " WHERE COALESCE(p.provisional_until, p.suspended_until) IS DISTINCT FROM d.due_at",
        )
        == []
    )


def test_same_day_same_rows() -> None:
    first, second, later = build(NOW), build(NOW), build(NOW + dt.timedelta(days=1))
    assert first.digest() == second.digest() != later.digest()


def test_references_hold_and_a_broken_one_is_found(database: Database) -> None:
    load_small(database.dsn(), TODAY, customers=20, password=PASSWORD)
    with psycopg.connect(database.dsn()) as connection:
        check_references(connection)
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("DELETE FROM desk.customers WHERE id = 2")
        with pytest.raises(BrokenReference):
            check_references(connection)
        connection.rollback()


def test_a_filled_database_is_refused(database: Database) -> None:
    load_small(database.dsn(), customers=12, password=PASSWORD)
    with pytest.raises(AlreadyFilled):
        load_small(database.dsn(), customers=12, password=PASSWORD)


def test_identities_go_on_behind_the_load(database: Database) -> None:
    load_small(database.dsn(), TODAY, customers=15, password=PASSWORD)
    with psycopg.connect(database.dsn()) as connection:
        connection.execute("SET ROLE desk_job")
        row = connection.execute(
            "INSERT INTO desk.customers (kind, name, document, business_unit_id)"
            " VALUES ('PF', 'Novo Cliente', '52998224725', 1) RETURNING id, code"
        ).fetchone()
        assert row is not None and row[0] == 16
        assert row[1] == max(6231, *(code for (code,) in connection.execute("SELECT code FROM desk.customers")))


def test_the_vault_opens_what_freeradius_knows(database: Database) -> None:
    load_small(database.dsn(), TODAY, customers=20, password=PASSWORD)
    (clear,) = ask(database, "SELECT cleartext FROM desk_vault.radius_clear WHERE login_id = 1")[0]
    with database.connect("suporte") as connection:
        ticket = connection.execute("SELECT desk.ask_reveal('radius', 1, 'teste')").fetchone()
        assert ticket is not None
        row = connection.execute(
            "SELECT kind, owner, version, ciphertext, data_key FROM desk.reveal(%s)", ticket
        ).fetchone()
    assert row is not None
    kind, owner, version, blob, key = row
    opened = AESGCM(key).decrypt(blob[:12], blob[12:], f"{kind}|{owner}|{version}".encode())
    assert opened.decode() == clear
    counts = ask(
        database,
        "SELECT (SELECT count(*) FROM desk.radius_logins WHERE deleted_at IS NULL),"
        " (SELECT count(*) FROM desk_vault.radius_clear),"
        " (SELECT count(*) FROM desk_vault.secrets WHERE kind = 'radius')",
    )[0]
    assert counts[0] == counts[1] == counts[2]


def test_a_new_secret_can_be_written_over_a_loaded_one(database: Database) -> None:
    load_small(database.dsn(), TODAY, customers=12, password=PASSWORD)
    with database.connect("suporte") as connection:
        row = connection.execute("SELECT version, data_key FROM desk.begin_secret('radius', 1)").fetchone()
        assert row is not None
        nonce = bytes(12)
        blob = nonce + AESGCM(row[1]).encrypt(nonce, b"outra", f"radius|1|{row[0]}".encode())
        connection.execute("SELECT desk.store_secret(%s, %s, %s)", (row[0], blob, "outra"))
    assert ask(database, "SELECT cleartext FROM desk_vault.radius_clear WHERE login_id = 1") == [("outra",)]


def test_large_has_the_promised_proportions_and_all_its_indexes(database: Database) -> None:
    indexes = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'desk' ORDER BY 1"
    constraints = (
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'desk'::regnamespace ORDER BY 1, 2"
    )
    before = ask(database, indexes), ask(database, constraints)
    info = load_large(database.dsn(), 6000, 15_000, password=PASSWORD)
    assert (info.plans, info.logins, info.sessions) == (9000, 12_000, 15_000)
    assert (ask(database, indexes), ask(database, constraints)) == before
    for table, count in (("customers", 6000), ("customer_plans", 9000), ("radius_logins", 12_000)):
        assert ask(database, f"SELECT count(*) FROM desk.{table}") == [(count,)]
    assert ask(database, "SELECT count(*) FROM desk_vault.radius_clear") == [(12_000,)]
    away = ask(
        database,
        "SELECT count(*), count(s.id), count(d.key),"
        " bool_and(s.starts_on BETWEEN p.start_date AND '2026-07-15'"
        " AND s.ends_on > '2026-07-15' AND d.due_at = p.suspended_until) FROM desk.customer_plans p"
        " LEFT JOIN desk.plan_suspensions s ON s.plan_id = p.id AND s.ended_on IS NULL"
        " LEFT JOIN desk.debts d ON d.topic = 'plan_suspension' AND d.key = p.id::text AND d.done < d.wanted"
        " WHERE p.status = 'SUSPENSAO_TEMPORARIA' OR p.suspended_until IS NOT NULL",
    )
    ((plans, days, owed, fit),) = away
    assert plans == days == owed and int(str(plans)) > 50 and fit is True
    rows = ask(database, "SELECT kind, document FROM desk.customers")
    assert [row for row in rows if not (CPF() if row[0] == "PF" else CNPJ()).validate(str(row[1]))] == []
    assert (
        ask(
            database,
            "SELECT c.id FROM desk.customers c LEFT JOIN desk.customer_plans p ON p.customer_id = c.id"
            " GROUP BY c.id HAVING c.last_plan_number <> count(p.id)",
        )
        == []
    )


TABLES = ("customers", "customer_phones", "addresses", "customer_plans", "circuits", "radius_logins", "radius_sessions")


def test_large_is_the_same_rows_each_time_and_no_status_lacks_its_facts(
    cluster: Cluster, template: str, database: Database
) -> None:
    other = Database(cluster, cluster.clone(template))
    try:
        seen = []
        for each in (database, other):
            load_large(each.dsn(), 1500, 2000, password=PASSWORD)
            rows = "SELECT md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM desk.{} t"
            seen.append({table: ask(each, rows.format(table)) for table in TABLES})
        assert seen[0] == seen[1]
    finally:
        other.close()
        cluster.drop(other.name)
        cluster.restore_roles()
    known = {row[0] for row in ask(database, "SELECT code FROM desk.plan_statuses WHERE system")}
    # None of the plans that it draws from requires an authorization.
    assert {row[0] for row in ask(database, "SELECT DISTINCT status FROM desk.customer_plans")} == known - {
        "AGUARDANDO_AUTORIZACAO"
    }
    wrong = ask(
        database,
        "SELECT p.id, p.status FROM desk.customer_plans p JOIN desk.plan_statuses s ON s.code = p.status"
        " WHERE (s.\"group\" = 'cancelado') <> (p.cancelled_on IS NOT NULL)"
        " OR (p.status IN ('HABILITADO', 'SUSPENSO', 'SUSPENSO_DEBITO') AND p.first_activation_date IS NULL)"
        " OR p.first_activation_date < p.start_date OR p.cancelled_on < p.start_date"
        " OR p.start_date > '2026-07-15' OR p.cancelled_on > '2026-07-15'",
    )
    assert wrong == []


def test_large_sessions_fit_their_plans(database: Database) -> None:
    load_large(database.dsn(), 3000, 20_000, password=PASSWORD)
    assert (
        ask(
            database,
            "SELECT s.id FROM desk.radius_sessions s JOIN desk.radius_logins l ON l.id = s.login_id"
            " JOIN desk.customer_plans p ON p.id = l.plan_id JOIN desk.plan_statuses t ON t.code = p.status"
            " WHERE s.username <> l.login OR (s.stopped_at IS NULL AND NOT t.grants_access)"
            " OR s.stopped_at < s.started_at OR s.started_at > s.updated_at",
        )
        == []
    )
    assert (
        ask(
            database,
            "SELECT l.id FROM desk.radius_logins l JOIN desk.customer_plans p ON p.id = l.plan_id"
            " JOIN desk.catalog_plans c ON c.id = p.catalog_plan_id GROUP BY l.id HAVING NOT bool_and(c.allows_login)",
        )
        == []
    )
    words = ask(database, "SELECT count(DISTINCT w) FROM desk.customers, unnest(string_to_array(name_key, ' ')) w")
    assert int(str(words[0][0])) > 400
    assert Decimal(
        str(ask(database, "SELECT avg((status = 'HABILITADO')::int) FROM desk.customer_plans")[0][0])
    ) > Decimal("0.8")
