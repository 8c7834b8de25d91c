"""Who delivers, when and where: grace that ends, desks that may not, moved and renamed logins, a real RADIUS."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator

import pytest

from desk.bootstrap import reconcilers
from desk.demo.routeros import RouterOsStandIn
from desk.services.core.errors import NotAllowed
from desk.services.core.outbox import Settler
from desk.services.deliveries import RetryDebts
from desk.services.logins import reconcile as reconciling
from desk.services.plans import EnableProvisionally, OnePlan
from tests.builders import a_login, a_plan, a_secret, company_day
from tests.postgres import Database
from tests.services.core.net import MODEM, Net, a_net, online, router_of, settled
from tests.services.test_plans import as_job
from tests.standins.freeradius import pap, running


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


def provisional(net: Net) -> None:
    """Suspended for debt, with a week of grace."""
    as_job(net.database, "UPDATE desk.customer_plans SET status = 'SUSPENSO_DEBITO' WHERE id = %s", net.plan.id)
    bus = net.database.bus("financeiro")
    row = bus.execute(OnePlan(net.plan.id)).value
    until_day = company_day() + dt.timedelta(days=2)
    bus.execute(EnableProvisionally(plan_id=row.id, until=until_day, reason="Promessa", version=row.version))


def test_provisional_access_ends_by_itself_and_not_before(database: Database, router: RouterOsStandIn) -> None:
    net = a_net(database, router)
    other = a_login(database, plan_id=net.plan.id)
    router_of(database, router, nas="192.0.2.2", password="errada")
    online(database, other, "192.0.2.2")
    provisional(net)
    settler = net.settler("financeiro")
    assert settler.settle("plan_provisional", str(net.plan.id)) is False  # its desk asks at once, too early
    database.bus("financeiro").execute(RetryDebts(debts=(("plan_provisional", str(net.plan.id)),)))
    while settler.settle():
        pass
    assert net.debt("plan_provisional", net.plan.id)["open"] and net.sessions() == [net.login.login]
    as_job(
        database,
        "UPDATE desk.customer_plans SET provisional_until = now() - interval '1 second' WHERE id = %s",
        net.plan.id,
    )
    database.admin().execute("UPDATE desk.debts SET done = wanted WHERE topic = 'radius_login'")
    assert settler.settle() is True
    assert net.news[-1].topic == "plan_provisional"
    assert net.sessions() == []  # although the other login could not be reached
    assert net.debt("plan_provisional", net.plan.id)["last_error"] == "Refused"


def test_grace_that_is_prolonged_while_its_end_is_delivered_still_ends(
    database: Database, router: RouterOsStandIn
) -> None:
    net = a_net(database, router)
    provisional(net)
    late = "UPDATE desk.customer_plans SET provisional_until = now() {} WHERE id = %s"
    as_job(database, late.format("- interval '1 second'"), net.plan.id)
    database.admin().execute("UPDATE desk.debts SET done = wanted WHERE topic = 'radius_login'")
    router.faults.before["/ppp/active/print"] = lambda: as_job(
        database, late.format("+ interval '3 days'"), net.plan.id
    )
    assert net.settler().settle() is True
    debt = net.debt("plan_provisional", net.plan.id)
    assert debt["open"] and debt["seconds"] > 2 * 86400


def test_where_only_the_worker_settles_desks_take_nothing(database: Database, router: RouterOsStandIn) -> None:
    net = a_net(database, router)
    database.admin().execute("UPDATE desk.installation SET settle_by = 'worker'")
    net.suspend()
    assert net.settle() is None
    assert net.settler("administrador").settle() is False
    assert net.settler("desk_worker").settle() is True
    assert (net.debt()["settled_by"], net.sessions()) == ("desk_worker", [])


def test_who_has_no_way_into_routers_parks_nothing(database: Database, router: RouterOsStandIn) -> None:
    net = a_net(database, router)
    net.suspend()
    assert net.settle("ninguem") is None
    assert net.settler("ninguem").settle() is False
    assert net.settler("suporte").settle() is True
    with pytest.raises(NotAllowed):
        net.suspend("ninguem")


def test_moving_to_another_router_leaves_no_secret_behind(database: Database, router: RouterOsStandIn) -> None:
    net = a_net(database, router, local=True, connected=False)
    owe_again(net)
    net.settle()
    assert len(net.secrets()) == 1
    with RouterOsStandIn() as second:
        point = router_of(database, second, nas="192.0.2.2", local=True)
        by_hand = "UPDATE desk.customer_plans SET access_point_id = %s WHERE id = %s"
        database.connect("administrador").execute(by_hand, (point.id, net.plan.id))
        net.settle()
        assert net.secrets() == []
        assert [row["name"] for row in second.tables.rows["/ppp/secret"]] == [net.login.login]


def test_a_session_on_a_foreign_router_ends_there_and_its_secret_stays_at_home(
    database: Database, router: RouterOsStandIn
) -> None:
    net = a_net(database, router, local=True, connected=False)
    with RouterOsStandIn() as second:
        router_of(database, second, nas="192.0.2.2")
        second.tables.session(net.login.login)
        online(database, net.login, "192.0.2.2")
        net.suspend()
        net.settle()
        assert second.tables.rows["/ppp/secret"] == []
        assert second.tables.rows["/ppp/active"] == []
        assert [(name, disabled) for name, disabled, _ in net.secrets()] == [(net.login.login, "true")]


def test_a_former_name_that_somebody_else_bears_now_is_theirs(database: Database, router: RouterOsStandIn) -> None:
    net = a_net(database, router, connected=False)
    former = net.login.login
    by_hand = "UPDATE desk.radius_logins SET login = 'nome.novo' WHERE id = %s"
    database.connect("administrador").execute(by_hand, (net.login.id,))
    heir = a_plan(database, access_point=net.point, logins=[former]).logins[0]
    router.tables.session("nome.novo")
    router.tables.session(former)
    online(database, net.login, "192.0.2.1", "nome.novo")
    online(database, heir, "192.0.2.1")
    net.suspend()
    net.settle()
    assert net.sessions() == [former]


@pytest.mark.usefixtures("impatient")
def test_what_can_still_be_delivered_does_not_wait_for_a_person(database: Database, router: RouterOsStandIn) -> None:
    net = a_net(database, router)
    with RouterOsStandIn() as second:
        router_of(database, second, nas="192.0.2.2", password="errada")
        online(database, net.login, "192.0.2.2")
        router.faults.mute_after_accept = True
        net.suspend()
        failed = net.settle()
        assert failed is not None and failed.next_due is not None  # one router refuses, but the other is only silent
        router.faults.mute_after_accept = False
        net.settle()
        assert net.sessions() == []
        assert net.debt()["due_at"] is None  # now only a person can help


@pytest.mark.usefixtures("impatient")
def test_a_router_that_answers_again_gets_all_that_waits_for_it(database: Database, router: RouterOsStandIn) -> None:
    net = a_net(database, router)
    others = [a_login(database, plan_id=net.plan.id) for _ in range(3)]
    for login in others:
        router.tables.session(login.login)
        online(database, login, "192.0.2.1")
    settled(database)
    router.stop()
    owed = net.suspend().owed
    settler = net.settler()
    for debt in owed:
        settler.settle(debt.topic, debt.key)
    database.admin().execute("UPDATE desk.debts SET due_at = now() + interval '1 hour' WHERE done < wanted")
    router.start()
    assert net.settle() is not None
    assert net.sessions() == [login.login for login in others]
    while settler.settle():
        pass
    assert net.sessions() == []


def test_a_real_radius_server_refuses_and_accepts_with_the_commit(database: Database, router: RouterOsStandIn) -> None:
    net = a_net(database, router)
    a_secret(database, "radius", net.login.id, "k2m4p6r8", clear=True)
    settled(database)
    ask = pap(net.login.login, "k2m4p6r8", Calling_Station_Id=MODEM)
    with running(database) as radius:
        assert radius.ask(ask).accepted
        net.suspend()
        assert radius.ask(ask).rejected  # nothing was delivered yet
        assert net.sessions() == [net.login.login]
        net.settle()
        assert net.sessions() == []
        net.enable()
        assert radius.ask(ask).accepted
        done = net.settle()
        assert done is not None and done.settled


def test_reconcilers_of_two_threads_share_nothing(database: Database, router: RouterOsStandIn) -> None:
    net = a_net(database, router)
    net.suspend()
    sessions = database.signed_in("administrador").sessions
    settler = Settler(sessions, reconcilers(sessions), net.news.append)
    start, took = threading.Barrier(4), []

    def race() -> None:
        start.wait()
        took.append(settler.settle("radius_login", str(net.login.id)))

    threads = [threading.Thread(target=race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(took) == [False, False, False, True]
    assert router.commands()["/ppp/active/remove"] == 1
