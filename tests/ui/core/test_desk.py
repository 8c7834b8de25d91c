"""Orders and questions leave the UI thread and come home once, to whoever still waits."""

from __future__ import annotations

import logging
import threading
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt
from pytestqt.qtbot import QtBot

from desk.services.core.errors import ConfirmationNeeded, NotAllowed
from desk.ui.core import message_box
from desk.ui.core.app import Application, Bugs, write_logs
from desk.ui.core.fields import TextField
from desk.ui.core.messages import Text
from desk.ui.core.saving import SaveDialog
from tests.ui.core.doubles import Reply, SmallBus, Suspend, small_desk


def test_a_command_runs_elsewhere_and_its_news_come_home(qtbot: QtBot) -> None:
    bus = SmallBus(lambda command: Reply("feito", frozenset({"plans/42"})))
    with small_desk(bus) as desk:
        seen: dict[str, Any] = {}
        desk.changed.connect(lambda names: seen.setdefault("changed", names))
        desk.told.connect(lambda text: seen.setdefault("told", text))
        desk.do(Suspend(), owner=desk, done=lambda value: seen.setdefault("done", value), said="Plano suspenso")
        qtbot.waitUntil(lambda: len(seen) == 3)
    assert seen == {"done": "feito", "told": "Plano suspenso", "changed": frozenset({"plans/42"})}
    assert bus.threads != [threading.get_ident()]


def test_an_answer_to_a_closed_window_is_dropped(qtbot: QtBot) -> None:
    gate = threading.Event()

    def slow(command: Suspend) -> Reply:
        gate.wait(5)
        return Reply(command)

    with small_desk(SmallBus(slow)) as desk:
        answers: list[Any] = []
        window = QObject()
        desk.ask(Suspend(), owner=window, done=answers.append)  # type: ignore[arg-type]
        import shiboken6

        shiboken6.delete(window)
        with qtbot.waitSignal(desk.busy, check_params_cb=lambda busy: not busy):
            gate.set()
        assert answers == []


def test_the_newest_question_for_a_place_wins(qtbot: QtBot) -> None:
    gate = threading.Event()

    def answer(command: Suspend) -> Reply:
        if command.plan_id == 1:
            gate.wait(5)
        return Reply(command.plan_id)

    with small_desk(SmallBus(answer)) as desk:
        answers: list[Any] = []
        desk.ask(Suspend(1), owner=desk, slot="tree", done=answers.append)  # type: ignore[arg-type]
        desk.ask(Suspend(2), owner=desk, slot="tree", done=answers.append)  # type: ignore[arg-type]
        qtbot.waitUntil(lambda: answers == [2])
        with qtbot.waitSignal(desk.busy, check_params_cb=lambda busy: not busy):
            gate.set()
        assert answers == [2]


def test_a_refusal_becomes_a_text(qtbot: QtBot) -> None:
    def refuse(command: Suspend) -> Reply:
        raise NotAllowed("Editar Status do Plano")

    with small_desk(SmallBus(refuse)) as desk:
        with qtbot.waitSignal(desk.failed) as caught:
            desk.do(Suspend(), owner=desk)
    assert caught.args is not None
    text: Text = caught.args[0]
    assert "“Editar Status do Plano”" in text.why


def test_a_screen_may_deal_with_a_refusal_itself(qtbot: QtBot) -> None:
    def refuse(command: Suspend) -> Reply:
        raise NotAllowed("x")

    with small_desk(SmallBus(refuse)) as desk:
        told: list[Text] = []
        dealt: list[object] = []
        desk.failed.connect(told.append)
        desk.do(Suspend(), owner=desk, failed=lambda error: dealt.append(error) or True)  # type: ignore[func-returns-value]
        qtbot.waitUntil(lambda: bool(dealt))
        assert told == []


def test_what_needs_a_yes_is_asked_and_sent_again(qtbot: QtBot) -> None:
    sent: list[Suspend] = []

    def answer(command: Suspend) -> Reply:
        sent.append(command)
        if not command.confirmed:
            raise ConfirmationNeeded(question="O MAC já é de outro cliente.", yes="Salvar assim mesmo")
        return Reply("salvo")

    with small_desk(SmallBus(answer)) as desk:
        message_box.install(desk)
        done: list[object] = []
        desk.do(Suspend(), owner=desk, done=done.append)
        box = _open_box(qtbot)
        assert box.primary is not None and box.primary.text().replace("&", "") == "Salvar assim mesmo"
        box.primary.click()
        qtbot.waitUntil(lambda: done == ["salvo"])
    assert [each.confirmed for each in sent] == [False, True]


@pytest.mark.parametrize("leave", ["button", "escape"])
def test_going_back_from_a_question_frees_the_dialog_that_waits(qtbot: QtBot, leave: str) -> None:
    def answer(command: Suspend) -> Reply:
        raise ConfirmationNeeded(question="O MAC já é de outro cliente.", yes="Salvar assim mesmo")

    with small_desk(SmallBus(answer)) as desk:
        message_box.install(desk)
        shown: list[Text] = []
        desk.failed.connect(shown.append)
        dialog = SaveDialog(desk, "Editar", None)
        dialog.form.add(TextField("name", "Nome"))
        dialog.command = lambda draft: Suspend()
        dialog.begin({"name": "Casa"})
        dialog.open()
        dialog.save()
        box = _open_box(qtbot)
        assert dialog.busy
        if leave == "button":
            box.closing.click()
        else:
            qtbot.keyClick(box, Qt.Key.Key_Escape)
        assert not dialog.busy and dialog.isVisible()
        assert dialog.save_button.isEnabled() and shown == []  # nothing is told: they said it themselves
        dialog.reject()


def _open_box(qtbot: QtBot) -> message_box.MessageBox:
    from PySide6.QtWidgets import QApplication

    def find() -> list[message_box.MessageBox]:
        return [each for each in QApplication.topLevelWidgets() if isinstance(each, message_box.MessageBox)]

    qtbot.waitUntil(lambda: any(each.isVisible() for each in find()))
    return next(each for each in find() if each.isVisible())


@pytest.mark.logs_warnings
def test_a_bug_gets_a_number_to_quote(qtbot: QtBot, dressed: Application, caplog: pytest.LogCaptureFixture) -> None:
    bugs = Bugs()
    try:
        raise ZeroDivisionError("não dividir")
    except ZeroDivisionError as error:
        with qtbot.waitSignal(bugs.happened) as caught:
            bugs.handle(type(error), error, error.__traceback__)
    assert caught.args is not None
    assert caught.args[0].code in caplog.text
    assert "não dividir" not in str(caught.args[0])


def test_the_log_holds_no_secret(tmp_path: Any) -> None:
    stop = write_logs(tmp_path)
    logging.getLogger("desk.test").info("connecting password=hunter2 host=a; senha: 'abc'")
    stop()
    written = (tmp_path / "desk.log").read_text(encoding="utf-8")
    assert "host=a" in written and "hunter2" not in written and "abc" not in written
