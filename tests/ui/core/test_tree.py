"""The tree shows rows, keeps the person's place, and says what was asked of it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from desk.ui.core.tree import Node, Part, TreeModel, root
from desk.ui.core.tree_view import PlanTreeView


def tree(*logins: str, plans: int = 2) -> Node:
    """A group with plans; the first has logins."""
    top = root()
    group = top.add(Node(kind="group", key="active", text="Planos Ativos", shape="group"))
    for number in range(plans):
        plan = group.add(Node(kind="plan", key=("plan", number), text=f"FIBRA {number}", shape="plan"))
        if number == 0:
            for login in logins:
                plan.add(
                    Node(
                        kind="login",
                        key=("login", login),
                        text=login,
                        noun="Login",
                        code=True,
                        right=(Part("offline"),),
                    )
                )
    return top


def test_the_model_is_sound(qtmodeltester: ModelTester) -> None:
    model = TreeModel()
    model.show(tree("maria", "camera"))
    qtmodeltester.check(model)


def test_a_reload_keeps_selection_and_what_was_closed(qtbot: QtBot) -> None:
    view = PlanTreeView()
    qtbot.addWidget(view)
    view.show_tree(tree("maria", "camera"))
    view.select(("login", "camera"))
    view.setExpanded(view.nodes.index_of(view.nodes.find("active")), False)  # type: ignore[arg-type]
    told: list[object] = []
    view.current_node_changed.connect(lambda node: told.append(node.key if node else None))
    view.show_tree(tree("maria", "camera", "nova"))
    assert not view.isExpanded(view.nodes.index_of(view.nodes.find("active")))  # type: ignore[arg-type]
    current = view.current_node()
    assert current is not None and current.key == ("login", "camera")
    assert told[-1] == ("login", "camera")


def test_when_the_selected_is_gone_its_neighbour_takes_over(qtbot: QtBot) -> None:
    view = PlanTreeView()
    qtbot.addWidget(view)
    view.show_tree(tree("maria", "camera"))
    view.select(("login", "camera"))
    view.show_tree(tree("maria"))
    current = view.current_node()
    assert current is not None and current.key == ("login", "maria")


def test_keys_copy_open_and_delete(qtbot: QtBot) -> None:
    view = PlanTreeView()
    qtbot.addWidget(view)
    view.show_tree(tree("maria"))
    view.select(("login", "maria"))
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "maria"
    for key, signal in (
        (Qt.Key.Key_F2, view.opened),
        (Qt.Key.Key_Return, view.opened),
        (Qt.Key.Key_Delete, view.delete_wanted),
    ):
        with qtbot.waitSignal(signal) as caught:
            qtbot.keyClick(view, key)
        assert caught.args is not None and caught.args[0].key == ("login", "maria")


def test_a_row_is_spoken_whole(qtbot: QtBot) -> None:
    model = TreeModel()
    model.show(tree("maria"))
    node = model.find(("login", "maria"))
    assert node is not None
    assert model.data(model.index_of(node), Qt.ItemDataRole.AccessibleTextRole) == "Login maria, offline"
    assert QAccessible is not None


def test_five_hundred_plans_are_shown_and_painted_in_time(qtbot: QtBot, watchdog: object) -> None:
    view = PlanTreeView()
    qtbot.addWidget(view)
    view.resize(460, 600)
    view.show_tree(tree("maria", plans=500))
    view.show()
    qtbot.waitExposed(view)
