"""The strip follows what it waits for, also when another desk or the worker delivers it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desk.bootstrap import reconcilers
from desk.demo.routeros import RouterOsStandIn
from desk.services.core.bus import Owed
from desk.services.core.outbox import Deliveries, Settler
from desk.services.logins import reconcile as reconciling
from desk.services.plans import SuspendPlan
from desk.ui.core.desk import Desk
from desk.ui.shell.deliveries import DeliveryFollower
from desk.ui.shell.deliveries_window import DeliveriesWindow
from tests.postgres import Database
from tests.services.core.net import Net, a_net
from tests.ui.conftest import DeskAs
from tests.ui.screens import PATIENCE, row_of


@pytest.fixture
def router() -> Iterator[RouterOsStandIn]:
    """A router on loopback."""
    with RouterOsStandIn() as stand_in:
        yield stand_in


def suspended(qtbot: QtBot, desk: Desk, net: Net) -> DeliveryFollower:
    """This desk suspends, and something keeps it from delivering; its strip waits."""
    follower, owner = DeliveryFollower(desk), QWidget()
    qtbot.addWidget(owner)
    version = row_of(net.database, net.plan.id).version
    with qtbot.waitSignal(follower.moved, timeout=PATIENCE):
        desk.do(SuspendPlan(plan_id=net.plan.id, reason="Outro", version=version), owner=owner, said="Plano suspenso")
    assert shown(follower, net) == {"Salvo": "Salvo", "Rede": "Aguardando"}
    return follower


def shown(follower: DeliveryFollower, net: Net) -> dict[str, str]:
    delivery = follower.of(net.plan.customer_id)
    assert delivery is not None
    return {step.name: step.said for step in delivery.steps}


@pytest.mark.parametrize("role", ["administrador", "desk_worker"])
def test_what_another_one_delivers_is_shown_with_its_proof(
    qtbot: QtBot, database: Database, desk_as: DeskAs, router: RouterOsStandIn, role: str
) -> None:
    net = a_net(database, router)
    follower = suspended(qtbot, desk_as("atendente", listen=True), net)
    net.settle(role)
    qtbot.waitUntil(lambda: "Rede" not in shown(follower, net), timeout=PATIENCE)
    assert shown(follower, net) == {"Salvo": "Salvo", "RADIUS": "Feito: bloqueado", "Conexão": "Encerrada"}
    delivery = follower.of(net.plan.customer_id)
    assert delivery is not None and delivery.finished
    assert follower.debts_of(net.plan.customer_id) == []


def test_that_it_failed_elsewhere_is_shown_and_can_be_tried_again_here(
    qtbot: QtBot, database: Database, desk_as: DeskAs, router: RouterOsStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciling, "DEADLINE", 0.5)
    net = a_net(database, router)
    follower = suspended(qtbot, desk_as("atendente", listen=True), net)
    router.faults.mute_after_accept = True
    net.settle("administrador")
    qtbot.waitUntil(lambda: "Rede" not in shown(follower, net), timeout=PATIENCE)
    delivery = follower.of(net.plan.customer_id)
    assert delivery is not None and delivery.failed
    (failed,) = (step for step in delivery.steps if step.state == "failed")
    assert failed.reason.startswith("sem resposta, nova tentativa em") and failed.key == Owed(
        "radius_login", str(net.login.id)
    )
    assert follower.debts_of(net.plan.customer_id) == [failed.key]
    router.faults.mute_after_accept = False
    net.settle("administrador")
    qtbot.waitUntil(lambda: follower.debts_of(net.plan.customer_id) == [], timeout=PATIENCE)


def test_tentar_agora_delivers_what_the_window_lists(
    qtbot: QtBot, database: Database, desk_as: DeskAs, router: RouterOsStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciling, "DEADLINE", 0.5)
    net = a_net(database, router)
    desk = desk_as("atendente", listen=True)
    suspended(qtbot, desk, net)
    router.faults.mute_after_accept = True
    net.settle()
    router.faults.mute_after_accept = False
    host = QWidget()
    qtbot.addWidget(host)
    with closing(deliveries_of(database, net)) as deliveries:
        window = DeliveriesWindow(desk, deliveries.deliver_again, lambda customer_id: None, host)
        window.open()
        qtbot.waitUntil(lambda: len(window.table.table.rows) == 1, timeout=PATIENCE)
        assert window.table.table.rows[0].error and window.primary is not None
        qtbot.mouseClick(window.primary, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(window.empty.isVisible, timeout=PATIENCE)
    assert not window.primary.isEnabled() and window.empty.headline.text() == "Nada pendente"
    window.reject()
    qtbot.waitUntil(lambda: not desk.background.busy, timeout=PATIENCE)


def deliveries_of(database: Database, net: Net) -> Deliveries:
    """What delivers for a desk that is open."""
    sessions = database.signed_in("atendente").sessions
    return Deliveries(Settler(sessions, reconcilers(sessions), net.news.append))


def test_a_notice_alone_settles_nothing(
    qtbot: QtBot, database: Database, desk_as: DeskAs, router: RouterOsStandIn
) -> None:
    net = a_net(database, router)
    desk = desk_as("atendente", listen=True)
    follower = suspended(qtbot, desk, net)
    database.connect("ninguem").execute("SELECT pg_notify('desk_changed', %s)", (f"debts/{net.plan.customer_id}",))
    with qtbot.waitSignal(desk.changed, timeout=PATIENCE):
        pass
    qtbot.waitUntil(lambda: not desk.background.busy, timeout=PATIENCE)
    assert shown(follower, net)["Rede"] == "Aguardando"


def test_what_only_looks_like_proof_is_shown_without_harm(
    qtbot: QtBot, database: Database, desk_as: DeskAs, router: RouterOsStandIn
) -> None:
    net = a_net(database, router)
    follower = suspended(qtbot, desk_as("atendente", listen=True), net)
    clerk, key = database.connect("administrador"), str(net.login.id)
    row = clerk.execute("SELECT lease, wanted FROM desk.debt_lease('radius_login', %s)", (key,)).fetchone()
    assert row is not None
    step = {"system": "radius", "thing": "<b>ana</b>", "device": None, "state": "done", "at": "ontem", "detail": 7}
    proof = json.dumps({"steps": [step, {"state": "?"}, "nada", None]})
    clerk.execute("SELECT desk.debt_settle('radius_login', %s, %s, %s, %s)", (key, row[1], row[0], proof))
    qtbot.waitUntil(lambda: follower.debts_of(net.plan.customer_id) == [], timeout=PATIENCE)
    assert set(shown(follower, net)) == {"Salvo", "RADIUS"}
