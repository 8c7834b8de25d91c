"""Signing in with the domain's account: a real KDC, TLS, no password, and the same wall as for everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from desk.bootstrap import SignedIn, sign_in
from desk.db.bootstrap import prepare
from desk.db.operators import create_operator
from desk.models.people import Permission
from desk.services.core import refusals
from desk.services.core.errors import DomainError, NotAPerson
from desk.services.permissions.people import People
from desk.services.variables import SetVariable, Variables
from desk.settings import Server
from desk.ui.core.messages import explain
from desk.ui.shell import registry
from tests.people import PEOPLE
from tests.postgres import Database, password_of, started
from tests.security.conftest import build
from tests.security.scene import Scene
from tests.services.core.waiting import until
from tests.standins.company import CompanyServer
from tests.standins.kerberos import FOREIGN, REALM, STRANGE, Kdc
from tests.test_admin_docs import block, here

DBNAME = "desk"
# The very lines that the page for IT gives: people by the domain, services by password.
RULES = here(block("dominio", "pg_hba")).replace("PROVEDOR.LOCAL", REALM)
_BY_PASSWORD = f"hostssl {DBNAME} all 127.0.0.1/32 scram-sha-256\nhost {DBNAME} all 127.0.0.1/32 scram-sha-256\n"
MAP = block("dominio", "pg_ident")


Enter = Callable[..., SignedIn]


@dataclass
class Domain:
    """The KDC, the company's server, and how a desk reaches it."""

    kdc: Kdc
    server: CompanyServer
    address: Server
    database: Database


@pytest.fixture(scope="module")
def company() -> Iterator[Domain]:
    """A company whose people have no password in PostgreSQL."""
    with started(CompanyServer()) as server, Kdc() as kdc:
        server.set(krb_server_keyfile=str(kdc.keytab("postgres/localhost", "postgres")))
        prepare(server.dsn(), DBNAME, server.master_key, company="Provedor", demo=False)
        people = {**PEOPLE, "maria.souza": ("Maria Souza", frozenset({Permission.VARIABLES, Permission.USERS}))}
        for login, (name, permissions) in people.items():
            create_operator(server.dsn(DBNAME), login, name, None, permissions)
            kdc.person(login)
        kdc.person("estranho")
        kdc.person("atendente", FOREIGN)
        kdc.person("atendente", STRANGE)
        root = str(server.authority.written(kdc.folder))
        address = Server("localhost", str(server.port), DBNAME, sslrootcert=root, single_sign_on=True)
        database = Database(server, DBNAME)
        yield Domain(kdc, server, address, database)
        database.close()


@pytest.fixture
def domain(company: Domain, monkeypatch: pytest.MonkeyPatch) -> Domain:
    """The same, with this process in the domain and nobody signed in to it yet."""
    company.server.let_in(RULES, ident=MAP)
    monkeypatch.setenv("KRB5_CONFIG", str(company.kdc.config))
    monkeypatch.setenv("KRB5CCNAME", company.kdc.no_ticket())
    return company


@pytest.fixture
def enter(domain: Domain, monkeypatch: pytest.MonkeyPatch) -> Iterator[Enter]:
    """Sign in as a person who holds that ticket; signed out at the end."""
    seats: list[SignedIn] = []

    def one(role: str, cache: str, **address: str) -> SignedIn:
        monkeypatch.setenv("KRB5CCNAME", cache)
        seats.append(sign_in(domain.address._replace(**address), role, None))
        return seats[-1]

    yield one
    for seat in seats:
        seat.close()


def refused(enter: Enter, role: str, cache: str, **address: str) -> DomainError:
    with pytest.raises(DomainError) as caught:
        enter(role, cache, **address)
    return caught.value


def test_a_ticket_is_enough(domain: Domain, enter: Enter) -> None:
    seat = enter("maria.souza", domain.kdc.ticket("maria.souza"))
    assert (seat.actor.role, seat.actor.name, seat.must_change_password) == ("maria.souza", "Maria Souza", False)
    assert {row.role for row in seat.bus.execute(People()).value} >= {"atendente", "maria.souza"}
    with seat.way_in.connect() as connection:
        row = connection.execute(
            "SELECT session_user::text, s.ssl, g.principal, g.encrypted FROM pg_stat_ssl s"
            " JOIN pg_stat_gssapi g USING (pid) WHERE pid = pg_backend_pid()"
        ).fetchone()
    assert row == ("maria.souza", True, f"maria.souza@{REALM}", False)
    assert domain.database.admin().execute(
        "SELECT rolpassword FROM pg_authid WHERE rolname = 'maria.souza'"
    ).fetchone() == (None,)


def test_no_name_is_the_name_on_this_machine(domain: Domain, enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "Maria.Souza")  # Windows keeps capitals
    assert enter("", domain.kdc.ticket("maria.souza")).actor.role == "maria.souza"


def test_what_they_do_is_written_under_their_name(domain: Domain, enter: Enter) -> None:
    seat = enter("maria.souza", domain.kdc.ticket("maria.souza"))
    row = next(one for one in seat.bus.execute(Variables()).value if one.type == "S/N")
    seat.bus.execute(SetVariable(code=row.code, value="N" if row.value == "S" else "S", version=row.version))
    who = "SELECT DISTINCT who FROM desk.change_log WHERE tbl = 'variables' AND key = %s"
    assert domain.database.admin().execute(who, (row.code,)).fetchall() == [("maria.souza",)]


