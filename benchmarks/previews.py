"""What a preview costs: the rehearsal of an order against the order itself, and what a mute router adds."""

from __future__ import annotations

import time
from dataclasses import replace

from benchmarks.suspend import ROLE, database_of
from benchmarks.timing import line, pair
from desk.bootstrap import sign_in
from desk.demo.routeros import RouterOsStandIn
from desk.services.catalog import CatalogPlanRow, CatalogPlans, SaveCatalogPlan
from desk.services.core.bus import Bus
from desk.services.plans import OnePlan, SuspendPlan
from desk.services.previews import Rehearse
from desk.services.sessions import EndThrottle, ThrottlePlan
from tests.builders import Plan, a_catalog_plan, a_plan
from tests.postgres import Cluster, Database, password_of
from tests.services.core.net import router_of, settled

REACHED = 2_000
Figures = list[tuple[str, str, str, str]]


def run(cluster: Cluster) -> Figures:
    """Click by click, then a line of settings that reaches thousands, then a router that says nothing."""
    database = database_of(cluster)
    person = sign_in(database.server(), ROLE, password_of(ROLE))
    try:
        plain = a_plan(database, logins=1)
        return [_click(person.bus, plain), _settings(database, person.bus), *_routers(database, person.bus)]
    finally:
        person.close()
        database.close()


def _click(bus: Bus, plan: Plan) -> tuple[str, str, str, str]:
    def given() -> None:
        """The order itself, and its inverse, so that it can be given again: half of it is the price of one."""
        slow = bus.execute(ThrottlePlan(plan_id=plan.id, reason="medida", version=_version(bus, plan))).value
        bus.execute(EndThrottle(plan_id=plan.id, version=slow.version))

    def rehearsed() -> None:
        bus.execute(Rehearse(command=ThrottlePlan(plan_id=plan.id, reason="medida", version=_version(bus, plan))))

    ours, twice = pair(rehearsed, given)
    return line("prévia de uma ordem, sem roteador, contra a ordem", ours, twice / 2)


def _settings(database: Database, bus: Bus) -> tuple[str, str, str, str]:
    product = a_catalog_plan(database, radius_profile="50M", login_limit=2)
    with RouterOsStandIn() as router:
        point = router_of(database, router, local=True)
        for _ in range(REACHED // 10):
            a_plan(database, catalog_plan=product, access_point=point, logins=10)
        settled(database)
        row = next(each for each in bus.execute(CatalogPlans()).value if each.id == product.id)
        begin = time.perf_counter()
        preview = bus.execute(Rehearse(command=_saved(row, "100M"))).value
        ours = time.perf_counter() - begin
        assert preview.logins == REACHED
        begin = time.perf_counter()
        bus.execute(_saved(row, "100M"))
        floor = time.perf_counter() - begin
    return line(
        f"prévia de um perfil do catálogo que alcança {REACHED} logins, contra a ordem", ours * 1e3, floor * 1e3
    )


def _saved(row: CatalogPlanRow, profile: str) -> SaveCatalogPlan:
    names = SaveCatalogPlan.__dataclass_fields__
    values = {name: getattr(row, name) for name in names if hasattr(row, name)}
    values |= {"seen_unit_ids": row.unit_ids, "seen_composition": row.composition}
    return replace(SaveCatalogPlan(**values), radius_profile=profile)


def _routers(database: Database, bus: Bus) -> Figures:
    found: list[float] = []
    with RouterOsStandIn() as router:
        plan = a_plan(database, access_point=router_of(database, router, local=True), logins=1)
        settled(database)
        for mute in (False, True):
            router.faults.mute_after_accept = mute
            order = SuspendPlan(plan_id=plan.id, reason="medida", version=_version(bus, plan))
            begin = time.perf_counter()
            bus.execute(Rehearse(command=order))
            found.append((time.perf_counter() - begin) * 1000)
    live, dumb = found
    return [line("prévia com roteador mudo, contra um que responde (a janela não espera por ela)", dumb, live)]


def _version(bus: Bus, plan: Plan) -> int:
    return bus.execute(OnePlan(plan.id)).value.version
