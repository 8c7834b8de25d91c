"""The search field under fast fingers and a slow database: what is shown is always the answer to what stands there."""

from __future__ import annotations

from collections.abc import Iterator

import psutil
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desk.services.customers import OpenedCustomer, SearchCustomers
from desk.ui.core.labels import KeyCap
from desk.ui.customers.hits import HitDelegate, hit_of
from desk.ui.customers.search import KINDS, SearchField
from tests.builders import a_customer, a_plan, an_ip, insert
from tests.guards import BLOCKED_MS, Watchdog
from tests.postgres import Database
from tests.ui.conftest import ShellAs
from tests.ui.screens import PATIENCE, listen

# The budget is 50 ms. Five times that is no lottery on a busy machine, and still far below any wait for a database.
LIMIT_MS = 5 * BLOCKED_MS


@pytest.fixture
def field(database: Database, shell_as: ShellAs, qtbot: QtBot) -> SearchField:
    """The field in the window of somebody at the counter, by the key that leads there."""
    a_customer(database, "Maria da Conceição")
    a_customer(database, "Maria José Araújo")
    a_customer(database, "João Antônio Nogueira")
    shell = shell_as("atendente")
    qtbot.keyClick(shell.window, Qt.Key.Key_F3)
    qtbot.waitUntil(shell.search.edit.hasFocus)
    calm(qtbot, shell.search)
    return shell.search


def calm(qtbot: QtBot, field: SearchField) -> None:
    """Until nothing is asked and nothing is about to be."""
    desk = field._desk
    qtbot.waitUntil(lambda: not (desk.background.busy or field._pause.isActive()), timeout=PATIENCE)


def shown(field: SearchField) -> list[str]:
    """The names in the flyout, if it is open."""
    hits = field.popup.hits
    return [hit_of(hits.index(row)).name for row in range(hits.rowCount())] if field.popup.isVisible() else []


def spoken(field: SearchField) -> str:
    """The chosen row as a screen reader says it."""
    return str(field.popup.list.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole))


@pytest.fixture
def slow(database: Database) -> Iterator[Slow]:
    """Somebody holds the table of the customers: every search waits."""
    made = Slow(database)
    yield made
    made.let_go()


