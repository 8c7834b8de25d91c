"""Draws the main screens: python -m tests.ui.draw_goldens PORT DATABASE FOLDER, with TZ and Qt's scale set."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QSettings

from desk.desktop import Desktop
from desk.settings import Server
from desk.tour import Tour
from desk.tour_walk import MARIA, areas, change_plan, composition, customer, deletable, menus, search, sign_in, swap
from desk.ui.core.app import make_application
from desk.ui.core.change_card import ChangeCard
from desk.ui.plans.deleting import ask_delete
from desk.ui.plans.page import GroupRow
from tests.ui.frozen import freeze_program

PASSWORD = "{role}-senha-1"


def long_wait(card: ChangeCard) -> None:
    """As after five seconds without an answer."""
    card.set_busy(True)
    assert card.long_wait is not None
    card.long_wait._appear()


def draw(tour: Tour) -> None:
    """A part of the walk that the tour takes through the whole program."""
    sign_in(tour)
    search(tour)
    page = customer(tour, MARIA)
    desk = tour.shell.desk
    tour.draw("principal", tour.shell.window)
    plan = page.plan_of(page.tree.current_node())
    tour.over("cartao-suspender", lambda: desk.run_action("plans.suspend", plan))
    tour.over("espera-longa", lambda: desk.run_action("plans.suspend", plan), long_wait)
    tour.over("cartao-suspensao-temporaria", lambda: desk.run_action("plans.suspend_temporarily", plan))
    tour.over("plano-servico", lambda: desk.run_action("plans.open", plan))
    swap(tour, plan)
    composition(tour, plan)
    change_plan(tour, plan)
    tour.over("novo-plano", lambda: desk.run_action("plans.new", GroupRow(MARIA)))
    tour.over("recusa", lambda: desk.run_action("logins.new", plan))
    tour.over("apagar-plano", lambda: ask_delete(desk, deletable(page)))
    menus(tour, page)
    areas(tour)
    tour.over("configuracoes-catalog", lambda: tour.shell.show_settings("catalog"))


def main(port: str, database: str, folder: str) -> None:
    """The program itself, signed in to the database of the test, at a moment that never passes."""
    sys.excepthook = sys.__excepthook__
    with tempfile.TemporaryDirectory(prefix="desk-goldens-") as own:
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, own)
        app = make_application(["desk"], log_folder=Path(own) / "log")
        freeze_program()
        server = Server("127.0.0.1", port, database, sslmode="disable")
        people = {role: PASSWORD.format(role=role) for role in ("atendente", "administrador")}
        desktop = Desktop(app, server, "SerraNet Telecom", people)
        draw(Tour(desktop, Path(folder)))
        desktop.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
