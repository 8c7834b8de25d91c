"""Faixas de IP on the access point's screen, and the switches: what is typed, refused, and seen in the table."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from desk.ui.access_points.options import IpOptionDialog
from desk.ui.access_points.points import AccessPointDialog
from desk.ui.access_points.ranges import RangeDialog
from desk.ui.core.message_box import MessageBox
from tests.builders import a_range, an_access_point, an_ip
from tests.postgres import Database
from tests.ui.conftest import DeskAs
from tests.ui.screens import PATIENCE, dialog, gone
from tests.ui.settings import calm, cells, editor, host, listed, press, save, window

__all__ = ["host"]


def test_a_range_from_the_access_point(qtbot: QtBot, database: Database, desk_as: DeskAs, host) -> None:  # type: ignore[no-untyped-def]
    point = an_access_point(database, "POP Norte")
    a_range(database, "10.9.0.0/24", access_point=an_access_point(database))
    desk = desk_as("suporte")
    shown = window(qtbot, host, desk, "access_points")
    page = listed(shown)
    box = editor(qtbot, desk, page, AccessPointDialog, cells(page).index("POP Norte"))
    assert box.ranges.none.isVisibleTo(box)
    press(qtbot, box, "Nova Faixa")
    made = dialog(qtbot, RangeDialog)
    made.form.set("network", "10.9.0.128/25")
    made.form.set("gateway", "10.8.0.1")
    press(qtbot, made, "Salvar")
    assert made.form["gateway"].problem == "O gateway fica dentro da faixa"
    made.form.set("gateway", "10.9.0.129")
    save(qtbot, desk, made)
    refused = dialog(qtbot, MessageBox)
    assert "outra faixa" in refused.text.why
    refused.reject()
    made.form.set("network", "10.8.0.0/24")
    made.form.set("gateway", "10.8.0.1")
    made.form.set("reserved", "10.8.0.2\n10.8.0.16/28")
    save(qtbot, desk, made)
    gone(qtbot, RangeDialog)
    qtbot.waitUntil(lambda: len(box.ranges.rows) == 1, timeout=PATIENCE)
    (row,) = box.ranges.rows
    assert (row.network, row.reserved, row.free) == ("10.8.0.0/24", ("10.8.0.2/32", "10.8.0.16/28"), 236)

    an_ip(database, "10.8.0.9/24", access_point_id=point.id)
    press(qtbot, box, "Abrir Faixa")
    there = dialog(qtbot, RangeDialog)
    assert there.form.draft["reserved"] == "10.8.0.2/32\n10.8.0.16/28"
    press(qtbot, there, "Apagar")
    question = dialog(qtbot, MessageBox)
    assert question.primary is not None
    question.primary.click()
    calm(qtbot, desk)
    used = dialog(qtbot, MessageBox)
    assert used.text.why == "Há IPs de clientes nesta faixa."
    used.reject()
    there.reject()
    box.form.set("name", "POP Norte 2")
    box.forms[1].set("sets_arp", True)
    box.save()
    calm(qtbot, desk)
    assert box.forms[1]["interface"].problem == "Endereço e ARP precisam da interface"
    box.forms[1].set("interface", "ether2")
    box.save()
    gone(qtbot, AccessPointDialog)
    saved = database.admin().execute("SELECT interface, sets_arp FROM desk.access_points WHERE name = 'POP Norte 2'")
    assert saved.fetchone() == ("ether2", True)


def test_a_switch_of_ones_own(qtbot: QtBot, database: Database, desk_as: DeskAs, host) -> None:  # type: ignore[no-untyped-def]
    desk = desk_as("suporte")
    page = listed(window(qtbot, host, desk, "ip_options"))
    assert cells(page) == ["Bloquear", "NAT", "Firewall", "Cache", "Controle de banda", "Amarrar MAC ao IP"]
    box = editor(qtbot, desk, page, IpOptionDialog)
    box.form.set("label", "Porta 25")
    box.form.set("code", "porta_25")
    press(qtbot, box, "Salvar")
    calm(qtbot, desk)
    assert box.form["address_list"].problem
    box.form.set("address_list", "smtp")
    save(qtbot, desk, box)
    gone(qtbot, IpOptionDialog)
    qtbot.waitUntil(lambda: "Porta 25" in cells(page), timeout=PATIENCE)
    there = editor(qtbot, desk, page, IpOptionDialog, 0)
    assert there.form["code"].read_only
    there.reject()
