"""Every thing a person can do, declared once: menus, buttons, keys, palette and help read it from here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from desk.ui.core.icons import icon

if TYPE_CHECKING:
    from desk.ui.core.desk import Desk


def _always(row: Any) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Action:
    """One act: how it reads, where it stands, when it is offered and what it runs."""

    id: str
    label: str
    menu: str  # the node kind whose menu holds it; "program" for what needs no row
    run: Callable[[Desk, Any], object]
    group: int = 0  # entries of one group stand together, groups are separated
    icon: str = ""
    shortcut: str = ""
    command: type | None = None  # its permission is the command's
    shown: Callable[[Any], bool] = _always
    enabled: Callable[[Any], bool | str | None] = _always  # True, "" or None: possible; a text: why not
    toolbar: bool = False
    destructive: bool = False
    palette: str = ""  # "plan", "customer" or "program"; empty keeps it out of the palette
    help: str = ""

    def text(self) -> str:
        """The label as people read it."""
        return QCoreApplication.translate("desk", self.label)

    def obstacle(self, desk: Desk, row: Any) -> str | None:
        """Why the act is not possible now; None when it is, an empty text when there is nothing to say."""
        if self.command is not None and not desk.may(self.command):
            return desk.tr("Falta a permissão {}").format(desk.needs(self.command))
        answer = self.enabled(row)
        if answer is False:
            return ""
        return answer if isinstance(answer, str) and answer else None


class ActionRegistry:
    """All actions of the program, by id."""

    def __init__(self, actions: Iterable[Action] = ()) -> None:
        self._by_id: dict[str, Action] = {}
        self.add(actions)

    def add(self, actions: Iterable[Action]) -> None:
        """Take in the actions of one capability."""
        for action in actions:
            if action.id in self._by_id:
                raise ValueError(f"two actions called {action.id}")
            self._by_id[action.id] = action

    def __iter__(self) -> Iterator[Action]:
        return iter(self._by_id.values())

    def __contains__(self, action_id: object) -> bool:
        return action_id in self._by_id

    def __getitem__(self, action_id: str) -> Action:
        return self._by_id[action_id]

    def of(self, menu: str) -> list[Action]:
        """The actions of one menu, in the order of their groups."""
        return sorted((action for action in self if action.menu == menu), key=lambda action: action.group)


def accelerated(labels: list[tuple[str, str]], taken: Iterable[str] = ()) -> list[str]:
    """Give each (label, shortcut) an `&` before a letter that no other of them has, nor is already `taken`."""
    taken = set(taken)
    # The rarer an initial is in this menu, the better it tells its entry from the others.
    common = Counter(
        word[0].lower() for label, _ in labels for word in set(label.replace("&", "").split()) if word[0].isupper()
    )
    result: list[str] = [""] * len(labels)

    def letters(label: str, shortcut: str) -> Iterator[int]:
        initials = [at for at, letter in enumerate(label) if at == 0 or label[at - 1] in " -"]
        key = shortcut.rsplit("+", 1)[-1].lower()
        yield from (at for at in initials if label[at].lower() == key)
        capitals = [at for at in initials if label[at].isupper()]
        yield from sorted(
            capitals, key=lambda at: (at != 0 or common[label[at].lower()] > 1, common[label[at].lower()])
        )
        yield from (at for at, letter in enumerate(label) if letter.isalnum() and letter.isascii())

    # Those whose key names their letter choose first, so that nobody takes it from them.
    order = sorted(range(len(labels)), key=lambda at: len(labels[at][1].rsplit("+", 1)[-1]) != 1)
    for which in order:
        label, shortcut = labels[which]
        plain = label.replace("&", "")
        free = (at for at in letters(plain, shortcut) if plain[at].lower() not in taken and plain[at].isascii())
        at = next(free, None)
        if at is None:
            result[which] = plain
            continue
        taken.add(plain[at].lower())
        result[which] = f"{plain[:at]}&{plain[at:]}"
    return result


def build_menu(desk: Desk, kind: str, row: Any, parent: QWidget) -> QMenu:
    """The context menu of a row; what is not possible stays in sight, grey, with its reason."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    offered = [action for action in desk.actions.of(kind) if action.shown(row)]
    labels = accelerated([(action.text(), action.shortcut) for action in offered])
    last: int | None = None
    for action, label in zip(offered, labels, strict=True):
        if last is not None and action.group != last:
            menu.addSeparator()
        last = action.group
        menu.addAction(_entry(desk, action, label, row, menu))
    return menu


def _entry(desk: Desk, action: Action, label: str, row: Any, menu: QMenu) -> QAction:
    entry = QAction(label, menu)
    entry.setObjectName(action.id)
    obstacle = action.obstacle(desk, row)
    entry.setEnabled(obstacle is None)
    tone = "off" if obstacle is not None else "bad" if action.destructive else "text2"
    if action.icon:
        entry.setIcon(icon(action.icon, tone))
    # style.py draws these; the tip repeats the reason for screen readers.
    entry.setProperty("reason", obstacle or "")
    entry.setProperty("destructive", action.destructive)
    entry.setToolTip(obstacle or action.text())
    entry.setStatusTip(action.help)
    if action.shortcut:
        entry.setShortcut(QKeySequence(action.shortcut))
        # Shown here, heard elsewhere: a menu that is open must not make the key ambiguous.
        entry.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
    entry.triggered.connect(lambda: desk.run_action(action.id, row))
    return entry


def shortcuts(desk: Desk, menus: Iterable[str], row: Callable[[str], Any], parent: QWidget) -> list[QAction]:
    """QActions that make the keys of some menus work inside a widget; `row` gives the menu's row or None."""
    made = []
    for kind in menus:
        for action in desk.actions.of(kind):
            if not action.shortcut:
                continue
            hidden = QAction(action.text(), parent)
            hidden.setObjectName(f"key:{action.id}")
            hidden.setShortcut(QKeySequence(action.shortcut))
            hidden.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            hidden.triggered.connect(lambda _=False, each=action: _by_key(desk, each, row(each.menu)))
            parent.addAction(hidden)
            made.append(hidden)
    return made


def _by_key(desk: Desk, action: Action, row: Any) -> None:
    if row is not None and action.shown(row):
        desk.run_action(action.id, row)


def tool_buttons(desk: Desk, kind: str, row: Any, parent: QWidget) -> list[QPushButton]:
    """Buttons for the actions of a menu that belong in a toolbar; a grey one carries its reason as tip."""
    made = []
    for action in desk.actions.of(kind):
        if not action.toolbar or not action.shown(row):
            continue
        button = QPushButton(action.text(), parent)
        button.setObjectName(action.id)
        button.setIcon(icon(action.icon))
        obstacle = action.obstacle(desk, row)
        button.setEnabled(obstacle is None)
        tip = obstacle or (f"{action.text()} ({action.shortcut})" if action.shortcut else "")
        button.setToolTip(tip)
        button.clicked.connect(lambda _=False, each=action: desk.run_action(each.id, row))
        made.append(button)
    return made
