"""What a person sees is not cut: focus rings, columns, cards, captions, and the reason of a change card."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desk.ui.core.cards import Card, Pair
from desk.ui.core.change_card import CardFacts, ChangeCard, Line, Section
from desk.ui.core.charts import round_top
from desk.ui.core.desk import Memory
from desk.ui.core.fields import YesNoField
from desk.ui.core.focus import Ring
from desk.ui.core.forms import Form
from desk.ui.core.inputs import Choice
from desk.ui.core.message_box import MessageBox, ask, show_text
from desk.ui.core.messages import Text, not_possible
from desk.ui.core.table import Column, TableView


def rings(window: QWidget) -> list[Ring]:
    """The rings that are in sight."""
    return [each for each in window.findChildren(Ring) if each.isVisible()]


def switches(qtbot: QtBot) -> tuple[QWidget, Form]:
    """A scrolling page with two switches, the first of which has the focus."""
    window = QWidget()
    qtbot.addWidget(window)
    area = QScrollArea()
    area.setWidgetResizable(True)
    page, form = QWidget(), Form()
    form.add(YesNoField("one", "Bloquear", sentence="sem acesso à rede"))
    form.add(YesNoField("two", "NAT", sentence="tradução de endereço"))
    inner = QVBoxLayout(page)
    inner.addWidget(form)
    inner.addStretch(1)
    area.setWidget(page)
    QVBoxLayout(window).addWidget(area)
    window.resize(520, 200)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    form["one"].editor.setFocus(Qt.FocusReason.TabFocusReason)
    return window, form


@pytest.mark.parametrize("name", ["one", "two"])
def test_the_ring_of_a_switch_is_whole(qtbot: QtBot, name: str) -> None:
    window, form = switches(qtbot)
    editor = form[name].editor
    editor.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: [ring.button for ring in rings(window)] == [editor])
    (ring,) = rings(window)
    around = QRect(editor.mapTo(window, QPoint(0, 0)), editor.size()).adjusted(-4, -4, 4, 4)
    assert QRect(ring.mapTo(window, QPoint(0, 0)), ring.size()) == around
    assert ring.visibleRegion().boundingRect() == ring.rect()


def test_the_ring_follows_what_moves_and_goes_with_the_focus(qtbot: QtBot) -> None:
    window, form = switches(qtbot)
    editor = form["one"].editor
    qtbot.waitUntil(lambda: len(rings(window)) == 1)
    form.parentWidget().layout().insertSpacing(0, 40)  # type: ignore[union-attr]

    def there() -> bool:
        (ring,) = rings(window)
        return ring.mapTo(window, QPoint(4, 4)) == editor.mapTo(window, QPoint(0, 0))

    qtbot.waitUntil(lambda: editor.mapTo(window, QPoint(0, 0)).y() > 60 and there())
    form.hide()
    qtbot.waitUntil(lambda: not rings(window))


LONG = "Consultado quem usava o IP 177.10.20.30 em 24/11/2026"


def a_table(qtbot: QtBot, settings: Memory | None = None) -> TableView:
    """A table whose first column is too narrow for what it shows."""
    columns = (
        Column(head="O que", text=lambda row: row[0], width=120),
        Column(head="Plano", text=lambda row: row[1], stretch=True),
        Column(head="Quem", text=lambda row: row[2], width=200),
    )
    view = TableView(columns, name="look", settings=settings)
    qtbot.addWidget(view)
    view.resize(900, 200)
    view.show()
    view.show_rows([(LONG, "Casa", "Ana"), ("Plano suspenso", "Loja", "Eva")])
    return view


def need(view: TableView, at: int) -> int:
    """The width that the cells of a column want."""
    return max(view.sizeHintForIndex(view.model().index(line, at)).width() for line in range(view.model().rowCount()))


def test_room_that_one_column_leaves_goes_to_the_one_that_is_cut(qtbot: QtBot) -> None:
    view = a_table(qtbot)
    assert all(view.columnWidth(at) >= need(view, at) for at in range(3))
    view.resize(need(view, 0) + 200, 200)  # less than the given widths together
    assert all(view.columnWidth(at) >= need(view, at) for at in range(3))
    assert sum(view.columnWidth(at) for at in range(3)) <= view.viewport().width()


def test_widths_that_a_person_chose_are_left_alone(qtbot: QtBot) -> None:
    settings = Memory()
    view = a_table(qtbot, settings)
    assert settings.value("columns/look") is None  # sharing is no choice
    view.setColumnWidth(0, 90)
    view.resize(1000, 200)
    view.show_rows([(LONG, "Casa", "Ana")])
    assert view.columnWidth(0) == 90
    assert a_table(qtbot, settings).columnWidth(0) == 90


@pytest.mark.parametrize(("width", "beside"), [(900, True), (360, False)])
def test_cards_that_would_be_cut_stand_above_each_other(qtbot: QtBot, width: int, beside: bool) -> None:
    one, two = Card("Detalhe"), Card("Informação de Cobrança")
    for card in (one, two):
        card.body.addWidget(QLabel("Provimento de acesso e suporte  50,00"))
    area = QScrollArea()
    qtbot.addWidget(area)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    page = QWidget()
    QVBoxLayout(page).addWidget(Pair(one, two))
    area.setWidget(page)
    area.resize(width, 400)
    area.show()
    qtbot.waitUntil(lambda: (one.y() == two.y()) is beside)
    assert two.mapTo(area, QPoint(two.width(), 0)).x() <= area.width()


def a_card(devices: int) -> ChangeCard:
    """A card that speaks of many devices."""
    lines = tuple(Line(key=str(at), text=f"RT-{at}", detail="bloqueado", icon="key") for at in range(devices))
    return ChangeCard(
        CardFacts(
            title="Suspender Plano",
            subject="INTERNET FIBRA 500 MB – Casa",
            customer="Maria",
            icon="pause-circle-fill",
            tone="warn",
            sections=(Section(title="Dinheiro"), Section(title="Rede", lines=lines)),
            sentence=("Suspender", "INTERNET FIBRA 500 MB – Casa", "Maria"),
            reasons=(Choice("A pedido do cliente", "A pedido do cliente"),),
        )
    )


@pytest.mark.parametrize("devices", [1, 40])
def test_the_reason_is_in_sight_however_much_there_is_to_say(qtbot: QtBot, devices: int) -> None:
    card = a_card(devices)
    qtbot.addWidget(card)
    card.show()
    qtbot.waitExposed(card)
    for editor in (card.reason.editor, card.remark.editor):
        assert editor.visibleRegion().boundingRect() == editor.rect()
    assert card.area.verticalScrollBar().maximum() > 0 or devices == 1
    assert card.focusWidget() is card.reason.editor


def shown(box: QWidget) -> list[str]:
    """Every text of a box."""
    return [label.text() for label in box.findChildren(QLabel) if label.isVisibleTo(box)]


def test_a_refusal_is_called_after_the_act_and_shows_no_code_of_ours(qtbot: QtBot) -> None:
    box = show_text(not_possible("Cadastrar Login de Radius", "O plano permite 2 logins, e já os tem"))
    qtbot.addWidget(box)
    assert box.windowTitle() == "Cadastrar Login de Radius"
    assert "Por quê" in shown(box) and "not_possible" not in shown(box)
    ruled = MessageBox(Text("O plano não foi apagado", "Ele tem logins.", code="PL-40"))
    qtbot.addWidget(ruled)
    assert "PL-40" in shown(ruled)


def test_a_question_is_called_after_its_button_and_has_no_why(qtbot: QtBot) -> None:
    answered: list[bool] = []
    question = Text("Apagar o endereço?", "Planos passam a seguir o próximo.")
    box = ask(question, "Apagar Endereço", lambda: answered.append(True))
    qtbot.addWidget(box)
    assert box.windowTitle() == "Apagar Endereço"
    assert "Por quê" not in shown(box) and "Planos passam a seguir o próximo." in shown(box)
    assert box.primary is not None
    box.primary.click()
    assert answered == [True]


@pytest.mark.parametrize(("most", "top"), [(0, 1), (21, 24), (13, 16), (1_000, 1_000), (45e9, 50e9), (0.9, 1)])
def test_the_axis_ends_close_above_the_highest_bar(most: float, top: float) -> None:
    assert round_top(most) == pytest.approx(top)
    assert most <= round_top(most) <= max(1.0, most * 4 / 3)
