"""Importing from a spreadsheet as a person does it: look, mend, look again, import."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QMainWindow
from pytestqt.qtbot import QtBot

from desk.services import access_points
from desk.services.access_points import Verdict
from desk.ui.access_points.import_words import FILE_PROBLEMS, REMARKS
from desk.ui.access_points.importing import POINTS, SERVERS, ImportDialog
from desk.ui.access_points.points import AccessPointsPage
from desk.ui.core import messages
from desk.ui.core.message_box import MessageBox
from tests.builders import a_plan, a_routing_server, an_access_point, an_ip
from tests.postgres import Database
from tests.ui.conftest import DeskAs
from tests.ui.screens import dialog, gone, listen
from tests.ui.settings import calm, host

__all__ = ["host"]


def open_import(qtbot: QtBot, host: QMainWindow, desk_as: DeskAs, path: Path, kind: object = POINTS) -> ImportDialog:
    made = ImportDialog(desk_as("suporte"), kind, host)  # type: ignore[arg-type]
    made.open()
    made.open_file(path)
    calm(qtbot, made._desk)
    return made


def names(made: ImportDialog) -> list[tuple[int, str]]:
    return [(line.number, line.name) for line in made.table.table.rows]


def test_bad_lines_stop_everything_until_mended_or_left_out(
    qtbot: QtBot,
    host: QMainWindow,
    desk_as: DeskAs,
    database: Database,
    tmp_path: Path,
) -> None:
    path = tmp_path / "pontos.csv"
    path.write_text("Nome;Limite;Cor\nPOP Norte;10;azul\nPOP Sul;muitos;\n<b>POP</b>;;\n", encoding="utf-8")
    made = open_import(qtbot, host, desk_as, path)
    assert made.counts.text() == "2 a criar · 1 com problema"
    assert names(made) == [(3, "POP Sul")]
    assert made.detail.text() == "Limite Cliente “muitos”: escreva um número de 1 a 1.000.000, ou “sem limite”"
    assert made.note.label.text() == "Colunas que o Desk não usa: Cor."
    assert not made.import_button.isEnabled()
    assert "problema" in made.footer_label.text()
    made.only_good.setChecked(True)
    assert made.import_button.isEnabled()
    assert made.import_button.text() == "&Importar 2 linhas"
    made.only_good.setChecked(False)
    path.write_text("Nome;Limite\nPOP Norte;10\nPOP Sul;20\n<b>POP</b>;\n", encoding="utf-8")
    made.look()
    calm(qtbot, made._desk)
    assert names(made) == [(2, "POP Norte"), (3, "POP Sul"), (4, "<b>POP</b>")]
    assert not made.below.isVisible()
    told = listen(made._desk.told)
    made.go()
    gone(qtbot, ImportDialog)
    assert told == ["Importação de pontos de acesso: 3 criados, 0 alterados"]
    rows = database.admin().execute("SELECT name, customer_limit FROM desk.access_points ORDER BY id").fetchall()
    assert rows == [("POP Norte", 10), ("POP Sul", 20), ("<b>POP</b>", None)]


def test_only_the_good_lines(
    qtbot: QtBot,
    host: QMainWindow,
    desk_as: DeskAs,
    database: Database,
    tmp_path: Path,
) -> None:
    an_access_point(database, "POP Norte", customer_limit=5)
    path = tmp_path / "pontos.csv"
    path.write_text("Nome;Limite;Ativo\nPOP Norte;10;talvez\nPOP Sul;20;sim\n", encoding="utf-8")
    made = open_import(qtbot, host, desk_as, path)
    made.only_good.setChecked(True)
    told = listen(made._desk.told)
    made.go()
    gone(qtbot, ImportDialog)
    assert told == [
        "Importação de pontos de acesso: 1 criados, 0 alterados, 1 linhas deixadas de fora",
    ]
    rows = database.admin().execute("SELECT name, customer_limit FROM desk.access_points ORDER BY id").fetchall()
    assert rows == [("POP Norte", 5), ("POP Sul", 20)]


def test_what_moved_meanwhile_is_shown_before_anything_is_written(
    qtbot: QtBot,
    host: QMainWindow,
    desk_as: DeskAs,
    database: Database,
    tmp_path: Path,
) -> None:
    path = tmp_path / "pontos.csv"
    path.write_text("Nome;Limite\nPOP Norte;10\n", encoding="utf-8")
    made = open_import(qtbot, host, desk_as, path)
    an_access_point(database, "POP Norte", customer_limit=5)
    made.go()
    box = dialog(qtbot, MessageBox)
    assert box.text.what == "Nada foi importado."
    box.reject()
    calm(qtbot, made._desk)
    assert made.counts.text() == "1 a alterar"
    assert made.detail.text() == "Limite Cliente: 5 → 10"
    made.go()
    gone(qtbot, ImportDialog)
    assert database.admin().execute("SELECT customer_limit FROM desk.access_points").fetchall() == [(10,)]


def test_what_routers_will_be_told_is_shown_before(
    qtbot: QtBot,
    host: QMainWindow,
    desk_as: DeskAs,
    database: Database,
    tmp_path: Path,
) -> None:
    """As in the dialog of a single point: the exact orders, and nothing where nobody's access is touched."""
    point = an_access_point(database, "POP Norte", routing_server=a_routing_server(database, "BNG 1", port=1))
    an_ip(database, "10.0.0.2", plan_id=a_plan(database, access_point=point).id, access_point_id=point.id)
    path = tmp_path / "pontos.csv"
    path.write_text("Nome;Lista dos liberados;Ativo\nPOP Norte;liberados;talvez\n", encoding="utf-8")
    made = open_import(qtbot, host, desk_as, path)
    assert made.network.isHidden()  # nothing can be written yet
    path.write_text("Nome;Lista dos liberados\nPOP Norte;liberados\n", encoding="utf-8")
    made.look()
    calm(qtbot, made._desk)
    assert made.network.isVisible()
    assert any("BNG 1" in each and "liberados" in each for each in made.network.said), made.network.said
    path.write_text("Nome;Limite\nPOP Norte;10\n", encoding="utf-8")
    made.look()
    calm(qtbot, made._desk)
    assert made.network.isHidden()
    made.reject()


