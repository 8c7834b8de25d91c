"""What can be done with IPs; one function per command."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select, text

from desk.models.catalog import CatalogPlan, PlanStatus
from desk.models.ips import CustomerIp, CustomerIpMac, Encryption
from desk.models.people import Permission
from desk.models.plans import CustomerPlan
from desk.services.core.bus import use_case
from desk.services.core.errors import Invalid, StaleRecord, Violation
from desk.services.core.secrets import reveal, store_secret
from desk.services.core.work import Work
from desk.services.ips import rules
from desk.services.ips.commands import (
    CodeShown,
    CreateIp,
    DeleteIp,
    EditIp,
    HoldIp,
    IpDraft,
    IpReserved,
    IpSaved,
    ReleaseIp,
    RenewIp,
    ReserveIp,
    RevealCode,
)
from desk.services.ips.errors import IpNotFound, MacInUse, NoFreeIp, PlanIpsFixed, PlanTakesNoIps
from desk.services.ips.taking import place_of, require_free
from desk.services.plans.errors import PlanNotFound
from desk.services.plans.rules import may_add_items, may_edit_items

SECRET = "wpa2"
_RESERVE = text(
    "SELECT host(told) AS address, masklen(told) AS prefix, block::text AS block, network::text AS network,"
    " COALESCE(host(gateway), '') AS gateway"
    " FROM desk.reserve_ip(:point, :family, CAST(:token AS uuid), CAST(:beyond AS inet))"
)
_SAME_MAC = text("""
    SELECT upper(m.mac::text) AS mac, c.name AS customer, host(i.address) AS address
      FROM desk.customer_ip_macs m
      JOIN desk.customer_ips i ON i.id = m.ip_id AND i.deleted_at IS NULL
      JOIN desk.customer_plans p ON p.id = i.plan_id
      JOIN desk.customers c ON c.id = p.customer_id
     WHERE m.mac = ANY (CAST(:macs AS macaddr[])) AND i.id IS DISTINCT FROM CAST(:but AS bigint)
     ORDER BY m.id LIMIT 1""")


def _ip(work: Work, ip_id: int, version: int) -> tuple[CustomerIp, CustomerPlan]:
    ip = work.session.get(CustomerIp, ip_id)
    if ip is None or ip.deleted_at is not None:
        raise IpNotFound("ip", ip_id)
    if ip.version != version:
        raise StaleRecord(work.changes_since("customer_ips", ip_id, version))
    return ip, work.session.get_one(CustomerPlan, ip.plan_id)


def _status_label(work: Work, plan: CustomerPlan) -> str:
    return work.session.execute(select(PlanStatus.description).where(PlanStatus.code == plan.status)).scalar_one()


def check_draft(draft: IpDraft) -> list[Violation]:
    """Everything about a draft that can be told without the database."""
    address = rules.parse_address(draft.address)
    return [
        *rules.check_address(draft.address),
        *(rules.check_prefix(draft.prefix, address.version) if address is not None else ()),
        *rules.check_macs([entry.mac for entry in draft.macs]),
        *rules.check_code(draft.encryption, draft.code),
        *rules.check_speed(draft.down_kbps, draft.up_kbps),
    ]


@use_case(CreateIp, permission=Permission.EDIT_PLAN_IP)
def create_ip(cmd: CreateIp, work: Work) -> IpSaved:
    """Give a plan an address; it is this customer's with the commit, and the routers are owed the rest."""
    plan = work.session.get(CustomerPlan, cmd.plan_id)
    if plan is None or plan.deleted_at is not None:
        raise PlanNotFound("plan", cmd.plan_id)
    catalog = work.session.get_one(CatalogPlan, plan.catalog_plan_id)
    if not catalog.allows_ip:
        raise PlanTakesNoIps(why=f"{catalog.name} não permite IP.")
    if not may_add_items(plan.status, catalog.bills_when_debt_suspended):
        raise PlanTakesNoIps(why=f"O plano está em “{_status_label(work, plan)}”.")
    ip = CustomerIp(plan_id=plan.id)
    code = rules.generate_code() if cmd.draft.encryption is Encryption.WPA2 and not cmd.draft.code else cmd.draft.code
    _fill(cmd, work, ip, None)
    work.session.add(ip)
    work.session.flush()
    for entry in cmd.draft.macs:
        work.session.add(CustomerIpMac(ip_id=ip.id, mac=rules.plain_mac(entry.mac), equipment=entry.equipment))
    if cmd.draft.encryption is Encryption.WPA2 and code:
        store_secret(work.session, SECRET, ip.id, code)
    work.record("ip.created", customer_id=plan.customer_id, plan_id=plan.id, address=cmd.draft.address)
    return _saved(work, ip, plan)


@use_case(EditIp, permission=Permission.EDIT_PLAN_IP)
def edit_ip(cmd: EditIp, work: Work) -> IpSaved:
    """Change an IP of an enabled plan; another address frees the former one at once."""
    ip, plan = _ip(work, cmd.ip_id, cmd.version)
    if not may_edit_items(plan.status):
        raise PlanIpsFixed(status=_status_label(work, plan))
    before = str(ip.address)
    _fill(cmd, work, ip, ip.id)
    there = {
        str(found.mac).upper(): found
        for found in work.session.scalars(select(CustomerIpMac).where(CustomerIpMac.ip_id == ip.id))
    }
    wanted = {rules.plain_mac(entry.mac): entry for entry in cmd.draft.macs}
    for mac, found in there.items():
        if mac not in wanted:
            work.session.execute(text("SELECT desk.delete_customer_ip_macs(:id)"), {"id": found.id})
    for plain, entry in wanted.items():
        if plain in there:
            there[plain].equipment = entry.equipment
        else:
            work.session.add(CustomerIpMac(ip_id=ip.id, mac=plain, equipment=entry.equipment))
    if cmd.draft.encryption is Encryption.WPA2 and cmd.draft.code:
        store_secret(work.session, SECRET, ip.id, cmd.draft.code)
    work.record("ip.edited", customer_id=plan.customer_id, plan_id=plan.id, address=cmd.draft.address, before=before)
    return _saved(work, ip, plan)


