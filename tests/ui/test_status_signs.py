"""Never colour alone: each status has a sign of its own and a word beside its colour, wherever it is shown."""

from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter
from pytestqt.qtbot import QtBot

from desk.models.catalog import StatusCode
from desk.services.catalog import SaveStatus, Statuses
from desk.ui.core import icons
from desk.ui.core.change_card import ChangeCard
from desk.ui.core.icons import STATUS_ICONS, status_look
from desk.ui.core.labels import Chip
from desk.ui.plans.panel_parts import StatusCard
from tests.builders import a_customer, a_plan, insert
from tests.postgres import Database
from tests.ui.conftest import DeskAs
from tests.ui.screens import calm, choose, dialog, entry, gone, node, right_click, row_of, shown_plans


def shown_as(chip: Chip) -> tuple[str, str, str]:
    """Word, sign and colour of a chip."""
    return chip.text, chip.icon, chip.tone


def test_every_sign_is_told_from_the_others_without_colour(dressed: object) -> None:
    pictures = {word: icons.pixmap(icon, "text", 16, 2.0).toImage() for word, (icon, _, _) in STATUS_ICONS.items()}
    for (word, one), (other, two) in combinations(pictures.items(), 2):
        assert one != two, (word, other)
    nothing = icons.pixmap("circle-fill", "text", 16, 2.0).toImage()
    assert all(picture != nothing for picture in pictures.values())  # that one is for a provider's own statuses


def test_every_status_has_its_word_its_sign_and_its_colour_wherever_it_is_shown(
    qtbot: QtBot, database: Database, desk_as: DeskAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = a_customer(database)
    own = insert(
        database,
        "plan_statuses",
        "code",
        code="FERIAS",
        description="Férias coletivas",
        group="inativo",
        bills=False,
    )
    plans = {code: a_plan(database, customer=customer, status=code) for code in (*StatusCode, own)}
    drawn: set[tuple[str, str]] = set()
    draw = icons.draw

    def drawing(painter: QPainter, name: str, tone: str, *more: object) -> None:
        drawn.add((name, tone))
        draw(painter, name, tone, *more)  # type: ignore[arg-type]

    page = shown_plans(qtbot, desk_as("administrador"), customer.id)
    page.tree.expandAll()
    monkeypatch.setattr(icons, "draw", drawing)
    for code, plan in plans.items():
        page.tree.select(("plan", plan.id))
        calm(qtbot, page)
        row = page.plan_of(page.tree.current_node())
        assert row is not None and row.status == code
        word, icon, tone = row.status_label, *status_look(code)[:2]
        assert code == own or code in STATUS_ICONS, "a status of the program's own has a sign of its own"
        line = node(page, ("plan", plan.id))
        assert (line.second[0].text, line.second[0].icon, line.second[0].tone) == (word, icon, tone)
        assert word in line.spoken  # and to ears
        assert shown_as(page.panel.chip) == (word, icon, tone)
        assert page.panel.chip.accessibleName() == word
        for painted in (page.tree.viewport(), page.panel.chip):
            drawn.clear()
            painted.grab()
            assert (icon, tone) in drawn, (code, painted)


@pytest.mark.parametrize("code", [code for code in StatusCode if code not in ("CANCELADO", "AGUARDANDO_AUTORIZACAO")])
def test_a_card_and_the_list_of_steps_show_both_ends_with_word_sign_and_colour(
    qtbot: QtBot, database: Database, desk_as: DeskAs, code: StatusCode
) -> None:
    plan = a_plan(database, status=code)
    page = shown_plans(qtbot, desk_as("administrador"), plan.customer_id)
    before = row_of(database, plan.id)
    menu = right_click(qtbot, page, ("plan", plan.id))
    choose(menu, next(step for step in ("plans.suspend", "plans.enable") if entry(menu, step).isEnabled()))
    card = dialog(qtbot, ChangeCard)
    chips = [shown_as(chip) for chip in card.findChildren(Chip)][:2]
    assert card.facts.old_status == (before.status, before.status_label)
    assert card.facts.new_status is not None
    assert chips == [(label, *STATUS_ICONS[code][:2]) for code, label in (card.facts.old_status, card.facts.new_status)]
    qtbot.keyClick(card, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    gone(qtbot, ChangeCard)
    calm(qtbot, page)
    (steps,) = page.panel.findChildren(StatusCard)
    qtbot.waitUntil(lambda: len(steps.findChildren(Chip)) == 2)  # what was listed before has gone
    assert [shown_as(chip) for chip in steps.findChildren(Chip)] == chips[::-1]


def test_a_status_that_the_provider_calls_something_else_keeps_its_sign(
    qtbot: QtBot, database: Database, desk_as: DeskAs
) -> None:
    names = {"HABILITADO": "Em dia", "SUSPENSO": "Parado"}
    bus = database.bus("administrador")
    for each in bus.execute(Statuses()).value:
        if each.code in names:
            kept = ("code", "version", "group", "bills", "grants_access", "next_code")
            same = {name: getattr(each, name) for name in kept}
            bus.execute(SaveStatus(description=names[each.code], **same))
    plan = a_plan(database)
    page = shown_plans(qtbot, desk_as("administrador"), plan.customer_id)
    choose(right_click(qtbot, page, ("plan", plan.id)), "plans.suspend")
    card = dialog(qtbot, ChangeCard)
    wanted = [("Em dia", "check-circle-fill", "ok"), ("Parado", "pause-circle-fill", "warn")]
    assert [shown_as(chip) for chip in card.findChildren(Chip)][:2] == wanted
    qtbot.keyClick(card, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    gone(qtbot, ChangeCard)
    calm(qtbot, page)
    (steps,) = page.panel.findChildren(StatusCard)
    qtbot.waitUntil(lambda: len(steps.findChildren(Chip)) == 2)
    assert [shown_as(chip) for chip in steps.findChildren(Chip)] == wanted[::-1]
    line = node(page, ("plan", plan.id)).second[0]
    assert (line.text, line.icon, line.tone) == wanted[1]
    assert shown_as(page.panel.chip) == wanted[1]
