"""From the click to the router: what is owed is delivered, compared first, proven, retried, and never lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from desk.demo.routeros import Faults, RouterOsStandIn
from desk.services.core.bus import Owed
from desk.services.core.outbox import Deliveries, DeliveryState
from desk.services.deliveries import PendingDeliveries, RetryDebts
from desk.services.logins import CreateLogin, DeleteLogin, EditLogin
from desk.services.logins import reconcile as reconciling
from tests.builders import a_login, a_secret
from tests.postgres import Database
from tests.services.core.net import PASSWORD, Net, a_net, online, settled, states
from tests.services.core.waiting import until
from tests.services.test_plans import as_job

DONE, UNCHANGED, SILENT, REFUSED = (
    DeliveryState.DONE,
    DeliveryState.UNCHANGED,
    DeliveryState.SILENT,
    DeliveryState.REFUSED,
)


@pytest.fixture
def router() -> Iterator[RouterOsStandIn]:
    """A router on loopback."""
    with RouterOsStandIn() as stand_in:
        yield stand_in


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a silent router half a second, since nothing here depends on how long it is."""
    monkeypatch.setattr(reconciling, "DEADLINE", 0.5)


def owe_again(net: Net) -> None:
    """Somebody touched the login without changing anything that the router knows of."""
    as_job(net.database, "UPDATE desk.radius_logins SET version = version + 1 WHERE id = %s", net.login.id)


def test_an_open_session_ends_and_the_routers_list_is_the_proof(database: Database, router: RouterOsStandIn) -> None:
    net = a_net(database, router)
    router.tables.session("vizinho")
    assert net.suspend().owed == (Owed("radius_login", str(net.login.id)),)
    assert net.delivery() == "pendente"
    done = net.settle()
    assert done is not None and (done.final, done.settled) == (True, True)
    assert states(done) == {"radius": (DONE, "access_blocked"), "session": (DONE, "gone_from_list")}
    assert net.sessions() == ["vizinho"]
    debt = net.debt()
    assert (debt["open"], debt["settled_by"], debt["due_at"], debt["lease"]) == (False, "atendente", None, None)
    proof = {step["system"]: step["detail"] for step in debt["proof"]["steps"]}
    assert proof == {"radius": "access_blocked", "session": "gone_from_list"}
    assert net.delivery() == "em dia"


def test_a_second_delivery_sends_nothing(database: Database, router: RouterOsStandIn) -> None:
    net = a_net(database, router, local=True)
    a_secret(database, "radius", net.login.id, "k2m4p6r8", clear=True)
    for step in (net.enable, net.suspend):
        if step is net.suspend:
            step()
        net.settle()
        router.forget()
        owe_again(net)
        again = net.settle()
        assert again is not None and again.settled
        assert router.writes() == []
        assert {state for state, _ in states(again).values()} <= {DONE, UNCHANGED}


def test_a_secret_of_the_router_follows_its_login_and_strangers_are_left_alone(
    database: Database, router: RouterOsStandIn
) -> None:
    net = a_net(database, router, local=True, connected=False)
    router.tables.secret("vizinho", comment="instalado pelo técnico")
    clerk = database.bus("administrador")
    made = clerk.execute(CreateLogin(plan_id=net.plan.id, login="nova.casa", password="k2m4p6r8")).value
    net.plan = a_plan_with(net, made.login_id, "nova.casa")
    mark, stranger = f"desk:{made.login_id}", ("vizinho", "false", "instalado pelo técnico")
    settle = net.settle

    assert states(settle())["router"] == (DONE, "secret_enabled")
    assert net.secrets() == [stranger, ("nova.casa", "false", mark)]
    row = router.tables.rows["/ppp/secret"][1]
    assert (row["password"], row["profile"], row["service"]) == ("k2m4p6r8", "50M", "pppoe")

    router.tables.session("nova.casa")
    online(database, net.login, "192.0.2.1")
    net.suspend()
    assert states(settle())["router"] == (DONE, "secret_disabled")
    assert (net.secrets(), net.sessions()) == ([stranger, ("nova.casa", "true", mark)], [])

    net.enable()
    assert states(settle())["router"] == (DONE, "secret_enabled")
    assert net.secrets() == [stranger, ("nova.casa", "false", mark)]

    router.tables.session("nova.casa")
    version = database.admin().execute("SELECT version FROM desk.radius_logins WHERE id = %s", (made.login_id,))
    renamed = clerk.execute(EditLogin(login_id=made.login_id, version=version.fetchone()[0], login="outra.casa")).value
    assert settle() is not None
    assert (net.secrets(), net.sessions()) == ([stranger, ("outra.casa", "false", mark)], [])

    clerk.execute(DeleteLogin(login_id=made.login_id, version=renamed.version))
    assert states(settle())["router"] == (DONE, "secret_removed")
    assert net.secrets() == [stranger]


