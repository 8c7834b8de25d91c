"""Painel de Configurações, from the click to the row in the database, and what each page says to whom it is closed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtWidgets import QMainWindow, QPushButton
from pytestqt.qtbot import QtBot

from desk.demo.routeros import RouterOsStandIn
from desk.integrations.errors import Reason
from desk.models.variables import Variable
from desk.services.access_points import SaveAccessPoint
from desk.services.catalog import ServiceClass
from desk.ui.access_points.points import AccessPointDialog
from desk.ui.access_points.servers import RoutingServerDialog
from desk.ui.access_points.texts import PROBLEMS, certificate_text, problem_text
from desk.ui.catalog.lists import SmallListDialog
from desk.ui.catalog.plans import CatalogPlanDialog
from desk.ui.catalog.statuses import StatusDialog
from desk.ui.core import paint
from desk.ui.core.cards import EmptyState
from desk.ui.core.message_box import MessageBox
from desk.ui.core.theme import font
from desk.ui.shell.registry import settings_pages
from desk.ui.variables.page import VariablesPage
from tests.builders import a_catalog_plan, a_routing_server, an_access_point
from tests.postgres import Database
from tests.ui.conftest import DeskAs
from tests.ui.screens import PATIENCE, dialog, gone, listen
from tests.ui.settings import calm, cells, click, editor, host, listed, one, press, save, window

SAVED = "Dados salvos com sucesso"

__all__ = ["host"]


def test_an_administrator_may_open_every_page(qtbot: QtBot, host: QMainWindow, desk_as: DeskAs) -> None:
    desk = desk_as("administrador")
    shown = window(qtbot, host, desk, "catalog")
    failures = listen(desk.failed)
    for page in settings_pages():
        shown.go(page.id)
        calm(qtbot, desk)
        assert shown.names.currentItem().text() == page.label
        assert shown.names.currentItem().toolTip() == ""
    assert not failures
    shown.reject()


def test_an_empty_list_has_one_accent_button(qtbot: QtBot, host: QMainWindow, desk_as: DeskAs) -> None:
    desk = desk_as("administrador")
    shown = window(qtbot, host, desk, "catalog")

    def accents() -> list[str]:
        found = [each for each in shown.findChildren(QPushButton) if each.isVisible()]
        return [each.text() for each in found if each.property("kind") == "primary"]

    page = listed(shown)
    assert page.rows == [] and page.empty.isVisible()
    assert accents() == ["Novo"] and page.empty.button.property("kind") == "primary"
    shown.reject()


def test_the_column_of_speeds_shows_the_longest_whole(
    qtbot: QtBot, host: QMainWindow, desk_as: DeskAs, database: Database
) -> None:
    a_catalog_plan(database, "FIBRA 1 GIGA", down_kbps=1_000_000, up_kbps=500_000)
    desk = desk_as("administrador")
    shown = window(qtbot, host, desk, "catalog")
    table = listed(shown).table
    at = [column.head for column in table.table.columns].index("Velocidade")
    text = table.table.columns[at].text(listed(shown).rows[0])
    assert text == "1 Gbps / 500 Mbps"
    assert paint.text_width(font(), text) + 2 * 8 <= table.columnWidth(at)
    shown.reject()


@pytest.mark.parametrize(
    ("role", "page", "label"),
    [
        ("atendente", "catalog", "Planos e Serviços"),
        ("atendente", "statuses", "Status Planos"),
        ("atendente", "units", "Planos e Serviços"),
        ("suporte", "cities", "Planos e Serviços"),
        ("atendente", "access_points", "Pontos de Acesso"),
        ("atendente", "routing_servers", "Servidores de Roteamento"),
        ("suporte", "people", "Usuários"),
        ("suporte", "variables", "Variáveis"),
    ],
)
def test_a_page_without_its_permission_says_which(
    qtbot: QtBot, host: QMainWindow, desk_as: DeskAs, role: str, page: str, label: str
) -> None:
    shown = window(qtbot, host, desk_as(role), page)
    assert f"Falta a permissão “{label}”" in shown.names.currentItem().toolTip()
    inside = shown.stack.currentWidget()
    assert isinstance(inside, EmptyState)
    assert f"“{label}”" in inside.sentence.text()
    shown.reject()


def test_the_palette_finds_the_pages_and_greys_them_alike(qtbot: QtBot, host: QMainWindow, desk_as: DeskAs) -> None:
    desk = desk_as("suporte")
    actions = {page.id: desk.actions[f"program.settings.{page.id}"] for page in settings_pages()}
    assert actions["access_points"].obstacle(desk, None) is None
    assert actions["people"].obstacle(desk, None) == "Falta a permissão “Usuários”"
    assert actions["cities"].obstacle(desk, None) == (
        "Falta a permissão “Planos e Serviços” ou “Editar Cadastro de Cliente”"
    )


def test_from_an_empty_catalogue_to_a_product_whose_parts_add_up(
    qtbot: QtBot, host: QMainWindow, desk_as: DeskAs, database: Database
) -> None:
    desk = desk_as("administrador")
    told = listen(desk.told)
    shown = window(qtbot, host, desk, "units")
    page = listed(shown)
    assert page.empty.isVisible()
    press(qtbot, page.empty, "Novo")
    unit = dialog(qtbot, SmallListDialog)
    calm(qtbot, desk)
    unit.form.set("name", "Mandaguari")
    save(qtbot, desk, unit)
    shown.go("catalog")
    calm(qtbot, desk)
    page = listed(shown)
    product = editor(qtbot, desk, page, CatalogPlanDialog)
    product._new_group()  # the small button beside the combo
    group = dialog(qtbot, SmallListDialog)
    group.form.set("name", "Fibra")
    save(qtbot, desk, group)
    calm(qtbot, desk)
    product.form.set("name", "FIBRA 400")
    product.form.set("price", Decimal("99.90"))
    product.radius.set("down_kbps", 400_000)
    assert product.radius["down_kbps"]._message.text() == "= 400 Mbps"
    for words, amount in (("Conexão", "60.00"), ("Suporte", "39.00")):
        line = product.composition.add()
        line.form.set("description", words)
        line.form.set("amount", Decimal(amount))
    save(qtbot, desk, product)
    assert "diferença 0,90" in product.composition.sum.text()
    assert product.isVisible()
    product.composition.lines[1].form.set("amount", Decimal("39.90"))
    save(qtbot, desk, product)
    gone(qtbot, CatalogPlanDialog)
    assert told.count(SAVED) == 3
    assert one(
        database,
        "SELECT c.name, c.price, g.name, u.name, (SELECT sum(amount) FROM desk.catalog_composition_items)"
        " FROM desk.catalog_plans c JOIN desk.service_groups g ON g.id = c.service_group_id"
        " JOIN desk.catalog_plan_units l ON l.catalog_plan_id = c.id"
        " JOIN desk.business_units u ON u.id = l.business_unit_id",
    ) == ("FIBRA 400", Decimal("99.90"), "Fibra", "Mandaguari", Decimal("99.90"))
    qtbot.waitUntil(lambda: cells(page) == ["FIBRA 400"], timeout=PATIENCE)
    again = editor(qtbot, desk, page, CatalogPlanDialog, 0)
    qtbot.waitUntil(lambda: bool(again.composition.parts), timeout=PATIENCE)
    assert not again.is_dirty()
    assert [part.service_class for part in again.composition.parts] == [ServiceClass.SCM] * 2
    again.composition.remove(again.composition.lines[0])
    assert again.is_dirty()
    again.composition.remove(again.composition.lines[0])
    save(qtbot, desk, again)
    gone(qtbot, CatalogPlanDialog)
    assert one(database, "SELECT count(*) FROM desk.catalog_composition_items") == (0,)
    shown.reject()


def test_a_taken_name_is_told_beside_the_field(
    qtbot: QtBot, host: QMainWindow, desk_as: DeskAs, database: Database
) -> None:
    an_access_point(database, "POP Norte")
    desk = desk_as("administrador")
    shown = window(qtbot, host, desk, "access_points")
    point = editor(qtbot, desk, listed(shown), AccessPointDialog)
    point.form.set("name", "POP Norte")
    save(qtbot, desk, point)
    assert point.form["name"].problem == "Já cadastrado"
    point.form.set("name", "POP Sul")
    save(qtbot, desk, point)
    qtbot.waitUntil(lambda: sorted(cells(listed(shown))) == ["POP Norte", "POP Sul"], timeout=PATIENCE)
    shown.reject()


def test_when_somebody_else_was_quicker_both_versions_are_compared(
    qtbot: QtBot, host: QMainWindow, desk_as: DeskAs, database: Database
) -> None:
    made = an_access_point(database, "POP Norte")
    desk = desk_as("administrador")
    shown = window(qtbot, host, desk, "access_points")
    point = editor(qtbot, desk, listed(shown), AccessPointDialog, 0)
    database.bus("suporte").execute(SaveAccessPoint(id=made.id, version=1, name="POP Norte", customer_limit=50))
    point.form.set("name", "POP Leste")
    save(qtbot, desk, point)
    box = dialog(qtbot, MessageBox)
    assert "Carla Suporte alterou" in box.text.why
    assert "Limite Cliente: vazio → 50" in box.text.why
    press(qtbot, box, "Salvar o meu")
    gone(qtbot, AccessPointDialog)
    assert one(database, "SELECT name, customer_limit FROM desk.access_points") == ("POP Leste", None)
    shown.reject()


def test_deleting_asks_first_and_a_refusal_names_what_is_in_the_way(
    qtbot: QtBot, host: QMainWindow, desk_as: DeskAs, database: Database
) -> None:
    server = a_routing_server(database, "BNG-1")
    an_access_point(database, "POP Norte", routing_server=server)
    desk = desk_as("administrador")
    shown = window(qtbot, host, desk, "routing_servers")
    router = editor(qtbot, desk, listed(shown), RoutingServerDialog, 0)
    press(qtbot, router, "Apagar")
    press(qtbot, dialog(qtbot, MessageBox), "Apagar")
    gone(qtbot, MessageBox)
    calm(qtbot, desk)
    refused = dialog(qtbot, MessageBox)
    assert "POP Norte" in refused.text.why
    refused.reject()
    router.reject()
    assert one(database, "SELECT count(*) FROM desk.routing_servers") == (1,)
    shown.reject()


def test_a_status_of_ones_own_comes_and_goes(
    qtbot: QtBot, host: QMainWindow, desk_as: DeskAs, database: Database
) -> None:
    desk = desk_as("administrador")
    shown = window(qtbot, host, desk, "statuses")
    page = listed(shown)
    system = editor(qtbot, desk, page, StatusDialog, 0)
    assert system.form["group"].read_only
    assert not [each for each in system.findChildren(QPushButton) if each.text() == "Apagar"]
    system.reject()
    status = editor(qtbot, desk, page, StatusDialog)
    status.form.set("description", "Em Análise")
    status.form.set("next_code", "HABILITADO")
    save(qtbot, desk, status)
    assert one(database, "SELECT next_code, bills FROM desk.plan_statuses WHERE code = 'EM_ANALISE'") == (
        "HABILITADO",
        False,
    )
    qtbot.waitUntil(lambda: "Em Análise" in cells(page), timeout=PATIENCE)
    own = editor(qtbot, desk, page, StatusDialog, cells(page).index("Em Análise"))
    press(qtbot, own, "Apagar")
    press(qtbot, dialog(qtbot, MessageBox), "Apagar")
    gone(qtbot, StatusDialog)
    assert one(database, "SELECT count(*) FROM desk.plan_statuses WHERE NOT system") == (0,)
    shown.reject()


def test_a_router_is_tested_before_it_is_saved_and_its_password_is_never_shown(
    qtbot: QtBot, host: QMainWindow, desk_as: DeskAs, database: Database
) -> None:
    desk = desk_as("suporte")
    shown = window(qtbot, host, desk, "routing_servers")
    router = editor(qtbot, desk, listed(shown), RoutingServerDialog)
    with RouterOsStandIn(users={"desk": "segredo-do-bng"}) as device:
        for name, value in (
            ("name", "BNG-9"),
            ("host", "127.0.0.1"),
            ("port", device.port),
            ("tls", router.form["tls"].choices[3].value),  # type: ignore[attr-defined]
            ("password", "errada"),
        ):
            router.form.set(name, value)
        press(qtbot, router, "Testar Conexão")
        calm(qtbot, desk)
        assert router.answer.label.text() == problem_text("login")
        router.form.set("password", "segredo-do-bng")
        press(qtbot, router, "Testar Conexão")
        calm(qtbot, desk)
        assert router.answer.label.text().startswith("O roteador respondeu: BNG-1")
        router.read_certificate()
        calm(qtbot, desk)
        assert router.answer.label.text() in {certificate_text(code) for code in PROBLEMS}
        save(qtbot, desk, router)
        gone(qtbot, RoutingServerDialog)
        qtbot.waitUntil(lambda: cells(listed(shown)) == ["BNG-9"], timeout=PATIENCE)
        again = editor(qtbot, desk, listed(shown), RoutingServerDialog, 0)
        assert again.form["password"].value() == ""
        press(qtbot, again, "Testar Conexão")
        calm(qtbot, desk)
        assert again.answer.label.text().startswith("O roteador respondeu: BNG-1")
        again.reject()
    shown.reject()


def test_each_way_to_fail_has_its_own_sentence() -> None:
    assert set(PROBLEMS) == {reason.value for reason in Reason} | {"no_credentials"}
    assert len(set(PROBLEMS.values())) == len(PROBLEMS)


def test_a_variable_is_one_click_and_the_default_another(
    qtbot: QtBot, host: QMainWindow, desk_as: DeskAs, database: Database
) -> None:
    desk = desk_as("administrador")
    told = listen(desk.told)
    shown = window(qtbot, host, desk, "variables")
    (page,) = shown.findChildren(VariablesPage)
    line = page.lines["limit_customers"]
    assert line.label.text() == "Limitar Clientes"
    assert line.switch is not None
    assert line.default.isHidden()
    click(qtbot, line.switch)
    value = "SELECT value FROM desk.variables WHERE code = %s"
    qtbot.waitUntil(lambda: not line.default.isHidden(), timeout=PATIENCE)
    assert one(database, value, "limit_customers") == ("S",)
    click(qtbot, line.default)
    qtbot.waitUntil(lambda: line.default.isHidden(), timeout=PATIENCE)
    assert one(database, value, "limit_customers") == ("N",)
    assert told == [SAVED, SAVED]
    assert [each.found.code for each in page.lines.values() if not each.waits.isHidden()] == [
        each.code for each in Variable if each.waits_for
    ]
    assert page.lines["event_on_enable"].waits.text() == "Ainda não muda nada: espera o Financeiro."
    days = page.lines["provisional_days"]
    assert days.number is not None
    days.number.edit.setText("muitos")
    days.number.edit.editingFinished.emit()
    assert days.number.value() == 5
    days.number.edit.setText("7")
    days.number.edit.editingFinished.emit()
    qtbot.waitUntil(lambda: days.found.value == "7", timeout=PATIENCE)
    assert one(database, value, "provisional_days") == ("7",)
    page.search.setText("limitar")
    assert [each.found.code for each in page.lines.values() if not each.isHidden()] == ["limit_customers"]
    shown.reject()