def _fill(cmd: CreateIp | EditIp, work: Work, ip: CustomerIp, but: int | None) -> None:
    draft = cmd.draft
    if found := check_draft(draft):
        raise Invalid(found)
    place = place_of(work.session, draft.address, draft.prefix, draft.access_point_id)
    require_free(work.session, draft.address, place.block, token=cmd.token, but=but)
    macs = [mac for mac in (rules.plain_mac(entry.mac) for entry in draft.macs) if mac]
    if macs and not cmd.confirmed:
        same = work.session.execute(_SAME_MAC, {"macs": macs, "but": but}).mappings().one_or_none()
        if same is not None:
            raise MacInUse(**same)
    ip.address = f"{rules.parse_address(draft.address)}/{draft.prefix}"
    ip.block = place.block
    for name in ("access_point_id", "login_id", "description", "encryption", "down_kbps", "up_kbps"):
        setattr(ip, name, getattr(draft, name))
    ip.options = list(dict.fromkeys(draft.options))
    # The trigger that takes the address ends this reservation, and no other.
    token = str(cmd.token) if cmd.token is not None else ""
    work.session.execute(text("SELECT set_config('desk.ip_token', :token, true)"), {"token": token})


def _saved(work: Work, ip: CustomerIp, plan: CustomerPlan) -> IpSaved:
    work.session.flush()
    work.touch("plans", plan.customer_id)
    work.touch("access_points")
    return IpSaved(ip.id, plan.id, str(ip.address).partition("/")[0], ip.version)


@use_case(DeleteIp, permission=Permission.EDIT_PLAN_IP)
def delete_ip(cmd: DeleteIp, work: Work) -> IpSaved:
    """Delete an IP: its history line, Itens Apagados and the freed address are the database's own doing."""
    ip, plan = _ip(work, cmd.ip_id, cmd.version)
    ip.deleted_at = dt.datetime.now(dt.UTC)
    ip.deleted_by = work.actor.role
    work.touch("history", plan.customer_id)
    return _saved(work, ip, plan)


@use_case(ReserveIp, permission=Permission.EDIT_PLAN_IP)
def reserve_ip(cmd: ReserveIp, work: Work) -> IpReserved:
    """IP-10; NoFreeIp when every range is used up."""
    asked = {"point": cmd.access_point_id, "family": cmd.version, "token": cmd.token, "beyond": cmd.beyond}
    row = work.session.execute(_RESERVE, asked).mappings().one_or_none()
    if row is None:
        raise NoFreeIp()
    return IpReserved(**row)


@use_case(HoldIp, permission=Permission.EDIT_PLAN_IP)
def hold_ip(cmd: HoldIp, work: Work) -> IpReserved:
    """Reserve what was typed, or say whose it is."""
    address = rules.parse_address(cmd.address)
    found = list(rules.check_address(cmd.address))
    if not found and address is not None:
        found += rules.check_prefix(cmd.prefix, address.version)
    if found:
        raise Invalid(found)
    place = place_of(work.session, cmd.address, cmd.prefix, None)
    require_free(work.session, cmd.address, place.block, token=cmd.token, but=cmd.but)
    if cmd.but is None or not _has(work, cmd.but, place.block):
        hold = text("SELECT desk.hold_ip(CAST(:block AS cidr), CAST(:token AS uuid))")
        work.session.execute(hold, {"block": place.block, "token": cmd.token})
    return IpReserved(cmd.address, cmd.prefix, place.block, place.network, place.gateway)


def _has(work: Work, ip_id: int, block: str) -> bool:
    """Whether the IP being edited has (part of) the block itself: then there is nothing to reserve."""
    own = text("SELECT EXISTS (SELECT FROM desk.ip_holdings WHERE ip_id = :ip AND block && CAST(:block AS cidr))")
    return bool(work.session.execute(own, {"ip": ip_id, "block": block}).scalar_one())


@use_case(RenewIp, permission=Permission.EDIT_PLAN_IP)
def renew_ip(cmd: RenewIp, work: Work) -> bool:
    """Two more minutes from now."""
    renew = text("SELECT desk.renew_ip(CAST(:token AS uuid))")
    return bool(work.session.execute(renew, {"token": cmd.token}).scalar_one())


@use_case(ReleaseIp, permission=None)
def release_ip(cmd: ReleaseIp, work: Work) -> bool:
    """Free at once; whoever lost the permission meanwhile may still give back."""
    release = text("SELECT desk.release_ip(CAST(:token AS uuid))")
    return bool(work.session.execute(release, {"token": cmd.token}).scalar_one())


@use_case(RevealCode, permission=Permission.EDIT_PLAN_IP)
def reveal_code(cmd: RevealCode, work: Work) -> CodeShown:
    """Asked, committed, then opened; the database writes the history line with the request (D3)."""
    return CodeShown(cmd.ip_id, reveal(work.sessions, SECRET, cmd.ip_id, "consulta no balcão").text)
