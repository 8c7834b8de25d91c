"""Tables, tabs, strip, change card and wizard do what a person expects of them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from desk.services.core.errors import Invalid, Violation
from desk.ui.core.cards import BusyBar, EmptyState, Fact, FieldGrid
from desk.ui.core.change_card import CardFacts, ChangeCard, Line, Section
from desk.ui.core.desk import Memory
from desk.ui.core.fields import TextField
from desk.ui.core.icons import Status
from desk.ui.core.inputs import Choice
from desk.ui.core.labels import button, icon_button
from desk.ui.core.strip import GOOD_NEWS_MS, Delivery, DeliveryStrip, Step
from desk.ui.core.table import Column, TableModel, TableView
from desk.ui.core.tabs import DocumentTabs, FirstFits, PillBar, Segments, offer
from desk.ui.core.wizards import FlowWizard, StepText, WizardPage

COLUMNS = (
    Column(head="Login", text=lambda row: row[0], code=True, width=120),
    Column(head="GB", text=lambda row: str(row[1]), sort=lambda row: row[1], right=True, width=80),
)


def table(qtbot: QtBot, settings: Memory | None = None) -> TableView:
    """A table of three logins."""
    view = TableView(COLUMNS, name="logins", settings=settings)
    qtbot.addWidget(view)
    view.show_rows([("maria", 9), ("camera", 100), ("sala", None)], key=lambda row: row[0])
    view.show()
    return view


def test_the_table_model_is_sound(qtmodeltester: ModelTester) -> None:
    model = TableModel(COLUMNS)
    model.show([("maria", 9), ("camera", 100)])
    qtmodeltester.check(model)


def test_numbers_are_ordered_as_numbers(qtbot: QtBot) -> None:
    view = table(qtbot)
    view.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    view.selectAll()
    assert [row[1] for row in view.selected_rows()] == [9, 100, None]


def test_copied_rows_are_text(qtbot: QtBot) -> None:
    view = table(qtbot)
    view.selectRow(0)
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "maria\t9"


def test_a_reload_keeps_the_selected_row(qtbot: QtBot) -> None:
    view = table(qtbot)
    view.selectRow(1)
    view.show_rows([("nova", 1), ("maria", 9), ("camera", 7)], key=lambda row: row[0])
    assert view.current_row() == ("camera", 7)


def test_widths_are_kept_for_the_person(qtbot: QtBot) -> None:
    settings = Memory()
    table(qtbot, settings).setColumnWidth(0, 222)
    assert table(qtbot, settings).columnWidth(0) == 222


def test_facts_are_read_and_replaced(qtbot: QtBot) -> None:
    grid = FieldGrid([Fact("Valor", "129,90", money=True, line=True), Fact("IP", "10.0.0.1", code=True)])
    qtbot.addWidget(grid)
    assert grid.values["Valor"].accessibleName() == "Valor: 129,90"
    grid.show_facts([Fact("IP", "10.0.0.2")])
    assert {caption: label.text() for caption, label in grid.values.items()} == {"IP": "10.0.0.2"}


def test_the_busy_bar_waits_before_it_shows(qtbot: QtBot) -> None:
    bar = BusyBar()
    qtbot.addWidget(bar)
    bar.set_busy(True)
    assert bar.isHidden()
    qtbot.waitUntil(lambda: not bar.isHidden())
    bar.set_busy(False)
    assert bar.isHidden()


def test_the_empty_state_offers_one_act(qtbot: QtBot) -> None:
    pressed: list[bool] = []
    empty = EmptyState("key", "Sem planos", act="Criar Novo Plano", on_act=lambda: pressed.append(True), key="Ctrl+N")
    qtbot.addWidget(empty)
    empty.button.click()
    assert pressed == [True]


def test_pills_lead_and_follow_the_page(qtbot: QtBot) -> None:
    area, page = QScrollArea(), QWidget()
    column = QVBoxLayout(page)
    sections = [QFrame() for _ in range(3)]
    for section in sections:
        section.setFixedHeight(400)
        column.addWidget(section)
    area.setWidget(page)
    area.resize(200, 300)
    pills = PillBar(["Detalhe", "Cobrança", "Itens"])
    pills.follow(area, sections)
    qtbot.addWidget(area)
    qtbot.addWidget(pills)
    area.show()
    pills.go(1)
    assert area.verticalScrollBar().value() > 300 and pills.buttons[1].isChecked()
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    assert pills.buttons[2].isChecked()
    area.verticalScrollBar().setValue(0)
    assert pills.buttons[0].isChecked()


def test_document_tabs_are_found_by_what_they_hold(qtbot: QtBot) -> None:
    tabs = DocumentTabs()
    qtbot.addWidget(tabs)
    tabs.add("Maria", "user", 42)
    tabs.add("Padaria", "buildings", 43)
    assert tabs.index_of(43) == 1 and tabs.index_of(99) == -1
    tabs.removeTab(0)
    assert tabs.index_of(43) == 0


def test_segments_have_one_answer(qtbot: QtBot) -> None:
    segments = Segments(["Sim", "Não"], at=1)
    qtbot.addWidget(segments)
    segments.choose(0)
    assert segments.at == 0


def delivery(state: Any, undo: int = 0) -> Delivery:
    """A delivery whose router is in a state."""
    steps = (Step(name="Salvo", state="done"), Step(name="MikroTik", state=state, reason="sem resposta", key=7))
    return Delivery(act="Plano suspenso com sucesso", steps=steps, undo_seconds=undo)


def test_the_strip_stays_while_anything_failed_and_leaves_when_all_is_done(qtbot: QtBot) -> None:
    strip = DeliveryStrip()
    qtbot.addWidget(strip)
    strip.show_delivery(delivery("failed"))
    assert strip.isVisible() and strip.again.isVisible()
    with qtbot.waitSignal(strip.retry):
        strip.again.click()
    strip.show_delivery(delivery("done"))
    assert not strip.again.isVisible()
    with qtbot.waitSignal(strip.left, timeout=GOOD_NEWS_MS + 2_000):
        pass
    assert strip.isHidden()


def test_undo_is_offered_as_long_as_it_lasts(qtbot: QtBot) -> None:
    strip = DeliveryStrip()
    qtbot.addWidget(strip)
    strip.show_delivery(delivery("done", undo=1))
    assert strip.back.isVisible()
    with qtbot.waitSignal(strip.undo):
        strip.back.click()
    qtbot.waitUntil(lambda: not strip.back.isVisible())
    strip.leave()


def card_facts(price: str = "79,93") -> CardFacts:
    """A card with one section."""
    lines = (
        Line(key="invoice", text="Fatura", amount=price, strong=True),
        Line(key="fine", text="Multa", amount="0,00"),
    )
    return CardFacts(
        title="Suspender Plano",
        subject="FIBRA – Casa",
        customer="Maria",
        old_status=Status("HABILITADO", "Serviço Habilitado"),
        new_status=Status("SUSPENSO", "Suspenso"),
        sections=(Section(title="Dinheiro", lines=lines), Section(title="Rede", loading=True)),
        sentence=("Suspender", "FIBRA <b>", "Maria"),
        verb="Suspender Plano",
        reasons=(Choice("asked", "A pedido do cliente"),),
    )


def test_the_card_wants_a_reason_before_it_acts(qtbot: QtBot) -> None:
    card = ChangeCard(card_facts())
    card.open()
    assert card.primary is not None
    card.primary.click()
    assert card.reason.problem == "Preencha este campo"
    card.reason.set_value("asked")
    card.remark.set_value("viagem")
    with qtbot.waitSignal(card.accepted_with) as caught:
        card.primary.click()
    assert caught.args == ["asked", "viagem"]
    card.accept()


def test_facts_that_moved_are_marked_and_the_card_stays(qtbot: QtBot) -> None:
    card = ChangeCard(card_facts())
    card.open()
    card.fill(Section(title="Rede", lines=(Line(key="radius", text="RADIUS", old="permitido", new="bloqueado"),)))
    moved = card_facts("80,00")
    card.show_moved(replace(moved, sections=moved.sections[:1]))
    assert card.isVisible() and card.moved.isVisible()
    marked = card.findChildren(QFrame, "changed")
    qtbot.waitUntil(lambda: all(each.isVisible() for each in marked))
    assert [each.accessibleName() for each in marked] == ["Fatura, 80,00"]
    card.accept()


def test_marks_of_moved_facts_survive_a_new_look_at_the_network(qtbot: QtBot) -> None:
    def network(state: str, note: str = "") -> Section:
        lines = (Line(key="radius", text="RADIUS", old="permitido", new=state), Line(key="line", text="Conexão"))
        return Section(title="Rede", lines=lines, note=note)

    facts = replace(card_facts(), sections=(replace(network("bloqueado"), loading=True),))
    card = ChangeCard(facts)
    card.open()
    card.fill(network("bloqueado", "conferido às 14:30"))
    assert card.findChildren(QFrame, "changed") == []
    card.show_moved(replace(facts, sections=(network("liberado"),)))
    card.fill(network("liberado", "conferido às 14:31"))

    def marked() -> list[str]:
        return [each.accessibleName() for each in card.findChildren(QFrame, "changed") if each.isVisible()]

    qtbot.waitUntil(lambda: marked() == ["RADIUS, de permitido, para liberado"])
    card.accept()


def test_buttons_without_room_wait_in_the_menu_and_work_there(qtbot: QtBot) -> None:
    pressed: list[str] = []
    buttons = [button(text, partial(pressed.append, text)) for text in ("Atualizar", "Itens Apagados", "Novo")]
    buttons[2].setEnabled(False)
    buttons[2].setToolTip("Falta a permissão “X”")
    bar = FirstFits(icon_button("dots-three", "Mais comandos"))
    qtbot.addWidget(bar)
    bar.show_buttons(buttons)
    bar.resize(bar.sizeHint())
    bar.show()
    assert bar.left_out == [] and bar.more.isHidden()
    bar.resize(buttons[0].sizeHint().width() + bar.more.sizeHint().width() + 8, 32)
    qtbot.waitUntil(lambda: bar.left_out == buttons[1:])
    assert bar.more.isVisible()
    menu = bar.menu()
    assert [entry.text() for entry in menu.actions()] == ["Itens Apagados", "Novo"]
    assert menu.actions()[1].property("reason") == "Falta a permissão “X”"
    menu.actions()[0].trigger()
    assert pressed == ["Itens Apagados"]
    menu.deleteLater()
    bar.resize(bar.sizeHint())
    qtbot.waitUntil(lambda: bar.left_out == [])
    offer(buttons[1], False)  # its page has nothing for it: room does not bring it back
    bar.resize(bar.width() + 40, 32)
    assert not buttons[1].isVisible() and bar.left_out == []


def flow(step: int, draft: dict[str, Any]) -> int | None:
    """Skips the second step when the draft says so."""
    following = step + (2 if draft.get("skip") and step == 1 else 1)
    return following if following <= 3 else None


def wizard(qtbot: QtBot, draft: dict[str, Any]) -> FlowWizard:
    """Three pages; the first has a mandatory field."""
    pages = [WizardPage(name) for name in ("Detalhe", "Cobrança", "Resumo")]
    pages[0].form.add(TextField("name", "Nome", mandatory=True))
    steps = [(at, StepText(f"Passo {at}"), page) for at, page in enumerate(pages, 1)]
    made = FlowWizard("Novo", steps=steps, next_step=flow, draft=draft)
    made.open()
    return made


def test_the_wizard_goes_on_only_when_right_and_asks_the_flow(qtbot: QtBot) -> None:
    made = wizard(qtbot, {"skip": True})
    made.go_on()
    assert made.step == 1 and made.page.form.problems()
    made.page.form.set("name", "Casa")
    made.go_on()
    assert made.step == 3 and made.primary is not None and made.primary.text() == "&Finalizar"
    made.go_back()
    assert made.step == 1
    made.go_on()
    with qtbot.waitSignal(made.finished_with):
        made.go_on()
    assert made.busy
    assert made.failed(Invalid([Violation("name", "taken")])) is True
    assert made.step == 1 and made.page.form["name"].problem == "Já cadastrado"
    made.done_ok()
    assert made.isHidden()
