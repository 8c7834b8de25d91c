"""The part of the tour about addresses: tabs of an IP, ranges, a speed that comes back; and a lost database."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from desk.services.access_points import AccessPoints, IpRanges
from desk.services.ips import Encryption
from desk.services.sessions import ThrottlePlan
from desk.tour import Tour
from desk.ui.access_points.ranges import RangeDialog

if TYPE_CHECKING:
    from desk.services.plans import PlanRow
    from desk.ui.plans.page import PlansPage


def addresses(tour: Tour, plan: PlanRow | None) -> None:
    """Mac Adress, Velocidade and Opções of a new IP, each with what a clerk would enter."""
    desk = tour.shell.desk
    for name, fill in (("ip-mac", _mac), ("ip-velocidade", _speed), ("ip-opcoes", _options)):
        tour.over(name, lambda: desk.run_action("ips.new", plan), partial(_filled, tour, fill))


def _filled(tour: Tour, fill: Any, dialog: Any) -> None:
    dialog.addresses.next_free()
    tour.until(lambda: dialog.addresses.address.text(), "the next free address")
    fill(dialog)
    tour.until(lambda: not dialog._soon.isActive() and dialog.network.said, "the routers")


def _mac(dialog: Any) -> None:
    dialog.tabs.setCurrentIndex(1)
    dialog.macs.rows[0].set("macs", "02:00:5E:00:53:1A")
    dialog.macs.form.set("encryption", Encryption.WPA2)
    dialog.macs.form.set("code", "Kp7m-Rt4x-Wz9c")  # the same in every drawing


def _speed(dialog: Any) -> None:
    dialog.tabs.setCurrentIndex(2)
    dialog.speed.set("of_plan", False)
    dialog.speed.set("down_kbps", 300_000)
    dialog.speed.set("up_kbps", 150_000)


def _options(dialog: Any) -> None:
    dialog.tabs.setCurrentIndex(3)


def ranges(tour: Tour) -> None:
    """The editor of one range of an access point."""
    desk, window = tour.shell.desk, tour.shell.window
    for point in desk.bus.execute(AccessPoints()).value:
        for place in desk.bus.execute(IpRanges(access_point_id=point.id)).value:
            if place.gateway:
                tour.over("faixa-de-ip", lambda: RangeDialog(desk, point, place, 0, window).open())  # noqa: B023
                return
    raise LookupError("no access point has a range with a gateway")


def restore_speed(tour: Tour, page: PlansPage) -> None:
    """Restabelecer Velocidade Provisória, of a plan that is throttled."""
    desk = tour.shell.desk
    plan = page.plan_of(page.tree.current_node())
    if plan is None:
        raise LookupError("no plan is in sight")
    order = ThrottlePlan(plan_id=plan.id, version=plan.version, reason="Atraso no pagamento")
    desk.do(order, owner=tour.shell.window)
    tour.until(lambda: (now := page.plan_of(page.tree.current_node())) and now.throttled, "the throttled plan")
    tour.calm()
    slow = page.plan_of(page.tree.current_node())
    tour.over("restabelecer-velocidade", lambda: desk.run_action("sessions.restore_speed", slow), partial(_known, tour))


def _known(tour: Tour, dialog: Any) -> None:
    tour.until(lambda: not dialog.network.soon.isActive() and "conferido" in dialog.network.when.text(), "the network")


def lost_database(tour: Tour) -> None:
    """The banner, as the listener raises it when the server is gone."""
    window = tour.shell.window
    tour.shell.desk.connected.emit(False)
    tour.draw("banco-perdido", window)
    tour.shell.desk.connected.emit(True)
