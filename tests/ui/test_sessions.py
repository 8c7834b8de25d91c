"""Connections on screen: what is asked, what is told, step by step."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from desk.bootstrap import reconcilers
from desk.demo.routeros import RouterOsStandIn
from desk.services.core.outbox import Deliveries, Settler
from desk.services.plans import OnePlan
from desk.services.sessions import ending
from desk.ui.core.desk import Desk
from desk.ui.core.message_box import MessageBox
from desk.ui.core.strip import Delivery
from desk.ui.shell.deliveries import DeliveryFollower
from tests.postgres import Database
from tests.services.core.line import SECRET, Line, a_line
from tests.standins.nas import NasStandIn
from tests.ui.conftest import DeskAs
from tests.ui.screens import PATIENCE, dialog


@pytest.fixture
def line(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """A login online through a router that takes Disconnect requests."""
    monkeypatch.setattr(ending, "NAS_SECONDS", 0.6)
    monkeypatch.setattr(ending, "PROOF_SECONDS", 0.6)
    with RouterOsStandIn() as router, NasStandIn(SECRET) as nas:
        yield a_line(database, router, nas)


class Followed:
    """The strip's news of one customer, each time it moved."""

    def __init__(self, line: Line, desk: Desk) -> None:
        sessions = line.database.signed_in("suporte").sessions
        self.customer = line.plan.customer_id
        self.news: list[Delivery] = []
        self.deliveries = Deliveries(Settler(sessions, reconcilers(sessions), desk.progress.emit))
        self._follower = DeliveryFollower(desk)
        self._follower.moved.connect(self._moved)
        desk.executed.connect(lambda act: self.deliveries.deliver(act.outcome.owed))

    def _moved(self, customer: int) -> None:
        delivery = self._follower.of(customer)
        if customer == self.customer and delivery is not None:
            self.news.append(delivery)

    def said(self) -> list[str]:
        """What stood beside Conexão, in its order."""
        steps = [step for delivery in self.news for step in delivery.steps if step.name == "Conexão"]
        return list(dict.fromkeys(step.said for step in steps))


def close(qtbot: QtBot, line: Line, desk: Desk) -> MessageBox:
    """Choose the entry and answer the question."""
    login = desk.bus.execute(OnePlan(line.plan.id)).value.logins[0]
    desk.run_action("sessions.close", login)
    box = dialog(qtbot, MessageBox)
    assert box.primary is not None
    box.primary.click()
    return box


def test_closing_is_told_step_by_step_with_its_proof(qtbot: QtBot, line: Line, desk_as: DeskAs) -> None:
    desk = desk_as("suporte")
    followed = Followed(line, desk)
    try:
        box = close(qtbot, line, desk)
        assert box.text.what == "Fechar a conexão atual de maria.casa?"
        assert "100.64.0.7" in box.text.why
        qtbot.waitUntil(
            lambda: bool(followed.news) and followed.news[-1].finished and len(followed.said()) > 1, timeout=PATIENCE
        )
    finally:
        followed.deliveries.close()
    assert followed.said() == ["Encerrando…", "Encerrada"]
    last = followed.news[-1]
    assert last.act == "Fechar Conexão Atual de maria.casa"
    step = next(step for step in last.steps if step.name == "Conexão")
    assert step.proof == "a contabilização do RADIUS registrou o fim da sessão"
    assert step.thing.startswith("100.64.0.7 · BNG")


def test_silence_is_told_as_silence_and_what_was_tried(qtbot: QtBot, line: Line, desk_as: DeskAs) -> None:
    line.nas.faults.mute = True
    line.router.faults.close_on_accept = True
    desk = desk_as("suporte")
    followed = Followed(line, desk)
    try:
        close(qtbot, line, desk)
        qtbot.waitUntil(lambda: bool(followed.news) and followed.news[-1].failed, timeout=PATIENCE)
        qtbot.waitUntil(lambda: "nova tentativa" in followed.news[-1].steps[-1].reason, timeout=PATIENCE)
    finally:
        followed.deliveries.close()
    step = followed.news[-1].steps[-1]
    assert step.said == "Sem resposta"
    assert step.proof.startswith("pedido por RADIUS sem resposta; nova tentativa em")
    assert not followed.news[-1].finished
