"""Menus come from the registry: grey with a reason, absent, separated, and with letters of their own."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desk.ui.core.actions import Action, ActionRegistry, accelerated, build_menu, tool_buttons
from tests.ui.core.doubles import SmallBus, Suspend, small_desk


def act(id: str, label: str, **more: Any) -> Action:
    """An action of the plan's menu."""
    return Action(**{"id": id, "label": label, "menu": "plan", "run": lambda desk, row: None, **more})


def test_what_is_not_possible_stays_in_sight_with_its_reason(qtbot: QtBot) -> None:
    actions = (
        act("plans.suspend", "Suspender Plano", command=Suspend, group=1),
        act("plans.enable", "Habilitar Plano", enabled=lambda row: "O plano já está habilitado", group=1),
        act("plans.tv", "Canais", shown=lambda row: False, group=1),
        act("plans.delete", "Apagar o Plano", destructive=True, group=2),
    )
    above = QWidget()
    qtbot.addWidget(above)
    with small_desk(SmallBus(forbidden={Suspend: ("Editar Status do Plano",)}), actions) as desk:
        menu = build_menu(desk, "plan", object(), above)
        entries = {entry.objectName(): entry for entry in menu.actions() if not entry.isSeparator()}
        assert set(entries) == {"plans.suspend", "plans.enable", "plans.delete"}
        assert entries["plans.suspend"].property("reason") == "Falta a permissão “Editar Status do Plano”"
        assert entries["plans.enable"].property("reason") == "O plano já está habilitado"
        assert not entries["plans.enable"].isEnabled() and entries["plans.delete"].isEnabled()
        assert [entry.isSeparator() for entry in menu.actions()] == [False, False, True, False]
        menu.deleteLater()


@pytest.mark.parametrize("answer", [True, "", None])
def test_nothing_to_say_means_possible(answer: Any) -> None:
    with small_desk() as desk:
        assert act("a.b", "A", enabled=lambda row: answer).obstacle(desk, None) is None


def test_an_entry_runs_its_action_with_its_row(qtbot: QtBot) -> None:
    ran: list[Any] = []
    above = QWidget()
    qtbot.addWidget(above)
    with small_desk(actions=(act("a.b", "Abrir", run=lambda desk, row: ran.append(row)),)) as desk:
        menu = build_menu(desk, "plan", 42, above)
        menu.actions()[0].trigger()
        assert ran == [42]
        menu.deleteLater()


def test_running_the_impossible_explains_itself(qtbot: QtBot) -> None:
    with small_desk(actions=(act("a.b", "Abrir", enabled=lambda row: "Só plano ativo"),)) as desk:
        with qtbot.waitSignal(desk.failed) as caught:
            desk.run_action("a.b", None)
    assert caught.args is not None and "Só plano ativo" in caught.args[0].why


def test_letters_are_unique_and_follow_the_key() -> None:
    labels = [
        ("Abrir", "Return"),
        ("Cadastrar Login de Radius", "Ctrl+L"),
        ("Cadastrar Novo E-mail Adicional", ""),
        ("Cadastrar Novo IP", "Ctrl+I"),
        ("Cadastrar Novo Circuito", ""),
    ]
    given = accelerated(labels)
    letters = [text[text.index("&") + 1].lower() for text in given]
    assert len(set(letters)) == len(labels)
    assert letters[1] == "l" and letters[3] == "i"


def test_two_actions_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match=r"a\.b"):
        ActionRegistry([act("a.b", "A"), act("a.b", "B")])


def test_a_grey_button_tells_why(qtbot: QtBot) -> None:
    above = QWidget()
    qtbot.addWidget(above)
    with small_desk(actions=(act("a.b", "Editar", toolbar=True, enabled=lambda row: "Cancelado"),)) as desk:
        made = tool_buttons(desk, "plan", None, above)
    assert [each.toolTip() for each in made] == ["Cancelado"] and not made[0].isEnabled()
