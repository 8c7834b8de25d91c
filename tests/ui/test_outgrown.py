"""The database is migrated further while somebody types: told kindly, nothing written, nothing typed lost."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from desk.db.upgrade import OUTGROWN
from desk.services.core.errors import ProgramOutgrown
from desk.services.plans import OnePlan
from desk.ui.core.message_box import MessageBox
from desk.ui.plans.window import PlanDialog
from desk.ui.shell.shell import Shell
from tests.builders import a_plan
from tests.postgres import Database
from tests.ui.conftest import DeskAs
from tests.ui.screens import PATIENCE, calm, dialog, row_of, shown_plans


def migrated_further(database: Database) -> None:
    """What an administrator with a newer program leaves, as far as an open desk can see it."""
    database.admin().execute("UPDATE desk.alembic_version SET version_num = '9999'")
    database.admin().execute("SELECT pg_notify('desk_changed', %s)", [OUTGROWN])


def test_what_was_typed_stays_and_the_refusal_says_why(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database)
    desk = desk_as("atendente")
    page = shown_plans(qtbot, desk, plan.customer_id)
    desk.run_action("plans.open", row_of(database, plan.id))
    window = dialog(qtbot, PlanDialog)
    calm(qtbot, page)
    qtbot.keyClicks(window.form["reference"].editor, "Casa da praia")
    before = row_of(database, plan.id).version
    migrated_further(database)
    window.save()
    box = dialog(qtbot, MessageBox)
    assert box.text.what == "Nada foi salvo, e nada do que está na tela se perdeu."
    assert "abra a versão nova" in box.text.do
    box.reject()
    assert window.isVisible() and not window.busy
    assert window.form["reference"].value() == "Casa da praia"
    assert row_of(database, plan.id).version == before
    window.is_dirty = lambda: False
    window.reject()


def test_a_question_that_no_longer_fits_the_tables_is_no_bug(database: Database) -> None:
    plan = a_plan(database)
    bus = database.bus("atendente")
    migrated_further(database)
    database.admin().execute("ALTER TABLE desk.customer_plans RENAME COLUMN reference TO label")
    with pytest.raises(ProgramOutgrown):
        bus.execute(OnePlan(plan.id))


def test_a_desk_that_is_open_hears_of_it_and_says_so(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    desk = desk_as("atendente")
    person = database.signed_in("atendente")
    shell = Shell(desk, "servidor", lambda debts: None, lambda: None)  # type: ignore[arg-type, return-value]
    shell.window.show()
    person.start(desk.changed.emit, desk.connected.emit, desk.progress.emit)
    qtbot.waitUntil(lambda: listening(database), timeout=PATIENCE)
    assert shell.window.outgrown.isHidden()
    heard: list[frozenset[str]] = []
    desk.changed.connect(heard.append)
    # Anybody may send a notice, so the word alone says nothing, and neither does the question whether it is so.
    database.connect("ninguem").execute("SELECT pg_notify('desk_changed', 'outgrown,program,marca')")
    qtbot.waitUntil(lambda: any("marca" in names for names in heard), timeout=PATIENCE)
    assert not any("outgrown" in names for names in heard) and shell.window.outgrown.isHidden()
    migrated_further(database)
    qtbot.waitUntil(shell.window.outgrown.isVisible, timeout=PATIENCE)
    shell.window.close()


def listening(database: Database) -> bool:
    """Whether somebody waits for notices in this database."""
    row = (
        database.admin()
        .execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'")
        .fetchone()
    )
    return bool(row and row[0])
