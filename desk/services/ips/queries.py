"""Questions about IPs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import text

from desk.models.ips import Encryption, IpEffect
from desk.services.core.bus import Query, use_case
from desk.services.core.work import Work
from desk.services.ips import rules
from desk.services.ips.commands import MacEntry
from desk.services.ips.errors import IpNotFound
from desk.services.plans.errors import PlanNotFound


@dataclass(frozen=True)
class PointChoice:
    """An access point that an IP can be of."""

    id: int
    name: str
    router: str
    families: tuple[int, ...]  # 4, 6: of which its ranges are


@dataclass(frozen=True)
class LoginChoice:
    """A login whose session can bring an IP."""

    id: int
    login: str


@dataclass(frozen=True)
class OptionChoice:
    """One switch of the tab Opções."""

    code: str
    label: str
    hint: str
    effect: IpEffect
    default_on: bool


@dataclass(frozen=True)
class IpForm:
    """What the dialog of a plan's IP offers."""

    plan_id: int
    customer_id: int
    access_point_id: int | None
    down_kbps: int
    up_kbps: int
    points: tuple[PointChoice, ...]
    logins: tuple[LoginChoice, ...]
    options: tuple[OptionChoice, ...]


@dataclass(frozen=True)
class IpDetails:
    """An IP with everything its dialog shows but the code."""

    id: int
    plan_id: int
    version: int
    address: str
    prefix: int
    block: str
    access_point_id: int | None
    login_id: int | None
    description: str
    encryption: Encryption
    down_kbps: int | None
    up_kbps: int | None
    options: tuple[str, ...]
    macs: tuple[MacEntry, ...]


@dataclass(frozen=True)
class MacHint:
    """Where else a MAC is, or was: the same person under another name shows here (IP-03)."""

    mac: str
    customer_id: int
    customer: str
    thing: str  # address or login
    deleted_at: dt.datetime | None  # None: it is live


@dataclass(frozen=True)
class IpFormOf(Query[IpForm]):
    """What the dialog for an IP of this plan starts from."""

    plan_id: int


@dataclass(frozen=True)
class OneIp(Query[IpDetails]):
    """An IP to be edited."""

    ip_id: int


@dataclass(frozen=True)
class MacHints(Query[tuple[MacHint, ...]]):
    """Who else has, or had, this MAC; asked while typing, at most five."""

    mac: str
    but: int | None = None


_PLAN = text("""
    SELECT p.id, p.customer_id, p.access_point_id, c.down_kbps, c.up_kbps
      FROM desk.customer_plans p JOIN desk.catalog_plans c ON c.id = p.catalog_plan_id
     WHERE p.id = :plan AND p.deleted_at IS NULL""")
_POINTS = text("""
    SELECT a.id, a.name, COALESCE(r.name, '') AS router,
           ARRAY(SELECT DISTINCT family(g.network) FROM desk.ip_ranges g
                  WHERE g.access_point_id = a.id AND g.active ORDER BY 1) AS families
      FROM desk.access_points a LEFT JOIN desk.routing_servers r ON r.id = a.routing_server_id
     WHERE a.active ORDER BY a.name""")
_LOGINS = text("""
    SELECT id, login FROM desk.radius_logins WHERE plan_id = :plan AND deleted_at IS NULL ORDER BY lower(login)""")
_OPTIONS = text("""
    SELECT code, label, hint, effect, default_on FROM desk.ip_options WHERE active ORDER BY position, label""")
_IP = text("""
    SELECT id, plan_id, version, host(address) AS address, masklen(address) AS prefix, block::text AS block,
           access_point_id, login_id, description, encryption, down_kbps, up_kbps, options,
           ARRAY(SELECT ARRAY[upper(m.mac::text), m.equipment] FROM desk.customer_ip_macs m
                  WHERE m.ip_id = i.id ORDER BY m.id) AS macs
      FROM desk.customer_ips i WHERE id = :id AND deleted_at IS NULL""")
# Each branch is one look into an index by MAC.
_HINTS = text("""
    SELECT upper(f.mac::text) AS mac, c.id AS customer_id, c.name AS customer, f.thing, f.deleted_at
      FROM (SELECT m.mac, i.plan_id, host(i.address) AS thing, i.deleted_at
              FROM desk.customer_ip_macs m JOIN desk.customer_ips i ON i.id = m.ip_id
             WHERE m.mac = CAST(:mac AS macaddr) AND i.id IS DISTINCT FROM CAST(:but AS bigint)
             UNION ALL
            SELECT l.mac_lock, l.plan_id, l.login, l.deleted_at
              FROM desk.radius_logins l WHERE l.mac_lock = CAST(:mac AS macaddr) AND l.deleted_at IS NOT NULL) f
      JOIN desk.customer_plans p ON p.id = f.plan_id
      JOIN desk.customers c ON c.id = p.customer_id
     ORDER BY f.deleted_at DESC NULLS FIRST LIMIT 5""")


@use_case(IpFormOf, permission=None)
def ip_form_of(query: IpFormOf, work: Work) -> IpForm:
    """Four statements; PlanNotFound when it is gone."""
    plan = work.session.execute(_PLAN, {"plan": query.plan_id}).mappings().one_or_none()
    if plan is None:
        raise PlanNotFound("plan", query.plan_id)
    return IpForm(
        plan_id=plan["id"],
        customer_id=plan["customer_id"],
        access_point_id=plan["access_point_id"],
        down_kbps=plan["down_kbps"],
        up_kbps=plan["up_kbps"],
        points=tuple(
            PointChoice(row.id, row.name, row.router, tuple(row.families)) for row in work.session.execute(_POINTS)
        ),
        logins=tuple(LoginChoice(*row) for row in work.session.execute(_LOGINS, {"plan": query.plan_id})),
        options=tuple(
            OptionChoice(row.code, row.label, row.hint, IpEffect(row.effect), row.default_on)
            for row in work.session.execute(_OPTIONS)
        ),
    )


@use_case(OneIp, permission=None)
def one_ip(query: OneIp, work: Work) -> IpDetails:
    """One statement; IpNotFound when it is gone."""
    row = work.session.execute(_IP, {"id": query.ip_id}).mappings().one_or_none()
    if row is None:
        raise IpNotFound("ip", query.ip_id)
    macs = tuple(MacEntry(mac, equipment) for mac, equipment in row["macs"])
    details = {**row, "encryption": Encryption(row["encryption"]), "options": tuple(row["options"]), "macs": macs}
    return IpDetails(**details)


@use_case(MacHints, permission=None)
def mac_hints(query: MacHints, work: Work) -> tuple[MacHint, ...]:
    """One statement, and none for what is no MAC."""
    mac = rules.plain_mac(query.mac)
    if mac is None:
        return ()
    return tuple(MacHint(**row) for row in work.session.execute(_HINTS, {"mac": mac, "but": query.but}).mappings())
