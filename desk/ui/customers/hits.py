"""Rows of the search flyout, painted: who, why it matched, plans, online."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desk.services.customers import CustomerHit, CustomerKind, Match, SearchKind
from desk.ui.core import icons, paint
from desk.ui.core.theme import font, theme

HEIGHT = 50
HitRole = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_CODES = {SearchKind.LOGIN, SearchKind.MAC, SearchKind.IP, SearchKind.CIRCUIT}


def hit_of(index: Index) -> CustomerHit:
    """The customer of a row."""
    found: CustomerHit = index.data(HitRole)
    return found


class HitModel(QAbstractListModel):
    """The hits, in their order."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hits: list[CustomerHit] = []

    def show_hits(self, hits: Sequence[CustomerHit]) -> None:
        """Replace them all."""
        self.beginResetModel()
        self._hits = list(hits)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        return 0 if parent.isValid() else len(self._hits)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        hit = self._hits[index.row()]
        if role == HitRole:
            return hit
        if role == Qt.ItemDataRole.DisplayRole:
            return hit.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            why = ", ".join(f"{match.kind.value} {match.text}" for match in hit.matches)
            return f"{hit.name}, código {hit.code:06d}, {why}, {_plans(hit)}, {_state(hit)[0]}"
        return None


def _plans(hit: CustomerHit) -> str:
    return "1 plano" if hit.plans == 1 else f"{hit.plans} planos"


def _state(hit: CustomerHit) -> tuple[str, str, str]:
    if not hit.active:
        return "Inativo", "minus-circle-fill", "mute"
    return ("online", "circle-fill", "ok") if hit.online else ("offline", "circle", "mute")


class HitDelegate(QStyledItemDelegate):
    """Paints one hit in two lines with its fixed columns."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        hit = hit_of(index)
        rect: QRect = option.rect.adjusted(4, 1, -4, -1)
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            paint.selection(painter, rect, focused=True)
        elif state & QStyle.StateFlag.State_MouseOver:
            paint.selection(painter, rect, focused=False, hovered=True)
        icon = "buildings" if hit.kind is CustomerKind.COMPANY else "user"
        icons.draw(painter, icon, "text2", QPoint(rect.left() + 10, rect.center().y() - 8), 18)
        left, right = rect.left() + 40, rect.right() - 178
        tone = "text" if hit.active else "text2"
        name = next((match for match in hit.matches if match.kind is SearchKind.NAME), None)
        upper = QRect(left, rect.top() + 3, right - left, 22)
        used = self._text(painter, upper, hit.name, name.ranges if name else (), "strong", tone)
        code = QRect(left + used + 8, rect.top() + 3, 70, 22)
        self._text(painter, code, f"{hit.code:06d}", (), "body", "text2", code=True)
        self._why(painter, QRect(left, rect.top() + 24, right - left, 20), hit)
        self._columns(painter, rect, hit)
        painter.restore()

    def _why(self, painter: QPainter, rect: QRect, hit: CustomerHit) -> None:
        at = rect.left()
        parts: list[tuple[str, Match | None]] = [(match.kind.value, match) for match in hit.matches]
        if not parts or all(match is not None and match.kind is SearchKind.NAME for _, match in parts):
            place = f"{hit.city} – {hit.state}" if hit.city else ""
            document = "CNPJ" if hit.kind is CustomerKind.COMPANY else "CPF"
            parts += [(f"{document} {hit.document}", None), *([(place, None)] if place else [])]
        for number, (label, match) in enumerate(parts[:4]):
            if number:
                at += self._text(painter, QRect(at, rect.top(), 20, rect.height()), " · ", (), "caption", "text2")
            room = rect.right() - at
            if room < 40:
                return  # a part that does not fit is left out whole
            at += self._text(painter, QRect(at, rect.top(), room, rect.height()), label, (), "caption", "text2")
            if match is not None and match.kind is not SearchKind.NAME:
                box = QRect(at + 4, rect.top(), rect.right() - at - 4, rect.height())
                coded = match.kind in _CODES
                at += 4 + self._text(painter, box, match.text, match.ranges, "caption", "text2", code=coded)

    def _columns(self, painter: QPainter, rect: QRect, hit: CustomerHit) -> None:
        painter.setFont(font("caption"))
        painter.setPen(theme().color("text2"))
        plans = QRect(rect.right() - 170, rect.top(), 70, rect.height())
        painter.drawText(plans, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, _plans(hit))
        word, icon, tone = _state(hit)
        icons.draw(painter, icon, tone, QPoint(rect.right() - 86, rect.center().y() - 6), 12)
        painter.setFont(font("caption_medium"))
        painter.setPen(theme().color(tone))
        painter.drawText(QRect(rect.right() - 68, rect.top(), 66, rect.height()), _LEFT, word)

    @staticmethod
    def _text(
        painter: QPainter,
        rect: QRect,
        text: str,
        ranges: Sequence[tuple[int, int]],
        style: str,
        tone: str,
        *,
        code: bool = False,
    ) -> int:
        """Draw a text, its matched letters marked; returns how wide it is."""
        return paint.marked(painter, rect, text, ranges, font(style, code=code), tone)
