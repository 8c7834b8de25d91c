"""From a bare server to a plan that is sold and enabled, through the program's own windows: nobody writes SQL."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desk.db import cli
from desk.demo.routeros import RouterOsStandIn
from desk.desktop import Desktop
from desk.models.people import Permission
from desk.ui.access_points.points import AccessPointDialog
from desk.ui.access_points.servers import RoutingServerDialog
from desk.ui.catalog.lists import SmallListDialog
from desk.ui.catalog.plans import CatalogPlanDialog
from desk.ui.catalog.statuses import StatusDialog
from desk.ui.core.change_card import ChangeCard
from desk.ui.core.desk import Desk
from desk.ui.core.inputs import ComboField
from desk.ui.core.saving import SaveDialog
from desk.ui.customers.dialogs import NewCustomerDialog
from desk.ui.permissions.page import FirstPasswordDialog, PersonDialog
from desk.ui.plans.page import PlansPage
from desk.ui.plans.wizard import NewPlanWizard
from desk.ui.shell.password import PasswordDialog
from desk.ui.shell.settings_window import SettingsWindow
from tests.builders import a_cpf
from tests.postgres import Cluster, Database
from tests.ui.screens import PATIENCE, dialog, gone, node
from tests.ui.settings import calm, cells, editor, listed, press, save
from tests.ui.starting import Start, end, entered, start

__all__ = ["start"]

CTRL = Qt.KeyboardModifier.ControlModifier
FIRST, NEW, LATER = "primeira-senha-1", "uma frase do balcao", "outra frase do balcao"
SELLS = (
    *(Permission.CUSTOMERS, Permission.EDIT_CUSTOMER, Permission.ADD_PLAN, Permission.EDIT_PLAN),
    *(Permission.EDIT_PLAN_STATUS, Permission.EDIT_RADIUS_PASSWORD),
)


@pytest.fixture
def database(cluster: Cluster, template: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database as `desk db` leaves it: the tables, the wall, one person, and nothing of a provider's."""
    del template  # the roles belong to the server: have them remembered before this test adds its own
    name = "desk_vazio"
    url, key = cluster.dsn(name), str(cluster.master_key)
    made = Database(cluster, name)
    try:
        assert cli.main(["bootstrap", "--url", url, "--master-key", key, "--company", "Provedor Ipê"]) == 0
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{FIRST}\n"))
        person = ["create-operator", "maria", "--name", "Maria Souza", "--all-permissions"]
        assert cli.main([*person, "--url", url]) == 0
        yield made
    finally:
        made.close()
        cluster.drop(name)
        cluster.restore_roles()


def sign_in(qtbot: QtBot, start: Start, role: str, password: str, chosen: str) -> tuple[Desktop, Desk]:
    """At the door with the password that was told, and inside with one that the person chose."""
    program = start()
    assert program.window is not None
    program.window.role.edit.clear()
    QTest.keyClicks(program.window.role.edit, role)
    QTest.keyClicks(program.window.password.edit, password)
    QTest.keyClick(program.window.password.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: program.session is not None, timeout=PATIENCE)
    assert program.session is not None
    own = dialog(qtbot, PasswordDialog)
    for field, text in (("old", password), ("password", chosen), ("again", chosen)):
        own.form.set(field, text)
    own.save()
    gone(qtbot, PasswordDialog)
    entered(qtbot, program)
    return program, program.session.desk


def fill(shown: SaveDialog, **values: Any) -> None:
    """Put these into whichever form of the dialog has such a field."""
    for name, value in values.items():
        next(form for form in shown.forms if name in form.fields).set(name, value)


def pick(shown: SaveDialog, name: str, label: str) -> None:
    """Choose by what stands in the list."""
    field = next(form for form in shown.forms if name in form.fields)[name]
    assert isinstance(field, ComboField)
    fill(shown, **{name: next(each.value for each in field.choices if each.label == label)})