def test_passwords_are_never_shown_and_the_file_is_said_to_hold_them(
    qtbot: QtBot,
    host: QMainWindow,
    desk_as: DeskAs,
    tmp_path: Path,
) -> None:
    path = tmp_path / "servidores.csv"
    path.write_text("Nome;Endereço;TLS;Senha\nBNG-1;10.0.0.1;Sem TLS;bem-secreta\n", encoding="utf-8")
    made = open_import(qtbot, host, desk_as, path, SERVERS)
    assert "senhas abertas" in made.note.label.text()
    assert "Senha da API: ••••••" in made.detail.text()
    assert "bem-secreta" not in made.detail.text()
    made.reject()


def test_a_useless_file_says_why_and_the_template_helps(
    qtbot: QtBot,
    host: QMainWindow,
    desk_as: DeskAs,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "foto.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    made = open_import(qtbot, host, desk_as, path)
    assert made.note.label.text().startswith("Isto não é um arquivo de texto (linha 3).")
    assert not made.table.isVisible()
    assert not made.import_button.isEnabled()
    target = tmp_path / "modelo.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(target), ""))
    made.save_template()
    made.open_file(target)
    calm(qtbot, made._desk)
    assert made.counts.text() == "2 a criar"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(tmp_path / "no" / "x.csv"), ""))
    made.save_template()
    assert dialog(qtbot, MessageBox).text.what == "O modelo não foi gravado."
    dialog(qtbot, MessageBox).reject()
    made.reject()


def test_the_page_offers_it_to_who_may(qtbot: QtBot, host: QMainWindow, desk_as: DeskAs) -> None:
    page = AccessPointsPage(desk_as("suporte"))
    qtbot.addWidget(page)
    page.show()
    page.import_button.click()
    shown = dialog(qtbot, ImportDialog)
    assert shown.empty.isVisible()
    shown.reject()
    closed = AccessPointsPage(desk_as("atendente"))
    qtbot.addWidget(closed)
    assert not closed.import_button.isEnabled()
    assert "Pontos de Acesso" in closed.import_button.toolTip()
    calm(qtbot, closed._desk)
    calm(qtbot, page._desk)


def test_every_reason_has_its_words(qapp: object) -> None:
    from desk.ui.shell import registry

    registry.all_actions()
    folder = Path(access_points.__file__).parent / "importing"
    source = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    files = set(re.findall(r'Unreadable\(\s*"([a-z_]+)"', source))
    assert files == set(FILE_PROBLEMS)
    cells = set(re.findall(r'Bad\(\s*"([a-z_]+)"', source))
    cells |= set(re.findall(r'CellProblem\([^)]*?"([a-z_]+)", \{', source))
    cells |= {"unknown_unit", "unknown_unit_near", "unknown_router", "unknown_router_near"}
    assert len(cells) > 15
    assert not {code for code in cells if code not in messages.VIOLATIONS}
    assert set(REMARKS) == {"password_kept", "radius_secret_kept"}
    assert set(Verdict) == {Verdict.CREATE, Verdict.CHANGE, Verdict.SAME, Verdict.BAD}
