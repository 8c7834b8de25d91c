"""From two scenes to the changes between them. Pure: `plan` of logins and of IPs is that of the delivery itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from desk.integrations.radius.port import LAST_SECOND, named
from desk.integrations.routeros.port import PppActive, RouterLine
from desk.services.core.sentences import MASK, FieldMove, moves
from desk.services.core.topics import Topic
from desk.services.ips import network as ip_network
from desk.services.ips.network import WantedIp
from desk.services.logins import network as login_network
from desk.services.logins.network import Act, FoundLogin, WantedLogin
from desk.services.logins.reconcile import KnownLogin
from desk.services.previews.model import SUSPENSION_COMES, Change, Way, When
from desk.services.previews.scene import Answer, Concerns, Scene
from desk.services.sessions.connections import OpenConnection

DROP = "/ppp/active/remove"
ACCEPT, REJECT = "Access-Accept", "Access-Reject"
_REJECTED = ("Auth-Type", "Reject")
_NOT_SENT = {"Auth-Type", "Simultaneous-Use"}  # what FreeRADIUS keeps to itself
_RATE = "Mikrotik-Rate-Limit"
_ACTS = {Act.ADD_SECRET: "add", Act.CHANGE_SECRET: "change", Act.DROP_SECRET: "drop", Act.DROP_SESSION: "drop"}


@dataclass
class Visit:
    """What one router is asked about, and what it holds: as it says itself, or as it was told last."""

    logins: dict[int, WantedLogin] = field(default_factory=dict)
    ips: dict[int, WantedIp] = field(default_factory=dict)
    found_logins: dict[int, FoundLogin] = field(default_factory=dict)
    found_ips: dict[int, tuple[RouterLine, ...]] = field(default_factory=dict)


def visits(about: Concerns, before: Scene, after: Scene, password: str) -> dict[int, Visit]:
    """Every router that the delivery would visit, with what it should hold, and what it was told last."""
    made: dict[int, Visit] = {}
    for login_id in about.ids(Topic.RADIUS_LOGIN):
        known, was = after.logins.get(login_id), before.logins.get(login_id)
        for router_id in known.routers_to_visit(known.wanted) if known is not None else ():
            assert known is not None
            wanted = known.wanted_at(router_id, known.wanted)
            if password and wanted.allowed:
                wanted = replace(wanted, password=password)
            visit = made.setdefault(router_id, Visit())
            visit.logins[login_id] = wanted
            visit.found_logins[login_id] = _last_known(was, router_id)
    for ip_id in about.ids(Topic.CUSTOMER_IP):
        ip, ip_was = after.ips.get(ip_id), before.ips.get(ip_id)
        for router_id in ip.routers if ip is not None else ():
            assert ip is not None
            visit = made.setdefault(router_id, Visit())
            visit.ips[ip_id] = ip.at(router_id)
            visit.found_ips[ip_id] = ip_was.at(router_id).lines if ip_was is not None else ()
    return made


def _last_known(was: KnownLogin | None, router_id: int) -> FoundLogin:
    if was is None:
        return FoundLogin()
    secret = was.wanted_at(router_id, was.wanted).secret
    active = tuple(
        PppActive(name=name, id="")
        for name, at in zip(was.dialled, was.session_routers, strict=False)
        if at == router_id or (at is None and was.own_router == router_id)
    )
    return FoundLogin((secret,) if secret is not None else (), active)


def changes(
    about: Concerns, before: Scene, after: Scene, made: Mapping[int, Visit], names: Mapping[int, str], *, secret: bool
) -> Iterator[Change]:
    """What RADIUS will answer, then what is said to routers, in the order in which it is."""
    for login_id in about.logins:
        yield from _answered(login_id, before, after, secret=secret and login_id in about.ids(Topic.RADIUS_LOGIN))
    for login_id in about.ids(Topic.RADIUS_LOGIN):
        if login_id in after.logins:
            yield from _connections(login_id, after)
    for key in (each.key for each in about.debts if each.topic == Topic.RADIUS_SESSION):
        open_ = after.connections.get(int(key)) if key.isdigit() else after.unseen.get(int(key.partition("/")[2]))
        if open_ is not None:
            yield from ladder(open_, after.shares)
    for router_id, visit in made.items():
        for login_id, wanted in visit.logins.items():
            found, new = visit.found_logins[login_id], login_id not in before.logins
            known = after.logins[login_id]
            # A connection that the NAS is asked to end is told once, with its rungs.
            told = known.by_coa and bool(known.open_sessions) and not (wanted.allowed and wanted.exists)
            for change in _of_login(names[router_id], wanted, found, new=new):
                if not (told and change.command == DROP):
                    yield change
        for ip_id, ip in visit.ips.items():
            yield from _of_ip(names[router_id], ip, visit.found_ips[ip_id], new=ip_id not in before.ips)
    for debt in about.debts:
        if debt.topic in (Topic.PLAN_PROVISIONAL, Topic.PLAN_SPEED, Topic.PLAN_SUSPENSION):
            thing = after.titles.get(debt.plan_id or 0, "")
            comes = debt.topic == Topic.PLAN_SUSPENSION and debt.plan_id in after.to_be_suspended
            what = SUSPENSION_COMES if comes else debt.topic
            yield Change(Way.RADIUS, "RADIUS", thing, "tell", what, when=When.LATER, at=debt.due_at)


def _answered(login_id: int, before: Scene, after: Scene, *, secret: bool) -> Iterator[Change]:
    was, will = before.answers.get(login_id, ()), after.answers.get(login_id, ())
    known = after.logins.get(login_id) or before.logins[login_id]
    told = moves(_sent(was), _sent(will))
    if secret and will:
        told = (FieldMove("Cleartext-Password", MASK if was else "", MASK), *told)
    if told or _verdict(was) != _verdict(will):
        yield Change(Way.RADIUS, "RADIUS", known.wanted.login, "tell", _verdict(will), told, _verdict(was))


def _verdict(answer: Answer) -> str:
    return ACCEPT if answer and _REJECTED not in answer else REJECT


def _sent(answer: Answer) -> dict[str, str]:
    sent: dict[str, list[str]] = {}
    for name, value in answer:
        if name not in _NOT_SENT:
            sent.setdefault(name, []).append(value)
    return {name: ", ".join(values) for name, values in sent.items()}


def _connections(login_id: int, after: Scene) -> Iterator[Change]:
    """Open connections of a login: ended where it lost its access by RADIUS, or told another speed."""
    known = after.logins[login_id]
    if not (known.wanted.allowed and known.wanted.exists):
        for session_id in known.open_sessions if known.by_coa else ():
            if session_id in after.connections:
                yield from ladder(after.connections[session_id], after.shares)
        return
    for session_id, rate in after.retunes.get(login_id, ()):
        connection = after.connections.get(session_id)
        if connection is None or connection.stopped:
            continue
        told: tuple[FieldMove, ...] = (FieldMove(_RATE, connection.rate, rate),)
        if connection.by_coa and connection.nas_id in after.shares:
            told = (*moves({}, named(connection.named)), *told)
            yield Change(Way.COA, connection.router, connection.thing, "change", "CoA-Request", told)
        else:
            yield Change(Way.RADIUS, "RADIUS", connection.thing, "tell", ACCEPT, told, when=When.NEXT)


def ladder(known: OpenConnection, shares: frozenset[int]) -> Iterator[Change]:
    """How one connection is ended: each rung only where the one before proves nothing."""
    if known.stopped:
        return
    when = When.NOW
    if known.by_coa and known.nas_id in shares:
        told = moves({}, named(known.named))
        last = (*told, *moves({}, LAST_SECOND))
        yield Change(Way.COA, known.router, known.thing, "drop", "CoA-Request", last)
        when = When.UNPROVEN
        yield Change(Way.DISCONNECT, known.router, known.thing, "drop", "Disconnect-Request", told, when=when)
    if known.router_id is not None:
        told = (FieldMove("name", known.username, ""),)
        yield Change(Way.API, known.router, known.thing, "drop", DROP, told, when=when)


def _of_login(device: str, wanted: WantedLogin, found: FoundLogin, *, new: bool) -> Iterator[Change]:
    for each in login_network.plan(wanted, found):
        told = each.fields
        if each.act is Act.ADD_SECRET and wanted.password is None and wanted.allowed:
            told = (*told, FieldMove("password", "", MASK))  # the delivery asks for it; a preview need not see it
        if each.act in (Act.DROP_SECRET, Act.DROP_SESSION):
            told = (FieldMove("name", each.name, ""),)
        told = _numberless(told, wanted.id) if new else told
        yield Change(Way.API, device, wanted.login, _ACTS[each.act], each.command, told)


def _of_ip(device: str, wanted: WantedIp, found: Sequence[RouterLine], *, new: bool) -> Iterator[Change]:
    for each in ip_network.plan(wanted, found):
        told = _numberless(each.fields, wanted.id) if new else each.fields
        yield Change(Way.API, device, wanted.address, each.act.value, each.command, told)


def _numberless(told: tuple[FieldMove, ...], number: int) -> tuple[FieldMove, ...]:
    """What is new gets its number with the commit, and another one than in the rehearsal."""
    ends = (f":{number}", f"-{number}")
    return tuple(
        replace(each, after=each.after.removesuffix(str(number)) + "novo")
        if each.name in ("comment", "name") and each.after.startswith("desk") and each.after.endswith(ends)
        else each
        for each in told
    )
