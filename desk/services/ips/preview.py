"""What the routers would be told of an IP, asked of them before anything is saved. Changes nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from desk.integrations.errors import IntegrationError
from desk.models.ips import IpEffect
from desk.models.people import Permission
from desk.services.core.bus import Query, use_case
from desk.services.core.errors import DomainError
from desk.services.core.secrets import reveal
from desk.services.core.work import Work
from desk.services.ips import rules
from desk.services.ips.commands import IpDraft
from desk.services.ips.network import Difference, WantedIp, plan
from desk.services.ips.reconcile import differences_at
from desk.services.ips.taking import place_of
from desk.services.ips.wanted import KnownIp, enforcement_at, speed, wanted_ip
from desk.services.logins.reconcile import address_of, router_at
from desk.services.plans.errors import PlanNotFound

LOOK_SECONDS = 3.0  # a dialog may wait for nobody longer than that


@dataclass(frozen=True)
class IpChange:
    """One line of a router, as it is and as it would be."""

    act: str  # "add" | "change" | "drop"
    menu: str
    before: str
    after: str


@dataclass(frozen=True)
class IpLook:
    """One router as it answered just now, or the reason why it did not."""

    device: str
    answers: bool
    problem: str = ""
    changes: tuple[IpChange, ...] = ()


@dataclass(frozen=True)
class IpPreview:
    """All that saving, or deleting, would do on the network."""

    at: dt.datetime
    by_radius: bool
    routers: tuple[IpLook, ...]


@dataclass(frozen=True, kw_only=True)
class PreviewIp(Query[IpPreview]):
    """The exact differences of a draft; of a deletion when there is no draft."""

    plan_id: int
    ip_id: int | None = None
    draft: IpDraft | None = None


@dataclass(frozen=True, kw_only=True)
class LookAtIps(Query[IpPreview]):
    """What the routers would be told if the plan's IPs were allowed, or blocked, now."""

    plan_id: int
    allowed: bool


_PLAN = text("""
    SELECT s.grants_access OR COALESCE(p.provisional_until > clock_timestamp(), false) AS granted, p.throttled,
           c.down_kbps, c.up_kbps
      FROM desk.customer_plans p JOIN desk.plan_statuses s ON s.code = p.status
      JOIN desk.catalog_plans c ON c.id = p.catalog_plan_id WHERE p.id = :plan""")
_OPTIONS = text("""
    SELECT effect, address_list FROM desk.ip_options WHERE code = ANY (:codes) AND active ORDER BY position, code""")
_IPS = text("SELECT id FROM desk.customer_ips WHERE plan_id = :plan AND deleted_at IS NULL ORDER BY id")


@use_case(PreviewIp, permission=Permission.EDIT_PLAN_IP)
def preview_ip(query: PreviewIp, work: Work) -> IpPreview:
    """Reads what is wanted, lets the session go, then visits each router once, for a few seconds at most."""
    session = work.session
    there = wanted_ip(session, query.ip_id) if query.ip_id is not None else None
    if query.draft is None:
        known = replace(there, wanted=replace(there.wanted, exists=False)) if there is not None else None
    else:
        known = _drafted(session, query, query.draft, there)
    return _looked(work, [known] if known is not None else [])


@use_case(LookAtIps, permission=(Permission.EDIT_PLAN_STATUS, Permission.ENABLE_SUSPENDED))
def look_at_ips(query: LookAtIps, work: Work) -> IpPreview:
    """The same for all IPs of a plan whose status is about to change."""
    found = [wanted_ip(work.session, ip_id) for ip_id in work.session.scalars(_IPS, {"plan": query.plan_id}).all()]
    return _looked(
        work,
        [replace(known, wanted=replace(known.wanted, allowed=query.allowed)) for known in found if known is not None],
    )


def _drafted(session: Session, query: PreviewIp, draft: IpDraft, there: KnownIp | None) -> KnownIp:
    """The IP as it would be, with the routers that it would leave."""
    row = session.execute(_PLAN, {"plan": query.plan_id}).mappings().one_or_none()
    if row is None:
        raise PlanNotFound("plan", query.plan_id)
    router_id, enforcement = enforcement_at(session, draft.access_point_id)
    effects = [(IpEffect(effect), name) for effect, name in session.execute(_OPTIONS, {"codes": list(draft.options)})]
    on = {effect for effect, _ in effects}
    macs = tuple(mac for mac in (rules.plain_mac(entry.mac) for entry in draft.macs) if mac)
    down = draft.down_kbps if draft.down_kbps is not None else row["down_kbps"]
    up = draft.up_kbps if draft.up_kbps is not None else row["up_kbps"]
    wanted = WantedIp(
        id=query.ip_id or 0,
        exists=True,
        allowed=row["granted"] and IpEffect.BLOCK not in on,
        address=str(rules.parse_address(draft.address)),
        block=place_of(session, draft.address, draft.prefix, draft.access_point_id).block,
        enforcement=enforcement,
        by_radius=draft.login_id is not None,
        macs=macs,
        down_kbps=speed(down, throttled=row["throttled"]),
        up_kbps=speed(up, throttled=row["throttled"]),
        limits_speed=IpEffect.BANDWIDTH in on or row["throttled"],
        binds_mac=IpEffect.BIND_MAC in on,
        lists=tuple(name for effect, name in effects if effect is IpEffect.LIST),
    )
    left = {*there.routers} - {router_id} if there is not None else set()
    return KnownIp(wanted, router_id, was_there=there is not None, left_behind=tuple(sorted(left)))


def _looked(work: Work, ips: list[KnownIp]) -> IpPreview:
    concerned: dict[int, list[WantedIp]] = {}
    for known in ips:
        for router_id in known.routers:
            concerned.setdefault(router_id, []).append(known.at(router_id))
    rows = {router_id: router_at(work.session, router_id) for router_id in concerned}
    work.session.close()
    looks = tuple(_look(work, rows[router_id], wanted) for router_id, wanted in concerned.items())
    return IpPreview(dt.datetime.now(dt.UTC), any(known.wanted.by_radius for known in ips), looks)


def _look(work: Work, row: Any, wanted: list[WantedIp]) -> IpLook:
    # A new IP has no number yet, so nothing on the router can be its own.
    new = [change for each in wanted if not each.id for change in plan(each, ())]
    try:
        password = reveal(work.sessions, "router", row.id, "prévia").text
    except DomainError:
        return IpLook(row.name, answers=False, problem="no_credentials", changes=tuple(map(_change, new)))
    try:
        with work.ports.router(address_of(row, password)).open(deadline=LOOK_SECONDS) as api:
            found = [change for each in wanted if each.id for change in differences_at(api, each)]
            if not found and not new:
                api.info()  # nothing to compare, yet whether it answers is worth knowing
    except IntegrationError as error:
        return IpLook(row.name, answers=False, problem=error.reason.value, changes=tuple(map(_change, new)))
    return IpLook(row.name, answers=True, changes=tuple(map(_change, [*new, *found])))


def _change(difference: Difference) -> IpChange:
    return IpChange(difference.act.value, difference.menu.value, difference.was, difference.will)
