"""Menu entries of one or two lines: icon, label, key and, when grey, the reason."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QPainter
from PySide6.QtWidgets import QMenu, QStyle, QStyleOptionMenuItem, QWidget

from desk.ui.core import icons, paint
from desk.ui.core.theme import font, theme

HEIGHT, HEIGHT_WITH_REASON, SEPARATOR = 26, 42, 9
TEXT_AT, ICON_AT, RIGHT = 36, 10, 14
_Kind = QStyleOptionMenuItem.MenuItemType


def _reason(action: QAction | None) -> str:
    found = action.property("reason") if action is not None else None
    return found if isinstance(found, str) else ""


def _action(option: QStyleOptionMenuItem, widget: QWidget | None) -> QAction | None:
    if not isinstance(widget, QMenu):
        return None
    label = option.text.partition("\t")[0]
    return next((action for action in widget.actions() if action.text() == label), None)


def menu_item_size(option: QStyleOptionMenuItem, widget: QWidget | None) -> QSize:
    """How much room an entry needs; QMenu adds the column of keys by itself."""
    if option.menuItemType == _Kind.Separator:
        return QSize(40, SEPARATOR)
    label = option.text.partition("\t")[0].replace("&", "")
    reason = _reason(_action(option, widget))
    wide = TEXT_AT + paint.text_width(font(), label) + 36 + RIGHT
    if reason:
        wide = max(wide, TEXT_AT + paint.text_width(font("caption"), reason) + RIGHT - 24)
    return QSize(max(wide, 180), HEIGHT_WITH_REASON if reason else HEIGHT)


def draw_menu_item(option: QStyleOptionMenuItem, painter: QPainter, widget: QWidget | None) -> None:
    """Paint one entry."""
    rect = option.rect
    painter.save()
    if option.menuItemType == _Kind.Separator:
        painter.setPen(theme().color("stroke"))
        painter.drawLine(rect.left() + 8, rect.center().y(), rect.right() - 8, rect.center().y())
        painter.restore()
        return
    enabled = bool(option.state & QStyle.StateFlag.State_Enabled)
    action = _action(option, widget)
    reason = _reason(action)
    if option.state & QStyle.StateFlag.State_Selected and (enabled or reason):
        paint.selection(painter, rect, focused=enabled, bar=14)
    _mark(option, painter, action)
    label, _, key = option.text.partition("\t")
    tone = "off" if not enabled else "bad" if action is not None and action.property("destructive") else "text"
    line = QRect(rect.left() + TEXT_AT, rect.top(), rect.width() - TEXT_AT - RIGHT, HEIGHT)
    painter.setFont(font())
    painter.setPen(theme().color(tone))
    align = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
    painter.drawText(line, align | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextShowMnemonic, label)
    if key:
        painter.setFont(font("caption"))
        painter.setPen(theme().color("text2" if enabled else "off"))
        painter.drawText(line, align | Qt.AlignmentFlag.AlignRight, key)
    if reason:
        painter.setFont(font("caption"))
        painter.setPen(theme().color("text2"))
        painter.drawText(line.translated(0, 16), align | Qt.AlignmentFlag.AlignLeft, reason)
    if option.menuItemType == _Kind.SubMenu:
        paint.chevron(painter, QRectF(rect.right() - 14, rect.top(), 8, HEIGHT).center(), "right", "text2", 3)
    painter.restore()


def _mark(option: QStyleOptionMenuItem, painter: QPainter, action: QAction | None) -> None:
    at = QPoint(option.rect.left() + ICON_AT, option.rect.top() + (HEIGHT - 16) // 2)
    if option.checkType != QStyleOptionMenuItem.CheckType.NotCheckable and option.checked:
        icons.draw(painter, "check", "text", at)
    elif not option.icon.isNull():
        option.icon.paint(painter, QRect(at, QSize(16, 16)))
