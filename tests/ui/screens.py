"""What tests of the area Planos do over and over: open it, wait until it is calm, find menus, look at rows."""

from __future__ import annotations

from typing import Any, TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu, QWidget
from pytestqt.qtbot import QtBot

from desk.services.plans import OnePlan, PlanRow
from desk.ui.core.desk import Desk
from desk.ui.core.tree import Node
from desk.ui.plans.page import PlansPage
from tests.orders import saving
from tests.postgres import Database

W = TypeVar("W", bound=QWidget)
PATIENCE = 30_000


def shown_plans(qtbot: QtBot, desk: Desk, customer_id: int, *, window: bool = False) -> PlansPage:
    """The area Planos of a customer, loaded, with the focus in its tree; where it matters, in a main window."""
    page = PlansPage(desk, customer_id)
    top: QWidget = page
    if window:
        top = QMainWindow()
        top.setCentralWidget(page)
        page.host = top  # type: ignore[attr-defined]  # which lives as long as the page
    qtbot.addWidget(top)
    top.resize(1366, 560)
    top.show()
    top.activateWindow()
    if window:
        qtbot.waitUntil(top.isActiveWindow, timeout=PATIENCE)
    qtbot.waitUntil(lambda: page.shown is not None, timeout=PATIENCE)
    page.enter()
    calm(qtbot, page)
    return page


def calm(qtbot: QtBot, page: PlansPage) -> None:
    """Until nothing is under way and nothing is about to be asked."""

    def quiet() -> bool:
        return not (page._desk.background.busy or page._soon.isActive() or page.panel._asking.isActive())

    qtbot.waitUntil(quiet, timeout=PATIENCE)


def node(page: PlansPage, key: object) -> Node:
    """A node of the tree by its key."""
    found = page.tree.nodes.find(key)
    assert found is not None, f"no node {key}"
    return found


def selected(page: PlansPage) -> object:
    """Key of the node under the bar."""
    current = page.tree.current_node()
    return current.key if current is not None else None


def right_click(qtbot: QtBot, page: PlansPage, key: object) -> QMenu:
    """The context menu of a node, opened as a person does."""
    page.tree.select(key)
    place = page.tree.visualRect(page.tree.nodes.index_of(node(page, key))).center()
    viewport = page.tree.viewport()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, viewport.mapToGlobal(place))
    QApplication.sendEvent(viewport, event)
    return popup(qtbot)


def popup(qtbot: QtBot) -> QMenu:
    """The menu that is open."""
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu), timeout=PATIENCE)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def entry(menu: QMenu, action_id: str) -> QAction:
    """An entry of a menu by the id of its action."""
    return next(action for action in menu.actions() if action.objectName() == action_id)


def choose(menu: QMenu, action_id: str) -> None:
    """Click an entry."""
    place = menu.actionGeometry(entry(menu, action_id)).center()
    from PySide6.QtTest import QTest

    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(place))


def dialog(qtbot: QtBot, kind: type[W]) -> W:
    """The open dialog of a kind, once it has the keys: shortcuts of a window that is not active do nothing."""
    qtbot.waitUntil(lambda: _open(kind) is not None, timeout=PATIENCE)
    found = _open(kind)
    assert found is not None
    if QApplication.activeModalWidget() is found:
        found.activateWindow()  # offscreen nobody hands a window the keys when the one over it has gone
        qtbot.waitUntil(found.isActiveWindow, timeout=PATIENCE)
    return found


def gone(qtbot: QtBot, kind: type[QWidget]) -> None:
    """Until no dialog of a kind is open."""
    qtbot.waitUntil(lambda: _open(kind) is None, timeout=PATIENCE)


def _open(kind: type[W]) -> W | None:
    return next((each for each in QApplication.topLevelWidgets() if isinstance(each, kind) and each.isVisible()), None)


def listen(signal: Any) -> list[Any]:
    """Everything a signal says from here on."""
    heard: list[Any] = []
    signal.connect(heard.append)
    return heard


def as_job(database: Database, sql: str, *values: object) -> None:
    """As the only role that the guards let pass, as jobs and loaders do."""
    admin = database.admin()
    admin.execute("SET ROLE desk_job")
    admin.execute(sql, values)
    admin.execute("RESET ROLE")


def row_of(database: Database, plan_id: int) -> PlanRow:
    """A plan as it is in the database."""
    return database.bus("administrador").execute(OnePlan(plan_id)).value


def save(database: Database, role: str, plan_id: int, **changes: object) -> None:
    """Another desk saves a few fields of a plan."""
    database.bus(role).execute(saving(database, plan_id, **changes))
