"""The camera of the guided tour: waits until the program is calm and draws each screen into a PNG."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import (
    QEvent,
    QMessageLogContext,
    QPoint,
    QRect,
    QRectF,
    QSettings,
    Qt,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QColor, QFontInfo, QImage, QPainter, QPainterPath
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from desk.desktop import Desktop, demo, remembered
from desk.settings import Settings
from desk.ui.core import icons
from desk.ui.core.stopping import held
from desk.ui.core.theme import Scheme, font, theme

PATIENCE = 15.0
SIZE = (1366, 689)
CAPTION = 32
MOMENT_MS = 1_000
SCHEMES = ((Scheme.LIGHT, "claro"), (Scheme.DARK, "escuro"))


class Tour:
    """Draws into one folder, every picture in each of the schemes."""

    def __init__(
        self,
        desktop: Desktop,
        folder: Path,
        schemes: Sequence[tuple[Scheme, str]] = SCHEMES,
        give_way: Callable[[], None] = lambda: None,
    ) -> None:
        """`give_way` is called between the turns of the events, and may end the tour."""
        self.desktop, self.folder, self._schemes, self._give_way = desktop, folder, schemes, give_way
        folder.mkdir(parents=True, exist_ok=True)
        desktop.app.qt.setCursorFlashTime(0)  # a caret that blinks is there in one picture and gone in the next

    def until(self, seen: Callable[[], Any], what: str) -> Any:
        """Let events happen until something is there."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            QApplication.processEvents()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
            self._give_way()
            if found := seen():
                return found
        raise TimeoutError(f"the tour waited in vain for: {what}")

    def calm(self) -> None:
        """Until nothing is under way any more, and nothing is about to be asked."""
        self.until(lambda: not (self.desktop.runner.busy or _about_to()), "calm")
        for _ in range(3):  # what was put into a layout is shown by one turn of the event loop, and placed by the next
            QApplication.processEvents()

    def _at_rest(self, widget: QWidget) -> QImage:
        """The widget once it stays the same: what a change of colours builds anew takes a turn of the loop or two."""
        seen: list[QImage] = []

        def same() -> bool:
            seen.append(widget.grab().toImage())
            return len(seen) > 2 and seen[-1] == seen[-2] == seen[-3]

        self.calm()
        self.until(same, "a picture at rest")
        return seen[-1]

    @property
    def shell(self) -> Any:
        """The shell of whoever signed in."""
        if self.desktop.session is None:
            raise LookupError("nobody has signed in")
        return self.desktop.session.shell

    def draw(self, name: str, widget: QWidget, *above: QWidget) -> None:
        """One picture: a window, and what lies over it."""
        for scheme, ending in self._schemes:
            self.desktop.app.theme.set_scheme(scheme)
            picture = self._at_rest(widget)
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for flyout in above:
                flyout.ensurePolished()
                _lay_over(painter, flyout, widget.mapFromGlobal(flyout.mapToGlobal(QPoint(0, 0))))
            painter.end()
            fewer_colours(picture).save(str(self.folder / f"{name}-{ending}.png"))
        self.desktop.app.theme.set_scheme(self._schemes[0][0])
        QApplication.processEvents()

    def dialogs(self) -> list[QDialog]:
        """The dialogs that are open."""
        return [each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()]

    def dialog(self) -> QDialog:
        """The dialog in front."""
        return cast(QDialog, self.until(lambda: next(iter(self.dialogs()), None), "a dialog"))

    def over(self, name: str, act: Callable[[], object], prepare: Callable[[Any], object] | None = None) -> None:
        """Open a dialog, perhaps fill something in, draw it over the main window, close it."""
        act()
        dialog = self.dialog()
        self.calm()
        if prepare is not None:
            prepare(dialog)
            self.calm()
        window = self.shell.window
        below = (window.height() - dialog.height() + CAPTION) // 2
        dialog.move(window.mapToGlobal(QPoint((window.width() - dialog.width()) // 2, max(CAPTION + 4, below))))
        self.draw(name, window, dialog)
        dialog.done(0)
        self.until(lambda: not self.dialogs(), "gone")


def _about_to() -> bool:
    """Whether a screen waits a moment before it asks again."""
    timers = (timer for window in QApplication.topLevelWidgets() for timer in window.findChildren(QTimer))
    return any(timer.isActive() and timer.isSingleShot() and timer.interval() <= MOMENT_MS for timer in timers)


def fewer_colours(picture: QImage) -> QImage:
    """With its 256 commonest colours: enough for flat screens, in a third of the room."""
    full = picture.convertToFormat(QImage.Format.Format_RGB32)
    commonest = Counter(memoryview(full.constBits()).cast("I")).most_common(256)
    flags = Qt.ImageConversionFlag.ThresholdDither
    return full.convertToFormat(QImage.Format.Format_Indexed8, [colour for colour, _ in commonest], flags)


def _lay_over(painter: QPainter, flyout: QWidget, place: QPoint) -> None:
    image: QImage = flyout.grab().toImage()
    titled = isinstance(flyout, QDialog)
    box = QRect(place, flyout.size()).adjusted(0, -CAPTION if titled else 0, 0, 0)
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    for depth in range(14, 0, -1):
        painter.setBrush(QColor(0, 0, 0, 5))
        painter.drawRoundedRect(box.adjusted(-depth, 3 - depth, depth, 3 + depth), 8 + depth, 8 + depth)
    shape = QPainterPath()
    shape.addRoundedRect(QRectF(box), 8, 8)
    painter.setClipPath(shape)
    if titled:
        _draw_caption(painter, QRect(box.topLeft(), box.topRight() + QPoint(0, CAPTION)), flyout.windowTitle())
    painter.drawImage(place, image)
    painter.setClipping(False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(theme().color("stroke2"))
    painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
    painter.restore()


def letters() -> str:
    """The family that text is drawn with: the one that was asked for may have no letters here."""
    return QFontInfo(font()).family()


def colours(path: Path) -> int:
    """How many colours a picture has, as far as 64, on a grid of points: one that was never painted has one."""
    image = QImage(str(path))
    seen: set[int] = set()
    for y in range(0, image.height(), 3):
        seen.update(image.pixel(x, y) for x in range(0, image.width(), 3))
        if len(seen) >= 64:
            break
    return min(len(seen), 64)


def _draw_caption(painter: QPainter, bar: QRect, title: str) -> None:
    """What the system's own frame would show; a window drawn without it has no name."""
    painter.fillRect(bar, theme().color("win"))
    middle = bar.top() + CAPTION // 2
    painter.drawPixmap(QPoint(bar.left() + 12, middle - 8), QApplication.windowIcon().pixmap(16, 16))
    painter.setFont(font("caption"))
    painter.setPen(theme().color("text"))
    painter.drawText(bar.adjusted(36, 0, -40, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, title)
    icons.draw(painter, "x", "text", QPoint(bar.right() - 28, middle - 8), 16)
    painter.setPen(Qt.PenStyle.NoPen)


def main(argv: Sequence[str]) -> int:
    """`desk --demo --shots DIR`: on a demo of its own, so that every picture tells the same."""
    from desk.tour_walk import walk

    parser = argparse.ArgumentParser(prog="desk", description="Desenha a visita guiada em PNGs.")
    parser.add_argument("--demo", action="store_true")
    parser.add_argument("--shots", type=Path, metavar="DIR", required=True)
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="desk-tour-") as own:
        Path(own).chmod(0o755)  # as root the server runs as somebody else, who must get in
        settings = Settings(log_folder=Path(own) / "log")
        # Neither what this person has set nor what the tour sets may change the other's.
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(Path(own) / "settings"))
        qInstallMessageHandler(_say)

        def draw(desktop: Desktop) -> int:
            with held() as give_way:
                return walk(Tour(desktop, options.shots, give_way=give_way))

        try:
            code = demo(settings, draw, Path(own) / "demo", attended=False)
        finally:
            # What is still to be written is written while its folder is there; later Qt would make the folder again.
            remembered().sync()
    print(f"{len(list(options.shots.glob('*.png')))} imagens em {options.shots}")
    return code


def _say(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    """What Qt has to say, but for the offscreen platform's regrets that it has no window manager."""
    del kind, context
    if not text.startswith("This plugin does not support"):
        print(text, file=sys.stderr)