class Slow:
    """A lock that stops every search, and a backend that is stopped while it waits for it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._holder = database.connect("postgres", autocommit=False)
        self._holder.execute("LOCK TABLE desk.customers IN ACCESS EXCLUSIVE MODE")
        self._stopped: psutil.Process | None = None

    def waiting(self) -> list[int]:
        """The backends that stand before the lock."""
        found = self._database.admin().execute(
            "SELECT pid FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database"
            " WHERE datname = current_database())"
        )
        return [int(pid) for (pid,) in found]

    def stop_who_waits(self) -> None:
        """The one that waits does not answer any more, whatever becomes of the lock."""
        (pid,) = self.waiting()
        self._stopped = psutil.Process(pid)
        self._stopped.suspend()

    def release(self) -> None:
        """Nobody holds the table any more."""
        self._holder.rollback()

    def let_go(self) -> None:
        """Everything goes on."""
        self.release()
        if self._stopped is not None:
            self._stopped.resume()
            self._stopped = None


def test_it_finds_while_one_types_and_asks_once_for_keys_in_a_row(
    qtbot: QtBot, field: SearchField, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    ask = field._desk.ask
    monkeypatch.setattr(field._desk, "ask", lambda query, **more: (asked.append(query), ask(query, **more)))
    qtbot.keyClicks(field.edit, "mar")
    qtbot.waitUntil(lambda: shown(field) == ["Maria da Conceição", "Maria José Araújo"])
    qtbot.keyClicks(field.edit, "ia jose")
    qtbot.waitUntil(lambda: shown(field) == ["Maria José Araújo"])
    for _ in range(4):
        qtbot.keyClick(field.edit, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: len(shown(field)) == 2)
    assert [each.text for each in asked if isinstance(each, SearchCustomers)] == ["mar", "maria jose", "maria "]


@pytest.mark.parametrize("typed", ["conceicao", "CONCEIÇÃO", "joao antonio", "Araujo"])
def test_accents_and_capitals_do_not_matter(qtbot: QtBot, field: SearchField, typed: str) -> None:
    qtbot.keyClicks(field.edit, typed)
    qtbot.waitUntil(lambda: len(shown(field)) == 1)
    (hit,) = (hit_of(field.popup.hits.index(0)),)
    (match,) = (each for each in hit.matches if each.kind.value == "Nome")
    marked = "".join(hit.name[begin:end] for begin, end in match.ranges)
    assert len(marked.replace(" ", "")) == len(typed.replace(" ", "")), (
        marked
    )  # those letters are marked, with their accents


def test_why_each_was_found_is_said_and_painted(
    qtbot: QtBot, database: Database, field: SearchField, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = a_customer(database, "Padaria Central", phone="44991234567", email="caixa@pao.com.br")
    plan = a_plan(database, customer=customer, logins=("padaria.caixa",))
    an_ip(database, "177.10.20.30/32", plan_id=plan.id, mac="02:00:5e:00:53:01")
    insert(database, "circuits", plan_id=plan.id, name="MGA001234-001")
    drawn: list[tuple[str, int]] = []
    text = HitDelegate._text

    def drawing(*given: object, **more: object) -> int:
        drawn.append((str(given[2]), len(given[3])))  # type: ignore[arg-type]
        return text(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(HitDelegate, "_text", staticmethod(drawing))
    for typed, label, value in (
        ("central pad", "Nome", "Padaria Central"),
        ("padaria.c", "Login", "padaria.caixa"),
        ("caixa@pao", "E-mail", "caixa@pao.com.br"),
        ("@pao.com", "Domínio", "caixa@pao.com.br"),
        ("mga0012", "Circuito", "MGA001234-001"),
        (customer.document, "CPF/CNPJ", customer.document[3:6]),
        (f"{customer.code}", "Código", f"{customer.code}"),
        ("991234567", "Telefone", "99123"),
        ("177.10.20.30", "IP", "177.10.20.30"),
        ("02:00:5e:00:53:01", "MAC", "02:00:5E:00:53:01"),
    ):
        field.edit.clear()
        calm(qtbot, field)
        qtbot.keyClicks(field.edit, typed)
        qtbot.waitUntil(lambda: shown(field) == ["Padaria Central"] and field.popup.hits.rowCount() == 1)
        calm(qtbot, field)
        assert label in spoken(field) and value in spoken(field), (typed, spoken(field))
        drawn.clear()
        field.popup.list.viewport().grab()
        assert any(label in said for said, _ in drawn), (typed, drawn)
        masked = label == "CPF/CNPJ"  # nothing of what is hidden is marked
        assert any(value in said and (marks or masked) for said, marks in drawn), (typed, drawn)


def test_with_nothing_typed_the_last_opened_stand_there_newest_first(
    qtbot: QtBot, database: Database, field: SearchField
) -> None:
    bus = field._desk.bus
    first, second, third = (a_customer(database, name) for name in ("Ana Um", "Bia Dois", "Caio Três"))
    for customer in (first, second, third, first):
        bus.execute(OpenedCustomer(customer_id=customer.id))
    field.focus()
    qtbot.waitUntil(lambda: shown(field) == ["Ana Um", "Caio Três", "Bia Dois"])
    assert field.popup.count.text() == "Abertos por último"
    chosen = listen(field.chosen)
    qtbot.keyClick(field.edit, Qt.Key.Key_Down)
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    assert chosen == [third.id]


def test_who_has_opened_nobody_yet_is_told_what_to_type(qtbot: QtBot, field: SearchField) -> None:
    qtbot.waitUntil(field.popup.isVisible)
    assert field.popup.nothing.headline.text() == "Nenhum cliente aberto ainda"
    assert "duas letras ou um número" in field.popup.nothing.sentence.text()


def test_without_a_hit_it_says_where_it_looked_and_offers_the_next_step(qtbot: QtBot, field: SearchField) -> None:
    qtbot.keyClicks(field.edit, "qwzx qwzx")
    qtbot.waitUntil(lambda: field.popup.nothing.headline.text() == "Nenhum cliente encontrado")
    said = field.popup.nothing.sentence.text()
    assert "“qwzx qwzx”" in said and all(label.lower() in said.lower() for _, label in KINDS[1:]), said
    assert field.popup.new.isVisible() and field.popup.new.text().replace("&", "") == "Novo Cliente"
    assert "Ctrl+Shift+N" in [cap.text() for cap in field.popup.findChildren(KeyCap)]
    calm(qtbot, field)


def test_an_answer_that_was_overtaken_is_never_shown(qtbot: QtBot, field: SearchField, slow: Slow) -> None:
    lists: list[list[str]] = []
    field.popup.hits.modelReset.connect(lambda: lists.append(shown(field)))
    with Watchdog(LIMIT_MS) as dog:
        qtbot.keyClicks(field.edit, "maria")
        qtbot.waitUntil(lambda: len(slow.waiting()) == 1, timeout=PATIENCE)
        dog.pause()
        slow.stop_who_waits()
        slow.release()
        qtbot.keyClicks(field.edit, " jose")
        qtbot.waitUntil(lambda: shown(field) == ["Maria José Araújo"], timeout=PATIENCE)  # the later answer is first
        dog.pause()
        slow.let_go()
        qtbot.waitUntil(lambda: not field._desk.background.busy, timeout=PATIENCE)
    dog.check()
    assert shown(field) == ["Maria José Araújo"]
    assert all("Maria da Conceição" not in each for each in lists)


def test_while_the_database_waits_one_types_on(qtbot: QtBot, field: SearchField, slow: Slow) -> None:
    with Watchdog(LIMIT_MS) as dog:
        for typed in ("ma", "ria", " da", " conc"):
            before = len(field.edit.text())
            qtbot.keyClicks(field.edit, typed)
            qtbot.waitUntil(lambda: not field._pause.isActive())
            assert len(field.edit.text()) == before + len(typed)
        qtbot.waitUntil(lambda: bool(slow.waiting()), timeout=PATIENCE)
        qtbot.waitUntil(field.popup.busy.isVisible)
        dog.pause()
        slow.let_go()
        qtbot.waitUntil(lambda: shown(field) == ["Maria da Conceição"], timeout=PATIENCE)
    dog.check()
    assert field.edit.text() == "maria da conc"


def test_enter_never_opens_who_was_found_for_other_words(qtbot: QtBot, field: SearchField, database: Database) -> None:
    chosen = listen(field.chosen)
    qtbot.keyClicks(field.edit, "maria da c")
    qtbot.waitUntil(lambda: shown(field) == ["Maria da Conceição"])
    slow = Slow(database)
    try:
        field.edit.selectAll()
        qtbot.keyClicks(field.edit, "joao")
        qtbot.waitUntil(lambda: bool(slow.waiting()), timeout=PATIENCE)
        qtbot.keyClick(field.edit, Qt.Key.Key_Return)
        assert chosen == []
    finally:
        slow.let_go()
    qtbot.waitUntil(lambda: len(chosen) == 1, timeout=PATIENCE)
    assert chosen == [database.admin().execute("SELECT id FROM desk.customers WHERE name LIKE 'João%'").fetchone()[0]]  # type: ignore[index]