@pytest.mark.parametrize(
    ("realm", "role", "kind"),
    [
        (REALM, "administrador", refusals.DomainAccountRefused),  # atendente's ticket does not open another person
        (FOREIGN, "atendente", refusals.DomainAccountRefused),  # of a trusted domain: the same name is not the same
        (STRANGE, "atendente", refusals.DomainNotTrusted),
        (REALM, "desk_backup", refusals.SingleSignOnNotOffered),  # services keep their passwords
    ],
)
def test_a_ticket_opens_its_own_person_only(
    domain: Domain, enter: Enter, realm: str, role: str, kind: type[DomainError]
) -> None:
    assert type(refused(enter, role, domain.kdc.ticket("atendente", realm))) is kind


def test_a_ticket_of_nobody_here(domain: Domain, enter: Enter) -> None:
    assert type(refused(enter, "estranho", domain.kdc.ticket("estranho"))) is refusals.NotLetIn
    with domain.server.admin() as admin:
        admin.execute("CREATE ROLE estranho LOGIN IN ROLE desk_operator")
    assert type(refused(enter, "estranho", domain.kdc.ticket("estranho"))) is NotAPerson


def test_no_ticket(domain: Domain, enter: Enter) -> None:
    assert type(refused(enter, "atendente", domain.kdc.no_ticket())) is refusals.NoTicket


def test_a_password_does_not_help_where_the_domain_decides(domain: Domain) -> None:
    with pytest.raises(refusals.NoTicket):
        sign_in(domain.address, "atendente", password_of("atendente"))


def test_a_ticket_that_ran_out(domain: Domain, enter: Enter) -> None:
    cache = domain.kdc.ticket("atendente", life="1s")
    until(lambda: not domain.kdc.still_valid(cache))

    def outcome() -> type[Exception]:
        try:
            enter("atendente", cache)
        except DomainError as error:
            return type(error)
        return type(None)

    until(lambda: outcome() is refusals.TicketExpired)


def test_another_name_of_the_same_server_has_no_service(domain: Domain, enter: Enter) -> None:
    error = refused(enter, "atendente", domain.kdc.ticket("atendente"), host="127.0.0.1")
    assert type(error) is refusals.ServiceUnknown


def test_no_domain_controller(domain: Domain, enter: Enter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    cache = domain.kdc.ticket("atendente")
    elsewhere = tmp_path / "krb5.conf"
    elsewhere.write_text(domain.kdc.config.read_text().replace(f":{domain.kdc.port}", ":1"))
    monkeypatch.setenv("KRB5_CONFIG", str(elsewhere))
    assert type(refused(enter, "atendente", cache)) is refusals.DomainSilent


def test_each_way_of_failing_reads_differently(qapp: object) -> None:
    registry.all_actions()
    kinds = [kind for kind in vars(refusals).values() if isinstance(kind, type) and issubclass(kind, DomainError)]
    told = [explain(kind(role="maria", server="banco.provedor.br", detail="…")) for kind in kinds]
    assert len({(text.what, text.why) for text in told}) == len(kinds)
    assert all(text.do for text in told)


@pytest.fixture(scope="module")
def scene(company: Domain) -> Scene:
    """Attacks begin where every attack does, but with a ticket in place of a password."""
    company.server.let_in(_BY_PASSWORD)
    with company.server.admin() as admin:
        for login in PEOPLE:
            admin.execute(f"ALTER ROLE {login} PASSWORD '{password_of(login)}'".encode())
    return build(company.database)


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE desk.customer_plans SET last_close_date = '2026-01-01' WHERE id = {plan}", "Último Fechamento"),
        ("UPDATE desk.customer_plans SET status = 'HABILITADO' WHERE id = {suspended}", "Habilitar Planos Suspensos"),
        ("SELECT desk.person_create('x9', 'X', '', NULL)", "Usuários"),
        ("SELECT * FROM desk_vault.secrets", "desk_vault"),
        ("SELECT desk_vault.master()", "desk_vault"),
        ("DELETE FROM desk.history_entries", "history_entries"),
        ("SET ROLE desk_job", "desk_job"),
        ("SET SESSION AUTHORIZATION administrador", "session authorization"),
        ("SELECT pg_read_file('/etc/passwd')", "pg_read_file"),
        ("ALTER ROLE administrador PASSWORD 'x'", "permission denied"),
    ],
)
def test_the_wall_stands_for_a_person_of_the_domain(
    scene: Scene, domain: Domain, monkeypatch: pytest.MonkeyPatch, statement: str, says: str
) -> None:
    monkeypatch.setenv("KRB5CCNAME", domain.kdc.ticket("atendente"))
    before = scene.state()
    seat = sign_in(domain.address, "atendente", None)
    try:
        with seat.way_in.connect() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege, match=says):
            connection.execute(scene.sql(statement).encode())
    finally:
        seat.close()
    assert scene.state() == before
