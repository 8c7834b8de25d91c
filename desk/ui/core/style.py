"""Draws what a style sheet cannot: fields, check marks, arrows, menus with reasons, and the focus ring."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QDialog,
    QLabel,
    QMainWindow,
    QPlainTextEdit,
    QProxyStyle,
    QStyle,
    QStyleHintReturn,
    QStyleOption,
    QStyleOptionComboBox,
    QStyleOptionComplex,
    QStyleOptionFrame,
    QStyleOptionMenuItem,
    QStyleOptionSpinBox,
    QStyleOptionViewItem,
    QTextEdit,
    QWidget,
)

from desk.ui.core import icons, paint
from desk.ui.core.focus import RING_MARGIN, Watcher
from desk.ui.core.menus import draw_menu_item, menu_item_size
from desk.ui.core.theme import theme

CE, PE, CC, SC = QStyle.ControlElement, QStyle.PrimitiveElement, QStyle.ComplexControl, QStyle.SubControl
PM, SH, CT, State = QStyle.PixelMetric, QStyle.StyleHint, QStyle.ContentsType, QStyle.StateFlag

FIELD_HEIGHT = 28
METRICS: dict[QStyle.PixelMetric, int] = {
    PM.PM_IndicatorWidth: 16,
    PM.PM_IndicatorHeight: 16,
    PM.PM_ExclusiveIndicatorWidth: 16,
    PM.PM_ExclusiveIndicatorHeight: 16,
    PM.PM_CheckBoxLabelSpacing: 8,
    PM.PM_RadioButtonLabelSpacing: 8,
    PM.PM_FocusFrameHMargin: RING_MARGIN,
    PM.PM_FocusFrameVMargin: RING_MARGIN,
    PM.PM_MenuPanelWidth: 1,
    PM.PM_MenuVMargin: 4,
    PM.PM_MenuHMargin: 4,
    PM.PM_TreeViewIndentation: 20,
    PM.PM_ButtonIconSize: 16,
    PM.PM_SmallIconSize: 16,
    PM.PM_ComboBoxFrameWidth: 1,
    PM.PM_TabCloseIndicatorWidth: 16,
    PM.PM_TabCloseIndicatorHeight: 16,
    PM.PM_ButtonShiftHorizontal: 0,
    PM.PM_ButtonShiftVertical: 0,
}
HINTS: dict[QStyle.StyleHint, int] = {
    SH.SH_EtchDisabledText: 0,
    SH.SH_ComboBox_Popup: 0,
    SH.SH_DialogButtonLayout: 0,  # Windows' order on every system
    SH.SH_LineEdit_PasswordCharacter: 0x25CF,
    SH.SH_ToolTipLabel_Opacity: 255,
    SH.SH_Widget_Animation_Duration: 0,
    SH.SH_ItemView_ActivateItemOnSingleClick: 0,
    SH.SH_Menu_MouseTracking: 1,
    SH.SH_MenuBar_AltKeyNavigation: 0,
}


class DeskStyle(QProxyStyle):
    """Fusion with the drawings of this program; the same on every system."""

    def __init__(self) -> None:
        super().__init__("Fusion")
        self.watcher = Watcher()

    def polish(self, thing: Any) -> Any:
        if isinstance(thing, QAbstractButton | QMainWindow | QDialog):
            thing.installEventFilter(self.watcher)
        elif isinstance(thing, QLabel) and thing.inherits("QTipLabel"):
            # The one label of all tips would take a name with <…> in it for HTML, and load what that points to.
            thing.setTextFormat(Qt.TextFormat.PlainText)
        return super().polish(thing)

    def pixelMetric(
        self, metric: QStyle.PixelMetric, option: QStyleOption | None = None, widget: QWidget | None = None
    ) -> int:
        found = METRICS.get(metric)
        return found if found is not None else super().pixelMetric(metric, option, widget)

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returnData: QStyleHintReturn | None = None,
    ) -> int:
        if hint == SH.SH_UnderlineShortcut:
            return int(self.watcher.alt)
        found = HINTS.get(hint)
        return found if found is not None else super().styleHint(hint, option, widget, returnData)

    def sizeFromContents(
        self, kind: QStyle.ContentsType, option: QStyleOption, size: QSize, widget: QWidget | None = None
    ) -> QSize:
        if kind == CT.CT_MenuItem and isinstance(option, QStyleOptionMenuItem):
            return menu_item_size(option, widget)
        found = super().sizeFromContents(kind, option, size, widget)  # type: ignore[arg-type]
        if kind in (CT.CT_LineEdit, CT.CT_ComboBox, CT.CT_SpinBox):
            frameless = isinstance(option, QStyleOptionFrame) and option.lineWidth == 0
            found.setHeight(found.height() if frameless else max(FIELD_HEIGHT, found.height() - 8))
        return found

    def subControlRect(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        part: QStyle.SubControl,
        widget: QWidget | None = None,
    ) -> QRect:
        rect = option.rect
        if control == CC.CC_ComboBox:
            if part == SC.SC_ComboBoxEditField:
                return rect.adjusted(7, 2, -26, -2)
            if part == SC.SC_ComboBoxArrow:
                return QRect(rect.right() - 26, rect.top(), 26, rect.height())
        if control == CC.CC_SpinBox:
            half = rect.height() // 2
            if part == SC.SC_SpinBoxUp:
                return QRect(rect.right() - 21, rect.top() + 2, 20, half - 2)
            if part == SC.SC_SpinBoxDown:
                return QRect(rect.right() - 21, rect.top() + half, 20, half - 2)
            if part == SC.SC_SpinBoxEditField:
                return rect.adjusted(7, 2, -22, -2)
        return super().subControlRect(control, option, part, widget)  # type: ignore[arg-type]

    def drawComplexControl(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        rect = option.rect
        enabled = bool(option.state & State.State_Enabled)
        tone = "text" if enabled else "off"
        if control == CC.CC_ComboBox and isinstance(option, QStyleOptionComboBox):
            self._field(painter, option, widget)
            paint.chevron(painter, QPointF(rect.right() - 12, rect.center().y() + 1), "down", tone)
            return
        if control == CC.CC_SpinBox and isinstance(option, QStyleOptionSpinBox):
            self._field(painter, option, widget)
            if option.buttonSymbols != QAbstractSpinBox.ButtonSymbols.NoButtons:
                middle = rect.center().y() + 0.5
                paint.chevron(painter, QPointF(rect.right() - 11, middle - 6), "up", tone, 3)
                paint.chevron(painter, QPointF(rect.right() - 11, middle + 6), "down", tone, 3)
            return
        super().drawComplexControl(control, option, painter, widget)

    def drawControl(
        self, element: QStyle.ControlElement, option: QStyleOption, painter: QPainter, widget: QWidget | None = None
    ) -> None:
        if element == CE.CE_MenuItem and isinstance(option, QStyleOptionMenuItem):
            draw_menu_item(option, painter, widget)
            return
        if element == CE.CE_MenuEmptyArea:
            painter.fillRect(option.rect, theme().color("flyout"))
            return
        if element == CE.CE_FocusFrame:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme().color("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(option.rect).adjusted(1.5, 1.5, -1.5, -1.5), 6, 6)
            return
        if element == CE.CE_ComboBoxLabel and isinstance(option, QStyleOptionComboBox):
            self._combo_text(option, painter)
            return
        super().drawControl(element, option, painter, widget)

    def drawPrimitive(
        self, element: QStyle.PrimitiveElement, option: QStyleOption, painter: QPainter, widget: QWidget | None = None
    ) -> None:
        if element == PE.PE_PanelLineEdit:
            if not isinstance(option, QStyleOptionFrame) or option.lineWidth > 0:
                self._field(painter, option, widget)
        elif element == PE.PE_Frame and isinstance(widget, QPlainTextEdit | QTextEdit):
            self._field(painter, option, widget)
        elif element in (PE.PE_FrameFocusRect, PE.PE_FrameLineEdit, PE.PE_PanelItemViewRow):
            return
        elif element in (PE.PE_IndicatorCheckBox, PE.PE_IndicatorItemViewItemCheck):
            _check_box(painter, option)
        elif element == PE.PE_IndicatorRadioButton:
            _radio(painter, option)
        elif element == PE.PE_IndicatorBranch:
            if option.state & State.State_Children:
                open_ = bool(option.state & State.State_Open)
                paint.chevron(painter, QRectF(option.rect).center(), "down" if open_ else "right", "text2", 3.5)
        elif element == PE.PE_IndicatorTabClose:
            hot = bool(option.state & State.State_MouseOver)
            icons.draw(painter, "x", "text" if hot else "text2", option.rect.center() - QPoint(5, 5), 12)
        elif element in (PE.PE_PanelMenu, PE.PE_FrameMenu):
            paint.rounded(painter, QRectF(option.rect), "flyout", "stroke2", 4)
        elif element == PE.PE_PanelItemViewItem and isinstance(option, QStyleOptionViewItem):
            _list_row(painter, option)
        else:
            super().drawPrimitive(element, option, painter, widget)

    def _field(self, painter: QPainter, option: QStyleOption, widget: QWidget | None) -> None:
        writable = not (option.state & State.State_ReadOnly)
        if widget is not None and widget.property("readOnly") is True:
            writable = False
        paint.field(
            painter,
            option.rect,
            focused=bool(option.state & State.State_HasFocus),
            enabled=bool(option.state & State.State_Enabled) and writable,
            invalid=widget is not None and widget.property("invalid") is True,
        )

    def _combo_text(self, option: QStyleOptionComboBox, painter: QPainter) -> None:
        if option.editable:
            return
        rect = option.rect.adjusted(11, 0, -28, 0)
        painter.save()
        if not option.currentIcon.isNull():
            option.currentIcon.paint(painter, QRect(rect.left(), rect.center().y() - 7, 16, 16))
            rect.adjust(22, 0, 0, 0)
        painter.setPen(theme().color("text" if option.state & State.State_Enabled else "off"))
        text = option.fontMetrics.elidedText(option.currentText, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.restore()

    def standardIcon(
        self, which: QStyle.StandardPixmap, option: QStyleOption | None = None, widget: QWidget | None = None
    ) -> QIcon:
        # Pictures on OK and Cancel are a habit of other systems.
        return QIcon() if which.name.startswith("SP_Dialog") else super().standardIcon(which, option, widget)


def _check_box(painter: QPainter, option: QStyleOption) -> None:
    painter.save()
    box = QRectF(option.rect)
    enabled = bool(option.state & State.State_Enabled)
    on = bool(option.state & State.State_On)
    partly = bool(option.state & State.State_NoChange)
    if on or partly:
        paint.rounded(painter, box, "accent" if enabled else "off", radius=3)
        pen = QPen(theme().color("on_accent"), 1.6)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        x, y = box.left(), box.top()
        if on:
            painter.drawPolyline([QPointF(x + 4, y + 8.2), QPointF(x + 7, y + 11.2), QPointF(x + 12.2, y + 5.2)])
        else:
            painter.drawLine(QPointF(x + 4.5, y + 8), QPointF(x + 11.5, y + 8))
    else:
        paint.rounded(painter, box, "ctl" if enabled else "ctl_off", "edge" if enabled else "stroke2", 3)
    painter.restore()


def _radio(painter: QPainter, option: QStyleOption) -> None:
    painter.save()
    box = QRectF(option.rect)
    enabled = bool(option.state & State.State_Enabled)
    if option.state & State.State_On:
        paint.rounded(painter, box, "accent" if enabled else "off", radius=8)
        paint.rounded(painter, box.adjusted(4.5, 4.5, -4.5, -4.5), "on_accent", radius=3.5)
    else:
        paint.rounded(painter, box, "ctl" if enabled else "ctl_off", "edge" if enabled else "stroke2", 8)
    painter.restore()


def _list_row(painter: QPainter, option: QStyleOptionViewItem) -> None:
    rect = option.rect.adjusted(2, 1, -2, -1)
    if option.state & State.State_Selected:
        paint.selection(painter, rect, focused=True, bar=14)
    elif option.state & State.State_MouseOver:
        paint.selection(painter, rect, focused=True, hovered=True)


def dress(app: QApplication) -> DeskStyle:
    """Give the program its style; the caller keeps the reference, since Qt does not for Python."""
    style = DeskStyle()
    app.setStyle(style)
    return style
