"""Testar Autenticação against the real FreeRADIUS over our views: accepted with what, rejected why, or silent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from desk.services.core.errors import NotAllowed
from desk.services.sessions import Method, SaveRadiusServer, TryAnswer, TryLogin, Why, trying
from tests.builders import Login, a_catalog_plan, a_login, a_plan
from tests.postgres import Database
from tests.services.test_plans import as_job
from tests.standins.freeradius import COUNTERS_SECRET, FreeRadius, pap, running

PASSWORD = "k2m4p6r8"
MAC = "02:00:5e:00:53:01"


@pytest.fixture
def server(database: Database) -> Iterator[FreeRadius]:
    """FreeRADIUS, known to the desks as the server to ask."""
    with running(database) as radius:
        database.bus("administrador").execute(
            SaveRadiusServer(name="RADIUS 1", host="127.0.0.1", port=radius.auth_port, secret=radius.secret)
        )
        yield radius


@pytest.fixture
def login(database: Database) -> Login:
    """A login of an enabled plan of 100/50 Mbps."""
    plan = a_plan(database, catalog_plan=a_catalog_plan(database, radius_profile="FIBRA"))
    return a_login(database, plan_id=plan.id, login="maria.casa", password=PASSWORD)


def tried(
    database: Database, login: Login, password: str = PASSWORD, role: str = "suporte", **how: object
) -> TryAnswer:
    return database.bus(role).execute(TryLogin(login_id=login.id, password=password, **how)).value  # type: ignore[arg-type]


@pytest.mark.parametrize("method", list(Method))
def test_accepted_with_its_speed(database: Database, server: FreeRadius, login: Login, method: Method) -> None:
    answer = tried(database, login, method=method)
    assert answer.why is Why.ACCEPTED
    assert (answer.rate, answer.profile, answer.server) == ("50000k/100000k", "FIBRA", "RADIUS 1")
    assert answer.milliseconds < 4000
    assert tried(database, login, "errada99", method=method).why is Why.WRONG_PASSWORD


def test_suspended_is_told_as_that_and_not_as_a_wrong_password(
    database: Database, server: FreeRadius, login: Login
) -> None:
    as_job(database, "UPDATE desk.customer_plans SET status = 'SUSPENSO_DEBITO'")
    answer = tried(database, login)
    assert (answer.why, answer.status) == (Why.BLOCKED, "Suspenso por Débito")
    assert answer.message == "Acesso bloqueado: Suspenso por Débito"


def test_the_lock_on_one_equipment_is_met_by_asking_as_that(
    database: Database, server: FreeRadius, login: Login
) -> None:
    as_job(database, "UPDATE desk.radius_logins SET mac_lock = %s", MAC)
    assert tried(database, login).why is Why.ACCEPTED


def test_who_is_online_is_asked_for_as_the_same_equipment(database: Database, server: FreeRadius, login: Login) -> None:
    as_job(database, "UPDATE desk.catalog_plans SET simultaneous_use = 1")
    online = (
        "INSERT INTO desk.radius_sessions (session_id, unique_id, username, nas_address, started_at, calling_station)"
        " VALUES ('1', %s, 'maria.casa', '127.0.0.1', now(), %s)"
    )
    database.admin().execute(online, ("u1", MAC))
    assert tried(database, login).why is Why.ACCEPTED
    database.admin().execute(online, ("u2", "02:00:5e:00:53:99"))
    assert tried(database, login).why in (Why.ACCEPTED, Why.ALREADY_CONNECTED)
    database.admin().execute("UPDATE desk.radius_sessions SET calling_station = NULL, mac = NULL")
    assert tried(database, login).why is Why.ALREADY_CONNECTED


def test_the_stored_password_is_a_look_that_is_recorded(database: Database, server: FreeRadius, login: Login) -> None:
    assert tried(database, login, "").why is Why.ACCEPTED
    seen = database.admin().execute(
        "SELECT params->>'reason' FROM desk.history_entries WHERE action = 'login.password_seen'"
    )
    assert seen.fetchall() == [("testar autenticação",)]
    with pytest.raises(NotAllowed):
        tried(database, login, "", role="atendente")
    assert tried(database, login, role="atendente").why is Why.ACCEPTED
    with pytest.raises(NotAllowed):
        tried(database, login, role="ninguem")


@pytest.mark.parametrize("trouble", ["secret", "port"])
def test_a_mute_server_is_no_rejection(
    database: Database, server: FreeRadius, login: Login, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trying, "TRY_SECONDS", 0.6)
    port = server.auth_port if trouble == "secret" else server.acct_port + 1
    admin = database.bus("administrador")
    row = admin.execute(trying.RadiusServers()).value[0]
    secret = "outro-segredo" if trouble == "secret" else server.secret
    admin.execute(
        SaveRadiusServer(id=row.id, version=row.version, name="A", host="127.0.0.1", port=port, secret=secret)
    )
    answer = tried(database, login)
    # A wrong secret is not told from silence by anybody; a port where nobody listens is, at once.
    assert (answer.why, answer.server) == (Why.SILENT if trouble == "secret" else Why.NOTHING_THERE, "A")


def test_without_a_server_it_says_so(database: Database, login: Login) -> None:
    assert tried(database, login).why is Why.NO_SERVER


def test_the_shipped_configuration_lets_the_counters_ask(database: Database, server: FreeRadius, login: Login) -> None:
    asked = pap("maria.casa", PASSWORD)
    assert server.ask(asked, source="127.0.1.1", secret=COUNTERS_SECRET).accepted
    assert server.ask(asked, source="127.0.1.1", secret="outro", silent=True).code == ""
    assert server.ask(asked, source="127.0.1.1", secret=COUNTERS_SECRET, signed=False, silent=True).code == ""
