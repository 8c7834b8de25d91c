"""Every expected failure has a text, the box shows all of it, and its links lead somewhere."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

import desk.services  # noqa: F401  # so that every capability's errors are known
from desk.services.core import errors
from desk.services.core.errors import DomainError, FieldChange, Invalid, NotAllowed, StaleRecord, Violation
from desk.ui.core.message_box import MessageBox
from desk.ui.core.messages import TEXTS, Link, Text, explain, register, violation_text


def test_no_error_of_the_core_is_without_a_text() -> None:
    kinds = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, DomainError)]
    assert [kind.code for kind in kinds if kind.code not in TEXTS] == []


def test_a_text_is_filled_with_the_facts() -> None:
    assert "“Apagar Plano”" in explain(NotAllowed("Apagar Plano")).why
    assert explain(errors.AlreadyExists("name", "Centro")).why == "“Centro” já está cadastrado."
    assert explain(errors.AlreadyExists("uq_other")).why == "Este valor já está cadastrado."
    assert explain(Invalid([Violation("mac", "bad_mac")])).why == "Formato do MAC é Inválido"


def test_a_lost_database_says_what_became_of_the_write() -> None:
    lost = errors.DatabaseLost
    said = [explain(each) for each in (lost(committed=True), lost(committed=False), lost(asked=False), lost())]
    kept, not_done, unknown, question = said
    assert kept.what.startswith("Foi salvo") and "o banco respondeu depois" in kept.why and "Não repita" in kept.do
    assert not_done.what == "Nada foi salvo." and "salve de novo" in not_done.do
    assert unknown.what.startswith("Não se sabe") and "antes de repetir" in unknown.do
    assert question.what == "O banco de dados não responde."
    assert all(text.what and text.why and text.do and text.code in TEXTS for text in said)
    assert len({text.code for text in said}) == 4


def test_a_missing_fact_shows_as_a_dash_and_breaks_nothing() -> None:
    assert explain(errors.DeviceSilent()).what == "— não respondeu."
    assert violation_text(Violation("x", "too_long")) == "Até — caracteres"
    assert violation_text(Violation("x", "never heard of")) == "Valor inválido"


def test_two_texts_for_one_code_are_refused() -> None:
    with pytest.raises(ValueError, match="not_allowed"):
        register({"not_allowed": Text("outro")})


def test_the_box_shows_what_why_and_what_to_do(qtbot: QtBot) -> None:
    followed: list[Link] = []
    link = Link("ftp_nogueira", "ftp.open", row=7, icon="folder-notch")
    text = Text("O plano não foi apagado", "Ele tem um usuário de FTP.", "Apague o item.", "PL-40", (link,))
    box = MessageBox(text, follow=followed.append)
    box.open()
    shown = [label.text() for label in box.findChildren(QLabel)]
    for part in ("O plano não foi apagado", "Por quê", "Ele tem um usuário de FTP.", "O que fazer", "Apague o item."):
        assert part in shown
    next(each for each in box.findChildren(QToolButton) if each.accessibleName() == "Copiar").click()
    assert "PL-40" in QGuiApplication.clipboard().text()
    next(each for each in box.findChildren(QPushButton) if each.text() == "ftp_nogueira").click()
    assert followed == [link]


def test_a_stale_record_that_knows_what_changed_has_its_text_too() -> None:
    change = FieldChange(who="Ana", at="2026-07-15T10:00:00", field="due_day", before=10, after=20)
    assert explain(StaleRecord([change])).what == explain(StaleRecord()).what
