"""Novo Nº de IP do Cliente as a person sees it: the icon, the four tabs, what is said, and what is given back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desk.bootstrap import PORTS
from desk.demo.routeros import RouterOsStandIn
from desk.services.ips import Encryption, OneIp
from desk.services.plans import OnePlan
from desk.ui.core.change_card import ChangeCard
from desk.ui.core.desk import Desk
from desk.ui.core.network_question import NetworkQuestion
from desk.ui.ips.dialog import IpDialog
from tests.builders import AccessPoint, Plan, a_customer, a_plan, a_range, an_access_point, an_ip
from tests.postgres import Database
from tests.services.core.net import router_of
from tests.ui.conftest import DeskAs
from tests.ui.screens import as_job, dialog, entry, gone, node, right_click, shown_plans

PATIENCE = 10_000
CLERK = "suporte"


@pytest.fixture
def router() -> Iterator[RouterOsStandIn]:
    """A router on loopback."""
    with RouterOsStandIn() as stand_in:
        yield stand_in


def still(qtbot: QtBot, desk: Desk, box: IpDialog | None = None) -> None:
    """Until nothing is under way and nothing is about to be asked."""
    qtbot.waitUntil(
        lambda: not desk.background.busy and not (box is not None and box._soon.isActive()), timeout=PATIENCE
    )


def a_home(database: Database, **columns: object) -> tuple[Plan, AccessPoint]:
    """A plan at an access point with a small range."""
    point = an_access_point(database, "POP Alvorada", **columns)
    a_range(database, "177.10.20.0/24", gateway="177.10.20.1", access_point=point)
    return a_plan(database, access_point=point, reference="Casa"), point


def opened(qtbot: QtBot, desk: Desk, plan: Plan) -> IpDialog:
    """The dialog, filled."""
    desk.run_action("ips.new", desk.bus.execute(OnePlan(plan.id)).value)
    box = dialog(qtbot, IpDialog)
    qtbot.waitUntil(lambda: box.known is not None, timeout=PATIENCE)
    still(qtbot, desk, box)
    return box


def reserved(database: Database) -> list[str]:
    """What dialogs hold."""
    rows = database.admin().execute("SELECT host(block) FROM desk.ip_holdings WHERE token IS NOT NULL ORDER BY 1")
    return [host for (host,) in rows]


def test_next_free_saved_and_in_the_tree(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan, _ = a_home(database)
    desk = desk_as(CLERK)
    page = shown_plans(qtbot, desk, plan.customer_id)
    menu = right_click(qtbot, page, ("plan", plan.id))
    entry(menu, "ips.new").trigger()
    box = dialog(qtbot, IpDialog)
    assert box.windowTitle() == "Novo Nº de IP do Cliente"
    assert [box.tabs.tabText(at) for at in range(4)] == ["Configuração", "Mac Adress", "Velocidade", "Opções"]
    qtbot.waitUntil(lambda: box.known is not None, timeout=PATIENCE)
    assert box.addresses.next_button.toolTip() == "IP Secundário Automático (Alt+P)"
    box.addresses.next_button.click()
    qtbot.waitUntil(lambda: box.addresses.address.text() == "177.10.20.2", timeout=PATIENCE)
    assert box.addresses.prefix.combo.currentText() == "255.255.255.0 (/24)"
    assert reserved(database) == ["177.10.20.2"]
    box.addresses.next_button.click()
    qtbot.waitUntil(lambda: box.addresses.address.text() == "177.10.20.3", timeout=PATIENCE)
    assert reserved(database) == ["177.10.20.3"]
    told: list[str] = []
    desk.told.connect(told.append)
    box.save()
    qtbot.waitUntil(lambda: told == ["Dados salvos com sucesso"], timeout=PATIENCE)
    qtbot.waitUntil(lambda: any(item.row.ips for item in page.tree.nodes.root.children[0].children), timeout=PATIENCE)
    (made,) = page.tree.nodes.root.children[0].children[0].row.ips
    shown = node(page, ("ip", made.id))
    assert shown.text == "177.10.20.3 / 255.255.255.0"
    assert [part.text for part in shown.right] == ["fixo no roteador", "pendente"]
    assert reserved(database) == []
    still(qtbot, desk)


def test_closing_gives_the_address_back(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan, _ = a_home(database)
    desk = desk_as(CLERK)
    box = opened(qtbot, desk, plan)
    box.addresses.next_free()
    qtbot.waitUntil(lambda: reserved(database) == ["177.10.20.2"], timeout=PATIENCE)
    still(qtbot, desk, box)
    box.addresses.renew()
    still(qtbot, desk, box)
    database.admin().execute("DELETE FROM desk.ip_holdings WHERE token IS NOT NULL")
    box.addresses.renew()  # a computer that slept: it is taken again
    qtbot.waitUntil(lambda: reserved(database) == ["177.10.20.2"], timeout=PATIENCE)
    still(qtbot, desk, box)
    box.is_dirty = lambda: False
    box.reject()
    qtbot.waitUntil(lambda: reserved(database) == [], timeout=PATIENCE)
    still(qtbot, desk)


def test_none_left_and_taken_are_said_at_the_field(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    point = an_access_point(database)
    a_range(database, "10.0.0.0/30", gateway="10.0.0.1", access_point=point)
    owner = a_customer(database, "Maria Nogueira")
    an_ip(database, "10.0.0.2/30", plan_id=a_plan(database, customer=owner).id)
    plan = a_plan(database, access_point=point)
    desk = desk_as(CLERK)
    box = opened(qtbot, desk, plan)
    page = box.addresses
    page.next_free()
    qtbot.waitUntil(lambda: page.address.problem == "Não há IP disponível no Ponto de Acesso", timeout=PATIENCE)
    assert box.tabs._wrong == {0}
    page.set("address", "10.0.0.2")
    page.hold()
    qtbot.waitUntil(lambda: page.address.problem == "Em uso por Maria Nogueira", timeout=PATIENCE)
    assert page.owner_link.isVisibleTo(box)
    went: list[object] = []
    page.taken_by.disconnect()
    page.taken_by.connect(went.append)
    page.owner_link.click()
    assert went == [owner.id]
    page.set("address", "10.0.0")
    assert not box.ready()
    still(qtbot, desk, box)
    box.is_dirty = lambda: False
    box.reject()


@pytest.mark.parametrize("mac", ["3C:84:6A:1F:09:G2", "3C:84:6A"])
def test_a_wrong_mac_marks_its_tab(qtbot: QtBot, database: Database, desk_as: DeskAs, mac: str) -> None:
    plan, _ = a_home(database)
    desk = desk_as(CLERK)
    box = opened(qtbot, desk, plan)
    box.addresses.set("address", "177.10.20.9")
    (row,) = box.macs.rows
    row.set("macs", mac)
    box.save()
    assert row.mac.problem == "Formato do MAC é Inválido"
    assert (box.tabs._wrong, box.tabs.currentIndex()) == ({1}, 1)
    assert box.footer_label.text() == "1 campo para corrigir: MAC Address"
    row.set("macs", "00005e005301")
    assert box.tabs._wrong == set()
    second = box.macs.add_row()
    second.set("macs", "x")
    assert not box.ready()
    box.macs.remove_row(second)
    assert box.ready()
    box.macs.form.set("encryption", Encryption.WPA2)
    assert len(box.macs.code.text()) == 14
    box.save()
    gone(qtbot, IpDialog)
    (made,) = desk.bus.execute(OnePlan(plan.id)).value.ips
    assert made.macs == ("00:00:5E:00:53:01",)
    still(qtbot, desk)


def test_deleted_and_used_macs_are_hinted(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan, _ = a_home(database)
    former = an_ip(
        database,
        "10.0.0.2/24",
        plan_id=a_plan(database, customer=a_customer(database, "José Pereira")).id,
        mac="00:00:5E:00:53:01",
    )
    as_job(database, f"UPDATE desk.customer_ips SET deleted_at = '2026-03-02 12:00' WHERE id = {former.id}")
    desk = desk_as(CLERK)
    box = opened(qtbot, desk, plan)
    (row,) = box.macs.rows
    row.set("macs", "00-00-5e-00-53-01")
    row.look()
    qtbot.waitUntil(lambda: "José Pereira" in row.mac._message.text(), timeout=PATIENCE)
    assert row.mac._message.text().startswith("Em Itens Apagados: 10.0.0.2")
    an_ip(database, "10.0.0.3/24", plan_id=plan.id, mac="00:00:5E:00:53:01")
    row.look()
    qtbot.waitUntil(lambda: row.mac._message.text().startswith("Já está em 10.0.0.3"), timeout=PATIENCE)
    box.addresses.set("address", "10.0.0.4")
    box.save()
    from desk.ui.core.message_box import MessageBox

    question = dialog(qtbot, MessageBox)
    assert question.primary is not None
    question.primary.click()
    gone(qtbot, IpDialog)
    assert len(desk.bus.execute(OnePlan(plan.id)).value.ips) == 2
    still(qtbot, desk)


def test_speed_options_and_the_lines_for_the_router(
    qtbot: QtBot, database: Database, desk_as: DeskAs, router: RouterOsStandIn
) -> None:
    point = router_of(database, router)
    as_job(database, f"UPDATE desk.access_points SET sets_queue = true, allowed_list = 'ok' WHERE id = {point.id}")
    a_range(database, "177.10.20.0/24", gateway="177.10.20.1", access_point=point)
    plan = a_plan(database, access_point=point)
    desk = desk_as(CLERK, ports=PORTS)
    box = opened(qtbot, desk, plan)
    assert box._follows_plan.words.text() == "Usar a velocidade do plano (100.000 / 50.000 kbps)"
    box.addresses.next_free()
    qtbot.waitUntil(lambda: any("limite 100 / 50 Mbps" in line for line in box.network.said), timeout=PATIENCE)
    box.speed.set("of_plan", False)
    box.speed.set("down_kbps", 9_000)
    box.speed.set("up_kbps", 8_000)
    qtbot.waitUntil(lambda: any("limite 9 / 8 Mbps" in line for line in box.network.said), timeout=PATIENCE)
    box.options.set("firewall", False)
    box.options.set("nat", True)
    qtbot.waitUntil(lambda: any("desk-nat 177.10.20.2" in line for line in box.network.said), timeout=PATIENCE)
    assert not any("desk-firewall" in line for line in box.network.said)
    assert router.writes() == []
    box.save()
    gone(qtbot, IpDialog)
    (made,) = desk.bus.execute(OnePlan(plan.id)).value.ips
    details = desk.bus.execute(OneIp(made.id)).value
    assert (details.down_kbps, details.up_kbps) == (9_000, 8_000)
    assert set(details.options) == {"nat", "bandwidth", "bind_mac"}
    still(qtbot, desk)


def test_edited_copied_and_deleted_from_the_tree(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan, point = a_home(database)
    ip = an_ip(database, "177.10.20.7/24", plan_id=plan.id, access_point_id=point.id, mac="00:00:5E:00:53:01")
    desk = desk_as(CLERK)
    page = shown_plans(qtbot, desk, plan.customer_id)
    shown = node(page, ("ip", ip.id))
    assert shown.datum == "177.10.20.7"
    desk.run_action("ips.copy", shown.row)
    assert QGuiApplication.clipboard().text() == "177.10.20.7"
    page.tree.opened.emit(shown)
    box = dialog(qtbot, IpDialog)
    qtbot.waitUntil(lambda: box.known is not None, timeout=PATIENCE)
    still(qtbot, desk, box)
    assert (box.addresses.address.text(), box.addresses.prefix.value()) == ("177.10.20.7", 24)
    assert not box.is_dirty()
    box.addresses.set("description", "Câmeras")
    box.save()
    qtbot.waitUntil(lambda: node(page, ("ip", ip.id)).right[0].text == "Câmeras", timeout=PATIENCE)
    page.tree.select(("ip", ip.id))
    page.tree.delete_wanted.emit(node(page, ("ip", ip.id)))
    question = dialog(qtbot, NetworkQuestion)
    qtbot.waitUntil(lambda: question.network.said == ["Nada muda na rede."], timeout=PATIENCE)
    question.go()
    qtbot.waitUntil(lambda: page.tree.nodes.find(("ip", ip.id)) is None, timeout=PATIENCE)
    still(qtbot, desk)


def test_without_the_permission_it_stays_in_sight(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan, _ = a_home(database)
    page = shown_plans(qtbot, desk_as("atendente"), plan.customer_id)
    denied = entry(right_click(qtbot, page, ("plan", plan.id)), "ips.new")
    assert not denied.isEnabled()
    assert denied.property("reason") == "Falta a permissão “Editar IP do Plano”"
    assert page.panel.findChild(QPushButton, "panel:ips.new") is None


def test_the_card_of_a_suspension_shows_what_the_router_is_told(
    qtbot: QtBot, database: Database, desk_as: DeskAs, router: RouterOsStandIn
) -> None:
    from desk.ui.plans.card import network_section

    point = router_of(database, router)
    as_job(database, f"UPDATE desk.access_points SET blocked_list = 'bloqueados' WHERE id = {point.id}")
    plan = a_plan(database, access_point=point)
    an_ip(database, "177.10.20.7/24", plan_id=plan.id, access_point_id=point.id)
    desk = desk_as("atendente", ports=PORTS)
    desk.run_action("plans.suspend", desk.bus.execute(OnePlan(plan.id)).value)
    card = dialog(qtbot, ChangeCard).property("change")
    qtbot.waitUntil(lambda: card.preview is not None, timeout=PATIENCE)
    section = network_section(card._card, card.preview)
    (device,) = [look.device for look in card.preview.devices]
    assert [(line.text, line.note, line.detail) for line in section.lines if "Lista" in line.text] == [
        (f"{device} · Lista de endereços", "177.10.20.7", "bloqueados 177.10.20.7")
    ]
    assert next((each.text, each.old, each.new) for each in section.lines) == (
        "IP no MikroTik",
        "liberado",
        "bloqueado",
    )
    card.dialog.is_dirty = lambda: False
    card.dialog.reject()
    still(qtbot, desk)
