"""The guided tour: walks through the program like a clerk and draws each screen into a PNG."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from desk.desktop import Desktop, demo
from desk.settings import Settings
from desk.ui.core.theme import Scheme
from desk.ui.customers.search import SearchField
from desk.ui.plans.page import GroupRow, PlansPage
from desk.ui.shell.customer_window import CustomerWindow

PATIENCE = 15.0
SIZE = (1366, 689)
MARIA = "maria aparecida nogueira"


class Tour:
    """Draws into one folder; every picture in light, those that ask for it in dark too."""

    def __init__(self, desktop: Desktop, folder: Path) -> None:
        self.desktop, self.folder = desktop, folder
        folder.mkdir(parents=True, exist_ok=True)

    def until(self, seen: Callable[[], Any], what: str) -> Any:
        """Let events happen until something is there."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            QApplication.processEvents()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
            if found := seen():
                return found
        raise TimeoutError(f"the tour waited in vain for: {what}")

    def calm(self) -> None:
        """Until nothing is under way any more."""
        self.until(lambda: not self.desktop.runner.busy, "calm")
        QApplication.processEvents()

    @property
    def shell(self) -> Any:
        """The shell of whoever signed in."""
        if self.desktop.session is None:
            raise LookupError("nobody has signed in")
        return self.desktop.session.shell

    def draw(self, name: str, widget: QWidget, *above: QWidget) -> None:
        """One picture: a window, and what lies over it."""
        for scheme, ending in ((Scheme.LIGHT, "claro"), (Scheme.DARK, "escuro")):
            self.desktop.app.theme.set_scheme(scheme)
            QApplication.processEvents()
            picture = widget.grab().toImage()
            painter = QPainter(picture)
            for flyout in above:
                flyout.ensurePolished()
                place = widget.mapFromGlobal(flyout.mapToGlobal(QPoint(0, 0)))
                _lay_over(painter, flyout, place)
            painter.end()
            picture.save(str(self.folder / f"{name}-{ending}.png"))
        self.desktop.app.theme.set_scheme(Scheme.LIGHT)
        QApplication.processEvents()

    def dialog(self) -> QDialog:
        """The dialog in front."""
        return cast(
            QDialog,
            self.until(
                lambda: next(
                    (w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()), None
                ),
                "a dialog",
            ),
        )

    def over(self, name: str, act: Callable[[], object]) -> None:
        """Open a dialog, draw it over the main window, close it."""
        act()
        dialog = self.dialog()
        self.calm()
        window = self.shell.window
        dialog.move(window.mapToGlobal(QPoint((window.width() - dialog.width()) // 2, 40)))
        self.draw(name, window, dialog)
        dialog.done(0)
        self.until(
            lambda: not any(isinstance(w, QDialog) and w.isVisible() for w in QApplication.topLevelWidgets()), "gone"
        )


def _lay_over(painter: QPainter, flyout: QWidget, place: QPoint) -> None:
    image: QImage = flyout.grab().toImage()
    painter.setPen(Qt.PenStyle.NoPen)
    for depth, strength in ((10, 10), (6, 14), (2, 22)):
        painter.setBrush(Qt.GlobalColor.black)
        painter.setOpacity(strength / 255)
        box = flyout.rect().translated(place).adjusted(-depth, -depth + 4, depth, depth + 4)
        painter.drawRoundedRect(box, 8, 8)
    painter.setOpacity(1)
    painter.drawImage(place, image)


def plans_page(window: CustomerWindow) -> PlansPage:
    """The area Planos of an open customer."""
    for at in range(window.stack.count()):
        page = window.page(at)
        if isinstance(page, PlansPage):
            window.tabs.setCurrentIndex(at)
            return page
    raise LookupError("no area Planos")


def main(argv: Sequence[str]) -> int:
    """`desk --demo --shots DIR`: on a demo of its own, so that every picture tells the same."""
    parser = argparse.ArgumentParser(prog="desk", description="Desenha a visita guiada em PNGs.")
    parser.add_argument("--demo", action="store_true")
    parser.add_argument("--shots", type=Path, metavar="DIR", required=True)
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="desk-tour-") as own:
        Path(own).chmod(0o755)  # as root the server runs as somebody else, who must get in
        settings = Settings(log_folder=Path(own) / "log")
        return demo(settings, lambda desktop: draw(desktop, options.shots), Path(own) / "demo")


def draw(desktop: Desktop, folder: Path) -> int:
    """The whole tour; returns the program's exit code."""
    tour = Tour(desktop, folder)
    desktop.start()
    sign_in = tour.until(lambda: desktop.window, "the sign-in window")
    sign_in.adjustSize()
    tour.draw("entrar", sign_in)
    sign_in.role.edit.setText("administrador")
    sign_in.password.edit.setText(desktop.people["administrador"])
    sign_in.submit()
    tour.until(lambda: desktop.session, "the main window")
    window = tour.shell.window
    window.resize(*SIZE)
    tour.calm()
    _search(tour, tour.shell.search)
    tour.shell.open_customer(1)
    customer = tour.until(lambda: window.current, "the customer")
    tour.calm()
    page = plans_page(customer)
    tour.until(lambda: page.shown and page.panel.details, "the plans")
    tour.calm()
    tour.draw("principal", window)
    _plan(tour, page)
    _areas(tour, customer)
    _delivery(tour, page)
    return 0


def _search(tour: Tour, field: SearchField) -> None:
    field.edit.setFocus()
    field.search("nogueira")
    tour.until(lambda: field.popup.hits.rowCount() > 0, "hits")
    field.open_popup()
    tour.draw("pesquisa", tour.shell.window, field.popup)
    field.close_popup()
    field.edit.clear()


def _plan(tour: Tour, page: PlansPage) -> None:
    desk = tour.shell.desk
    plan = page.plan_of(page.tree.current_node())
    tour.over("cartao-suspender", lambda: desk.run_action("plans.suspend", plan))
    tour.over("plano-servico", lambda: desk.run_action("plans.open", plan))
    tour.over("novo-login", lambda: desk.run_action("logins.new", plan))
    if plan is not None and plan.logins:
        tour.over("informacoes-login", lambda: desk.run_action("sessions.information", plan.logins[0]))
    tour.over("novo-plano", lambda: desk.run_action("plans.new", GroupRow(page.customer_id)))
    from desk.ui.core.actions import build_menu

    menu = build_menu(desk, "plan", plan, tour.shell.window)
    menu.popup(tour.shell.window.mapToGlobal(QPoint(150, 200)))
    QApplication.processEvents()
    tour.draw("menu-do-plano", tour.shell.window, menu)
    menu.close()
    tour.shell.show_palette()
    palette = tour.until(lambda: QApplication.activePopupWidget(), "the palette")
    tour.draw("comandos", tour.shell.window, palette)
    palette.close()


def _areas(tour: Tour, customer: CustomerWindow) -> None:
    for name, page in (("cadastro", "record"), ("historico", "history")):
        customer.go(page)
        tour.calm()
        tour.draw(name, tour.shell.window)
    customer.go("plans")


def _delivery(tour: Tour, page: PlansPage) -> None:
    """Suspend and enable again, with the strip in sight."""
    desk = tour.shell.desk
    plan = page.plan_of(page.tree.current_node())
    desk.run_action("plans.suspend", plan)
    card = cast(Any, tour.dialog())
    tour.calm()
    card.form.set("reason", "A pedido do cliente")
    card._go()
    strip = tour.shell.window.current.strip
    tour.until(lambda: strip.isVisible() and strip.delivery is not None and strip.delivery.finished, "the delivery")
    tour.calm()
    tour.draw("entrega", tour.shell.window)
    strip.toggle_panel()
    tour.draw("entrega-detalhes", tour.shell.window, strip.panel)
    strip.panel.hide()
    strip.undo.emit()
    tour.calm()