def a_plan_with(net: Net, login_id: int, name: str) -> object:
    """The same plan, seen from another of its logins."""
    from dataclasses import replace

    from tests.builders import Login

    return replace(net.plan, logins=(Login(login_id, name, net.plan.id, None), *net.plan.logins))


def test_a_line_that_desk_did_not_make_parks_the_debt_until_a_person_has_looked(
    database: Database, router: RouterOsStandIn
) -> None:
    net = a_net(database, router, local=True)
    router.tables.secret(net.login.login, comment="do técnico")
    net.suspend()
    refused = net.settle()
    assert refused is not None and (refused.settled, refused.next_due) == (False, None)
    assert states(refused)["router"] == (REFUSED, "not_ours")
    assert net.secrets() == [(net.login.login, "false", "do técnico")]
    assert net.delivery() == "recusado"
    assert net.settler("administrador").settle() is False  # parked: nobody takes it by itself
    router.tables.rows["/ppp/secret"].clear()
    database.bus("ninguem").execute(RetryDebts(debts=(("radius_login", str(net.login.id)),)))
    assert net.settler("administrador").settle() is True
    assert (net.debt()["open"], net.sessions()) == (False, [])


FAULTS: dict[str, Callable[[Faults], None]] = {
    "mute after accepting": lambda faults: setattr(faults, "mute_after_accept", True),
    "mute after signing in": lambda faults: setattr(faults, "mute_after_login", True),
    "hangs up": lambda faults: setattr(faults, "close_on_accept", True),
    "drops in mid-sentence": lambda faults: setattr(faults, "drop_mid_sentence", True),
    "drips": lambda faults: setattr(faults, "drip", 0.1),
    "port closed": lambda faults: None,
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.usefixtures("impatient")
def test_a_router_in_trouble_owes_the_step_and_gets_it_when_it_is_back(
    database: Database, router: RouterOsStandIn, fault: str
) -> None:
    net = a_net(database, router)
    FAULTS[fault](router.faults)
    if fault == "port closed":
        router.stop()
    assert net.suspend().value.status == "SUSPENSO"
    failed = net.settle()
    assert failed is not None and not failed.settled and failed.next_due is not None
    assert states(failed)["session"][0] is SILENT
    assert net.delivery() == "sem resposta"
    owed = database.bus("suporte").execute(PendingDeliveries()).value
    assert [(row.thing, row.error, row.attempts, row.device) for row in owed] == [
        (net.login.login, "Unreachable", 1, failed.steps[-1].device)
    ]
    assert net.settler().settle() is False  # not due yet
    net.router.faults.__dict__.update(vars(Faults()))
    if fault == "port closed":
        router.start()
    database.bus("atendente").execute(RetryDebts(debts=(("radius_login", str(net.login.id)),)))
    assert net.settler("administrador").settle() is True
    assert (net.debt()["open"], net.sessions(), net.delivery()) == (False, [], "em dia")


@pytest.mark.usefixtures("impatient")
def test_the_delay_grows_and_is_spread(database: Database, router: RouterOsStandIn) -> None:
    net = a_net(database, router)
    router.stop()
    net.suspend()
    for attempt in range(1, 14):
        assert net.settle() is not None
        usual = min(3600, 5 * 2 ** min(attempt - 1, 10))
        debt = net.debt()
        assert debt["attempts"] == attempt
        assert usual * 0.75 - 2 <= debt["seconds"] <= usual * 1.25
    net.enable()  # a new change does not inherit the old one's patience
    assert (net.debt()["attempts"], net.debt()["seconds"] <= 0) == (0, True)


def test_a_router_that_takes_no_login_is_left_alone_until_somebody_asks(
    database: Database, router: RouterOsStandIn
) -> None:
    net = a_net(database, router)
    router.users["desk"] = "outra"
    net.suspend()
    refused = net.settle()
    assert refused is not None and (refused.settled, refused.next_due) == (False, None)
    assert states(refused)["session"] == (REFUSED, "login")
    assert (net.delivery(), net.debt()["last_error"]) == ("recusado", "Refused")
    assert PASSWORD not in str(net.debt())
    assert net.settler().settle() is False
    router.users["desk"] = PASSWORD
    assert net.settle() is not None  # by name: somebody asked
    assert (net.debt()["open"], net.sessions()) == (False, [])


def test_a_router_without_password_is_refused_with_its_reason(database: Database, router: RouterOsStandIn) -> None:
    net = a_net(database, router)
    database.admin().execute("DELETE FROM desk_vault.secrets WHERE kind = 'router'")
    net.suspend()
    refused = net.settle()
    assert states(refused)["router"] == (REFUSED, "no_credentials")
    assert net.debt()["due_at"] is None


def test_a_change_during_the_delivery_is_not_lost(database: Database, router: RouterOsStandIn) -> None:
    net = a_net(database, router, local=True)
    net.suspend()
    router.faults.before["/ppp/secret/add"] = net.enable
    first = net.settle()
    assert first is not None and first.settled
    assert net.secrets()[0][1] == "true"  # what it had set out to do
    debt = net.debt()
    assert (debt["open"], debt["seconds"] <= 0) == (True, True)
    assert net.settler("administrador").settle() is True
    assert (net.secrets()[0][1], net.debt()["open"]) == ("false", False)


def test_a_change_during_a_delivery_that_is_refused_is_not_parked_with_it(
    database: Database, router: RouterOsStandIn
) -> None:
    net = a_net(database, router, local=True)
    net.suspend()
    router.faults.before["/ppp/secret/add"] = net.enable
    router.faults.traps["/ppp/secret/add"] = (4, "failure: not now")
    refused = net.settle()
    assert refused is not None and not refused.settled and refused.next_due is not None
    router.faults.traps.clear()
    assert net.settler("administrador").settle() is True
    assert (net.secrets()[0][1], net.debt()["open"]) == ("false", False)


def test_two_desks_at_once_settle_each_debt_once(database: Database, router: RouterOsStandIn) -> None:
    net = a_net(database, router)
    logins = [a_login(database, plan_id=net.plan.id) for _ in range(12)]
    for login in logins:
        router.tables.session(login.login)
        online(database, login, "192.0.2.1")
    settled(database)
    owed = net.suspend().owed
    assert len(owed) == 13
    desks = [Deliveries(net.settler(role), workers=3) for role in ("atendente", "administrador")]
    try:
        for desk in desks:
            desk.deliver(owed)
            desk.start()
        count = "SELECT count(*) FROM desk.debts WHERE done < wanted"
        until(lambda: database.admin().execute(count).fetchone() == (0,))
    finally:
        for desk in desks:
            desk.close()
    finished = Counter(progress.key for progress in net.news if progress.final and progress.settled)
    assert finished == {debt.key: 1 for debt in owed}
    assert router.commands()["/ppp/active/remove"] == 13
    assert net.sessions() == []
