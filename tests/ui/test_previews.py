"""What each dialog says about the network while it is open, in the words that a clerk reads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from desk.demo.routeros import RouterOsStandIn
from desk.models.variables import Variable
from desk.services.access_points import AccessPoints, IpOptions, RoutingServers
from desk.services.catalog import CatalogPlans
from desk.services.plans import OnePlan
from desk.services.previews import Change, Way, rehearsal
from desk.ui.access_points.options import IpOptionDialog
from desk.ui.access_points.points import AccessPointDialog
from desk.ui.access_points.servers import RoutingServerDialog
from desk.ui.catalog.plans import CatalogPlanDialog
from desk.ui.core.network_box import some_of_each
from desk.ui.core.network_question import NetworkQuestion
from desk.ui.logins.dialogs import LoginDialog, PasswordChangeDialog
from desk.ui.plans.window import PlanDialog
from desk.ui.sessions.speed import SpeedDialog
from desk.ui.variables.page import VariablesPage
from tests.builders import a_routing_server, a_secret, an_access_point, an_ip
from tests.postgres import Database
from tests.services.core.line import SECRET, Line, a_line
from tests.services.core.net import PASSWORD, settled
from tests.services.test_plans import as_job
from tests.standins.nas import NasStandIn
from tests.ui.conftest import DeskAs
from tests.ui.screens import PATIENCE, dialog, gone
from tests.ui.test_ips import still

BOSS = "administrador"


@pytest.fixture
def line(database: Database) -> Iterator[Line]:
    """A customer who is online, behind a router that keeps secrets of its own and takes CoA."""
    with RouterOsStandIn() as router, NasStandIn(SECRET) as nas:
        found = a_line(database, router, nas)
        as_job(database, "UPDATE desk.routing_servers SET local_secrets = true")
        a_secret(database, "radius", found.login.id, "k2m4p6r8", clear=True)
        as_job(database, "UPDATE desk.catalog_plans SET login_limit = 3, allows_login = true")
        router.tables.secret("maria.casa", comment=f"desk:{found.login.id}", service="pppoe", password="k2m4p6r8")
        as_job(database, "INSERT INTO desk.login_places SELECT l.id, r.id FROM desk.radius_logins l,"
               " desk.routing_servers r ON CONFLICT DO NOTHING")  # fmt: skip
        settled(database)
        yield found


def test_a_new_login_says_what_the_router_will_hold(qtbot: QtBot, line: Line, desk_as: DeskAs) -> None:
    desk = desk_as(BOSS)
    desk.run_action("logins.new", desk.bus.execute(OnePlan(line.plan.id)).value)
    box = dialog(qtbot, LoginDialog)
    qtbot.waitUntil(lambda: len(box.network.said) == 2, timeout=PATIENCE)
    radius, router = box.network.said
    assert radius.startswith("RADIUS · ") and "recusa → aceita · senha ••••••••" in radius
    assert router.startswith("BNG 1 · Login no roteador: ") and "perfil default · senha ••••••••" in router
    password = box.password.value()
    assert not any(password in each for each in box.network.said)
    box.form.set("login", "")
    box.save()  # refused at its field; the box waits for nobody
    box.is_dirty = lambda: False
    box.reject()
    still(qtbot, desk)


def test_deleting_a_login_says_who_hears_of_it(qtbot: QtBot, line: Line, desk_as: DeskAs) -> None:
    desk = desk_as(BOSS)
    as_job(line.database, "UPDATE desk.variables SET value = 'S' WHERE code = %s", Variable.LOGIN_REQUIRED.code)
    desk.run_action("logins.delete", desk.bus.execute(OnePlan(line.plan.id)).value.logins[0])
    question = dialog(qtbot, NetworkQuestion)
    assert question.text.what == "Apagar o login maria.casa?"
    qtbot.waitUntil(lambda: len(question.network.said) == 1, timeout=PATIENCE)
    assert question.network.said == ["O login não foi apagado."]  # known before the button is pressed
    as_job(line.database, "UPDATE desk.variables SET value = 'N' WHERE code = %s", Variable.LOGIN_REQUIRED.code)
    question.network.ask(question.order)
    qtbot.waitUntil(lambda: len(question.network.said) == 5, timeout=PATIENCE)
    assert [each.partition(": ")[2] for each in question.network.said] == [
        "aceita → recusa",
        "login maria.casa · sessão 81700001 · IP 100.64.0.7 · prazo da conexão 1 s",
        "se nada provar o fim: login maria.casa · sessão 81700001 · IP 100.64.0.7",
        "se nada provar o fim: encerra a conexão de maria.casa",
        "retira maria.casa",
    ]
    question.go()
    gone(qtbot, NetworkQuestion)
    still(qtbot, desk)


def test_a_mute_router_is_said_and_saving_is_not_held_up(
    qtbot: QtBot, line: Line, desk_as: DeskAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsal, "LOOK_SECONDS", 0.3)
    line.router.faults.mute_after_accept = True
    desk = desk_as(BOSS)
    desk.run_action("logins.generate", desk.bus.execute(OnePlan(line.plan.id)).value.logins[0])
    box = dialog(qtbot, PasswordChangeDialog)
    qtbot.waitUntil(lambda: len(box.network.said) == 3, timeout=PATIENCE)
    mute, radius, router = box.network.said
    assert mute.startswith("BNG 1: não respondeu agora; abaixo, o que será enviado a partir do último estado conhecido")
    assert radius == "RADIUS · maria.casa: senha nova ••••••••"
    assert router == "BNG 1 · Login no roteador: senha ••••••••"
    assert box.primary is not None and box.primary.isEnabled()
    box.is_dirty = lambda: False
    box.reject()
    still(qtbot, desk)


def test_speed_says_the_coa_request(qtbot: QtBot, line: Line, desk_as: DeskAs) -> None:
    desk = desk_as(BOSS)
    desk.run_action("sessions.throttle", desk.bus.execute(OnePlan(line.plan.id)).value)
    box = dialog(qtbot, SpeedDialog)
    qtbot.waitUntil(lambda: len(box.network.said) == 2, timeout=PATIENCE)
    assert box.network.said == [
        "RADIUS · maria.casa: velocidade 100 / 50 Mbps → 10 / 5 Mbps",
        "BNG 1 · CoA-Request: login maria.casa · sessão 81700001 · IP 100.64.0.7"
        " · velocidade 100 / 50 Mbps → 10 / 5 Mbps",
    ]
    box.is_dirty = lambda: False
    box.reject()
    still(qtbot, desk)


def test_another_access_point_says_what_both_routers_hear(qtbot: QtBot, line: Line, desk_as: DeskAs) -> None:
    other = an_access_point(line.database, "Torre nova")
    desk = desk_as(BOSS)
    desk.run_action("plans.open", desk.bus.execute(OnePlan(line.plan.id)).value)
    box = dialog(qtbot, PlanDialog)
    assert box.network.isHidden()
    box.form.set("access_point_id", other.id)
    box.form["access_point_id"].edited.emit()
    qtbot.waitUntil(lambda: bool(box.network.said), timeout=PATIENCE)
    assert not box.network.isHidden()
    assert "BNG 1 · Login no roteador: retira maria.casa" in box.network.said
    box.is_dirty = lambda: False
    box.reject()
    still(qtbot, desk)


def test_a_catalogue_profile_counts_whom_it_reaches(qtbot: QtBot, line: Line, desk_as: DeskAs) -> None:
    desk = desk_as(BOSS)
    (row,) = [each for each in desk.bus.execute(CatalogPlans()).value if each.plans]
    box = CatalogPlanDialog(desk, row, None)  # type: ignore[arg-type]
    box.open()
    qtbot.waitUntil(lambda: not desk.background.busy, timeout=PATIENCE)
    assert box.network.isHidden()
    box.radius.set("radius_profile", "100M")
    box.radius.changed.emit("radius_profile")
    qtbot.waitUntil(lambda: len(box.network.said) == 2, timeout=PATIENCE)
    assert box.network.said == [
        "RADIUS · maria.casa: perfil 100M",
        "BNG 1 · Login no roteador: perfil default → 100M",
    ]
    box.is_dirty = lambda: False
    box.reject()
    still(qtbot, desk)


def test_an_access_point_says_whom_another_router_reaches(qtbot: QtBot, line: Line, desk_as: DeskAs) -> None:
    other = a_routing_server(line.database, "BNG 2", port=line.router.port, local_secrets=True)
    a_secret(line.database, "router", other.id, PASSWORD)
    (point_id,) = line.database.admin().execute("SELECT id FROM desk.access_points").fetchone() or (0,)
    an_ip(line.database, "10.0.0.2", plan_id=line.plan.id, access_point_id=point_id)
    settled(line.database)
    desk = desk_as(BOSS)
    (row,) = desk.bus.execute(AccessPoints()).value
    box = AccessPointDialog(desk, row, None)  # type: ignore[arg-type]
    box.open()
    box.form["routing_server_id"].editor.setFocus()
    qtbot.waitUntil(lambda: not desk.background.busy, timeout=PATIENCE)
    assert box.network.isHidden() and not box.network.soon.isActive()  # lists that arrive are no edits
    box.form.set("name", "Torre nova")
    assert box.network.isHidden() and not box.network.soon.isActive()
    box.form.set("routing_server_id", other.id)
    assert not box.network.isHidden() and box.save_button.isEnabled()
    qtbot.waitUntil(lambda: bool(box.network.said), timeout=PATIENCE)
    assert box.network.said[0] == "Alcança 1 login e 1 IP."
    # It stands low: the dialog moves up to it, and not past the field that has the focus.
    qtbot.waitUntil(lambda: box.area.verticalScrollBar().value() > 0, timeout=PATIENCE)
    inside = box.area.viewport()
    assert inside.rect().contains(box.form["routing_server_id"].editor.mapTo(inside, QPoint(0, 0)))
    assert inside.rect().contains(box.network.mapTo(inside, QPoint(0, 30)))
    assert "BNG 1 · Login no roteador: retira maria.casa" in box.network.said
    box.form.set("name", "")
    assert box.network.isHidden()  # such a draft cannot be saved
    box.form.set("name", "Torre")
    box.form.set("routing_server_id", row.routing_server_id)
    assert box.network.isHidden() and not box.network.soon.isActive()
    box.is_dirty = lambda: False
    box.reject()
    still(qtbot, desk)


def test_a_switch_of_ips_says_what_every_ip_that_has_it_on_is_owed(qtbot: QtBot, line: Line, desk_as: DeskAs) -> None:
    (point_id,) = line.database.admin().execute("SELECT id FROM desk.access_points").fetchone() or (0,)
    as_job(line.database, "UPDATE desk.access_points SET sets_queue = true")
    for address in ("10.0.0.2", "10.0.0.3"):
        an_ip(line.database, address, plan_id=line.plan.id, access_point_id=point_id, options=["firewall"])
    an_ip(line.database, "10.0.0.4", plan_id=line.plan.id, access_point_id=point_id)
    settled(line.database)
    desk = desk_as(BOSS)
    (row,) = [each for each in desk.bus.execute(IpOptions()).value if each.code == "firewall"]
    box = IpOptionDialog(desk, row, None)  # type: ignore[arg-type]
    box.open()
    box.form.set("label", "Outro nome")
    assert box.network.isHidden() and not box.network.soon.isActive()  # no router hears of a label
    box.form.set("address_list", "lista-nova")
    assert not box.network.isHidden() and box.save_button.isEnabled()
    qtbot.waitUntil(lambda: bool(box.network.said), timeout=PATIENCE)
    assert box.network.said[0] == "Alcança 2 IPs."
    told = "\n".join(box.network.said)
    assert "lista-nova" in told and "10.0.0.2" in told and "10.0.0.3" in told and "10.0.0.4" not in told
    box.form.set("address_list", row.address_list)
    assert box.network.isHidden() and not box.network.soon.isActive()
    box.is_dirty = lambda: False
    box.reject()
    other = IpOptionDialog(desk, None, None)  # type: ignore[arg-type]
    qtbot.addWidget(other)
    assert not hasattr(other, "network")  # nobody has a new one on
    still(qtbot, desk)


def test_an_access_point_that_is_saved_before_its_lists_arrive_keeps_its_router(
    qtbot: QtBot, line: Line, desk_as: DeskAs
) -> None:
    desk = desk_as(BOSS)
    (row,) = desk.bus.execute(AccessPoints()).value
    assert row.routing_server_id is not None
    box = AccessPointDialog(desk, row, None)  # type: ignore[arg-type]
    box.open()
    box.form.set("name", "Torre nova")
    done: list[object] = []
    box.saved = done.append
    box.save()
    qtbot.waitUntil(lambda: len(done) == 1, timeout=PATIENCE)
    (saved,) = desk.bus.execute(AccessPoints()).value
    assert (saved.name, saved.routing_server_id) == ("Torre nova", row.routing_server_id)
    still(qtbot, desk)


def test_an_answer_that_comes_after_the_edit_was_taken_back_is_not_shown(
    qtbot: QtBot, line: Line, desk_as: DeskAs
) -> None:
    desk = desk_as(BOSS)
    (row,) = desk.bus.execute(RoutingServers()).value
    box = RoutingServerDialog(desk, row, None)  # type: ignore[arg-type]
    box.open()
    qtbot.waitUntil(lambda: not desk.background.busy, timeout=PATIENCE)
    box.radius.set("local_secrets", False)
    box.network.ask(box.order())
    box.radius.set("local_secrets", True)
    qtbot.waitUntil(lambda: not desk.background.busy, timeout=PATIENCE)
    assert box.network.isHidden() and box.network.said == []
    box.is_dirty = lambda: False
    box.reject()
    still(qtbot, desk)


def test_a_router_at_another_address_is_not_called_before_it_is_saved(
    qtbot: QtBot, line: Line, desk_as: DeskAs
) -> None:
    desk = desk_as(BOSS)
    (row,) = desk.bus.execute(RoutingServers()).value
    box = RoutingServerDialog(desk, row, None)  # type: ignore[arg-type]
    box.open()
    box.radius.set("coa_port", 3800)
    assert box.network.isHidden()
    box.form.set("host", "127.0.0.2")
    qtbot.waitUntil(lambda: bool(box.network.said), timeout=PATIENCE)
    moved, router = box.network.said
    assert moved.startswith("BNG 1: ainda não foi consultado no endereço novo; abaixo, o que será enviado se ele")
    assert router.startswith("BNG 1 · Login no roteador: maria.casa") and "senha ••••••••" in router
    box.is_dirty = lambda: False
    box.reject()
    still(qtbot, desk)


def test_who_may_not_save_and_what_is_new_are_told_nothing(qtbot: QtBot, line: Line, desk_as: DeskAs) -> None:
    desk = desk_as("atendente")
    (row,) = desk.bus.execute(RoutingServers()).value
    for box in (RoutingServerDialog(desk, row, None), AccessPointDialog(desk_as(BOSS), None, None)):  # type: ignore[arg-type]
        qtbot.addWidget(box)
        for form in box.forms:
            form.changed.emit("host")
        if isinstance(box, RoutingServerDialog):
            box.form.set("host", "127.0.0.2")
            assert box.network.isHidden() and not box.network.soon.isActive()
        else:
            assert not hasattr(box, "network")
        still(qtbot, box.desk)


def test_many_logins_do_not_hide_what_is_said_about_ips() -> None:
    logins = [Change(Way.API, "BNG 1", f"loja{at}", "add", "/ppp/secret/add") for at in range(20)]
    ips = [Change(Way.API, "BNG 1", f"10.0.0.{at}", "add", "/queue/simple/add") for at in range(20)]
    shown = [each.thing for each in some_of_each([*logins, *ips])]
    assert shown == ["loja0", "loja1", "loja2", "loja3", "10.0.0.0", "10.0.0.1", "10.0.0.2"]
    assert some_of_each(logins[:3]) == logins[:3]


def test_a_variable_that_slows_everybody_says_whom_it_reaches_and_going_back_changes_nothing(
    qtbot: QtBot, line: Line, desk_as: DeskAs
) -> None:
    """`Velocidade Reduzida (% da contratada)` is one number that reaches every throttled plan at once."""
    as_job(line.database, "UPDATE desk.customer_plans SET throttled = true WHERE id = %s", line.plan.id)
    as_job(line.database, "UPDATE desk.radius_sessions SET rate_limit = '5000k/10000k'")
    settled(line.database)
    desk = desk_as("administrador")
    page = VariablesPage(desk)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: "throttle_percent" in page.lines, timeout=PATIENCE)
    number = page.lines["throttle_percent"]
    assert number.number is not None

    def ask(value: str) -> NetworkQuestion:
        assert number.number is not None
        number.number.edit.setText(value)
        number.number.edit.editingFinished.emit()
        number.number.edit.editingFinished.emit()  # as when the question takes the focus
        question = dialog(qtbot, NetworkQuestion)
        qtbot.waitUntil(lambda: bool(question.network.said), timeout=PATIENCE)
        return question

    question = ask("20")
    assert any("velocidade 10 / 5 Mbps → 20 / 10 Mbps" in said for said in question.network.said), question.network.said
    question.reject()
    qtbot.waitUntil(lambda: number.number is not None and number.number.value() == 10, timeout=PATIENCE)
    assert line.row()["rate_limit"] == "5000k/10000k" and not line.owes()
    question = ask("30")
    assert question.primary is not None
    question.primary.click()
    qtbot.waitUntil(lambda: number.found.value == "30", timeout=PATIENCE)
    assert line.owes()
    page.close()