def furnish(qtbot: QtBot, desk: Desk, shown: SettingsWindow, router: RouterOsStandIn) -> str:
    """Everything that a sale needs, from page to page; answers the seller's first password."""

    def page(page_id: str) -> Any:
        shown.go(page_id)
        calm(qtbot, desk)
        return listed(shown)

    def add(page_id: str, kind: type[SaveDialog], picks: dict[str, str], **values: Any) -> None:
        box = editor(qtbot, desk, page(page_id), kind)
        fill(box, **values)
        for name, label in picks.items():
            pick(box, name, label)
        save(qtbot, desk, box)
        gone(qtbot, kind)
        calm(qtbot, desk)

    add("cities", SmallListDialog, {}, name="Mandaguari", state="PR", abbreviation="MDG")
    add("units", SmallListDialog, {"city_id": "Mandaguari – PR"}, name="Matriz")
    add("groups", SmallListDialog, {}, name="Fibra")
    add("methods", SmallListDialog, {}, name="Boleto")
    add("statuses", StatusDialog, {}, description="Em Viagem")
    assert "Em Viagem" in cells(page("statuses"))
    add(
        "routing_servers",
        RoutingServerDialog,
        {"tls": "Sem TLS"},
        name="BNG-1",
        host="127.0.0.1",
        port=router.port,
        password="segredo-do-bng",
        nas_address="10.0.0.1",
        radius_secret="segredo-do-radius",
        local_secrets=True,
    )
    where = {"business_unit_id": "Matriz", "routing_server_id": "BNG-1"}
    add("access_points", AccessPointDialog, where, name="POP Centro")
    product = editor(qtbot, desk, page("catalog"), CatalogPlanDialog)
    assert [box.text() for box in product.units.values()] == ["Matriz"]
    fill(product, name="FIBRA 400", price=Decimal("99.90"), down_kbps=400_000, up_kbps=200_000)
    pick(product, "service_group_id", "Fibra")
    part = product.composition.add()
    part.form.set("description", "Conexão")
    part.form.set("amount", Decimal("99.90"))
    save(qtbot, desk, product)
    gone(qtbot, CatalogPlanDialog)
    person = editor(qtbot, desk, page("people"), PersonDialog)
    fill(person, role="joana", full_name="Joana Vendedora", job="Balcão")
    for permission in SELLS:
        person.tree.set_chosen(permission.code, True)
    save(qtbot, desk, person)
    told = dialog(qtbot, FirstPasswordDialog)
    password = told.shown.text()
    told.reject()
    return password


def customer(qtbot: QtBot, desk: Desk) -> None:
    """Novo Cliente, as far as the customer's own window."""
    desk.run_action("customers.new")
    box = dialog(qtbot, NewCustomerDialog)
    calm(qtbot, desk)
    fill(box, document=a_cpf(), name="Rita Lemos")
    fill(box, zip="86975000", street="Avenida Amazonas", number="12", district="Centro")
    pick(box, "city_id", "Mandaguari – PR")
    pick(box, "business_unit_id", "Matriz")
    box.save()
    gone(qtbot, NewCustomerDialog)


def test_from_an_empty_database_to_a_sold_plan_without_sql(qtbot: QtBot, database: Database, start: Start) -> None:
    with RouterOsStandIn(users={"desk": "segredo-do-bng"}) as router:
        program, desk = sign_in(qtbot, start, "maria", FIRST, NEW)
        assert program.session is not None
        program.session.shell.show_settings()
        shown = dialog(qtbot, SettingsWindow)
        calm(qtbot, desk)
        password = furnish(qtbot, desk, shown, router)
        shown.reject()
        end(program)

        program, desk = sign_in(qtbot, start, "joana", password, LATER)
        assert program.session is not None
        customer(qtbot, desk)
        window = program.session.shell.window
        qtbot.waitUntil(lambda: window.current is not None, timeout=PATIENCE)
        assert window.current is not None
        window.current.go("plans")
        page = window.current.stack.currentWidget()
        assert isinstance(page, PlansPage)
        qtbot.waitUntil(lambda: page.shown is not None and not desk.background.busy, timeout=PATIENCE)
        press(qtbot, page, "Criar Novo Plano")
        wizard = dialog(qtbot, NewPlanWizard)
        form = wizard.page.form
        for name, label in (("offered", "FIBRA 400"), ("access_point_id", "POP Centro")):
            field = form[name]
            assert isinstance(field, ComboField)
            form.set(name, next(each.value for each in field.choices if each.label == label))
        # Later ones want a plan that is enabled (domain 4.4): the first login is made with the plan.
        QTest.keyClicks(form["login"].editor, "rita.lemos")
        assert len(form["password"].value()) >= 6
        for _ in range(3):
            wizard.go_on()
        gone(qtbot, NewPlanWizard)
        qtbot.waitUntil(lambda: page.shown is not None and len(page.shown.plans) == 1, timeout=PATIENCE)
        calm(qtbot, desk)
        assert page.shown is not None
        (plan,) = page.shown.plans
        assert (plan.name, plan.status_label, plan.value) == ("FIBRA 400", "Em Instalação", Decimal("99.90"))
        assert [login.login for login in plan.logins] == ["rita.lemos"]

        desk.run_action("plans.enable", page.plan_of(node(page, ("plan", plan.id))))
        card = dialog(qtbot, ChangeCard)
        calm(qtbot, desk)
        QTest.keyClick(card, Qt.Key.Key_Return, CTRL)
        gone(qtbot, ChangeCard)
        qtbot.waitUntil(lambda: node(page, ("plan", plan.id)).second[0].text == "Serviço Habilitado", timeout=PATIENCE)

        def settled() -> bool:
            return [(each["name"], each["disabled"]) for each in router.tables.rows["/ppp/secret"]] == [
                ("rita.lemos", "false")
            ]

        qtbot.waitUntil(settled, timeout=PATIENCE)
        calm(qtbot, desk)
        end(program)
    with psycopg.connect(database.dsn(), autocommit=True) as look:
        found = look.execute(
            "SELECT p.status, c.name, l.login, p.created_by FROM desk.customer_plans p"
            " JOIN desk.customers c ON c.id = p.customer_id JOIN desk.radius_logins l ON l.plan_id = p.id"
        ).fetchall()
    assert found == [("HABILITADO", "Rita Lemos", "rita.lemos", "joana")]
