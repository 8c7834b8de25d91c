"""What each dialog says about the network while it is open, in the words that a clerk reads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from desk.demo.routeros import RouterOsStandIn
from desk.models.variables import Variable
from desk.services.catalog import CatalogPlans
from desk.services.plans import OnePlan
from desk.services.previews import rehearsal
from desk.ui.catalog.plans import CatalogPlanDialog
from desk.ui.core.network_question import NetworkQuestion
from desk.ui.logins.dialogs import LoginDialog, PasswordChangeDialog
from desk.ui.plans.window import PlanDialog
from desk.ui.sessions.speed import SpeedDialog
from tests.builders import a_secret, an_access_point
from tests.postgres import Database
from tests.services.core.line import SECRET, Line, a_line
from tests.services.core.net import settled
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
    qtbot.waitUntil(lambda: len(question.network.said) == 4, timeout=PATIENCE)
    assert [each.partition(": ")[2] for each in question.network.said] == [
        "aceita → recusa",
        "login maria.casa · sessão 81700001 · IP 100.64.0.7",
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
        "RADIUS · maria.casa: velocidade 50000k/100000k → 5000k/10000k",
        "BNG 1 · CoA-Request: login maria.casa · sessão 81700001 · IP 100.64.0.7"
        " · velocidade 50000k/100000k → 5000k/10000k",
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
