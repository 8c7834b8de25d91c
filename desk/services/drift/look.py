"""Visits one router and compares all of it with the database: what a single line costs is forgotten with the line."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from desk.integrations.errors import IntegrationError, Rejected
from desk.integrations.routeros.port import LineMenu, PppActive, RouterSession
from desk.models.access_points import TlsMode
from desk.models.people import Permission
from desk.services.core.bus import use_case
from desk.services.core.errors import DatabaseLost, NotAllowed, NotFound, Refused, RevealRefused
from desk.services.core.secrets import own_transaction, reveal
from desk.services.core.work import Work
from desk.services.drift.commands import LookForDrift, RoutersToLookAt, RouterToLookAt
from desk.services.drift.compare import (
    Digests,
    compare_lines,
    compare_secrets,
    compare_sessions,
    wrong_password,
)
from desk.services.drift.findings import DriftKind, Findings, RouterDrift, Way
from desk.services.drift.owners import leftovers_known, sessions_of_others
from desk.services.ips.wanted import IpAtRouter, wanted_ips_at
from desk.services.logins.reconcile import LoginAtRouter, address_of, router_at, wanted_logins_at

CONNECT_SECONDS = 8.0  # until it has let us in; a mute one is known by then
MENU_SECONDS = 20.0  # for each menu: 10,000 lines take a small router some seconds
# Passwords are asked of a router only where nobody on the way can read the answer.
PRIVATE = (TlsMode.PINNED, TlsMode.VERIFY)
_NO_WAY_IN = {NotAllowed: "not_allowed", RevealRefused: "reveal_refused", Refused: "no_credentials"}
T = TypeVar("T")

_ROUTERS = text("SELECT id, name, host FROM desk.routing_servers WHERE active ORDER BY name, id")


class _NoLongerWanted(Exception):
    """Whoever asked has stopped asking."""


@dataclass
class _Wanted:
    """What should be at the router: its logins and its IPs, by their numbers."""

    logins: dict[int, LoginAtRouter]
    ips: dict[int, IpAtRouter]


@use_case(RoutersToLookAt, permission=Permission.ROUTING_SERVERS)
def routers_to_look_at(query: RoutersToLookAt, work: Work) -> tuple[RouterToLookAt, ...]:
    """In the order of their names."""
    return tuple(RouterToLookAt(*row) for row in work.session.execute(_ROUTERS))


@use_case(LookForDrift, permission=Permission.ROUTING_SERVERS)
def look_for_drift(query: LookForDrift, work: Work) -> RouterDrift:
    """Read what should be, let the database go, look at the router, then ask whose the rest is."""
    row = router_at(work.session, query.router_id)
    if not row.active:  # nothing belongs there, and so everything would seem to be too much
        raise NotFound("routing_server", query.router_id)
    wanted = _Wanted(
        {at.wanted.id: at for at in wanted_logins_at(work.session, row.id)},
        {at.wanted.id: at for at in wanted_ips_at(work.session, row.id)},
    )
    work.session.close()

    def silent(problem: str) -> RouterDrift:
        return RouterDrift(row.id, row.name, dt.datetime.now(dt.UTC), problem)

    try:
        password = reveal(work.sessions, "router", row.id, "divergências").text
    except (NotAllowed, RevealRefused, Refused) as error:
        return silent(_NO_WAY_IN[type(error)])
    findings = Findings(row.id)
    keeps = any(at.wanted.local_secrets for at in wanted.logins.values())
    digests = Digests(os.urandom(32)) if keeps and TlsMode(row.tls) in PRIVATE else None
    try:
        with work.ports.router(address_of(row, password)).open(deadline=CONNECT_SECONDS) as api:
            others, unread = _visit(api, wanted, findings, digests, query.stop.is_set)
    except IntegrationError as error:  # half an answer must not look like half of the lines were missing
        return silent(error.reason.value)
    except _NoLongerWanted:
        return silent("stopped")
    with work.sessions() as session:
        sessions_of_others(session, others, findings)
        leftovers_known(session, findings)
    compared = digests is not None and _add_passwords(work.sessions, wanted, findings, digests)
    return RouterDrift(
        row.id,
        row.name,
        dt.datetime.now(dt.UTC),
        drifts=(*findings.ours, *findings.foreign),
        counts=dict(findings.counts),
        compared=findings.compared,
        passwords=compared,
        unread=unread,
    )


def _visit(
    api: RouterSession, wanted: _Wanted, findings: Findings, digests: Digests | None, stopped: Callable[[], bool]
) -> tuple[dict[str, PppActive], tuple[str, ...]]:
    """Six menus, one question each."""

    def watched(lines: Iterable[T]) -> Iterator[T]:
        for line in lines:
            if stopped():
                raise _NoLongerWanted
            yield line

    api.go_on(MENU_SECONDS)
    compare_secrets(watched(api.each_secret(with_passwords=digests is not None)), wanted.logins, findings, digests)
    api.go_on(MENU_SECONDS)
    others = compare_sessions(watched(api.each_active()), wanted.logins, findings)
    unread: list[str] = []
    for menu in LineMenu:
        api.go_on(MENU_SECONDS)
        try:
            compare_lines(menu, watched(api.each_line(menu)), wanted.ips, findings)
        except Rejected as error:
            if "no such command" not in error.detail:
                raise
            unread.append(menu)  # a router without IPv6 has no such menu, and nothing in it
    return others, tuple(unread)


_ASK = text("SELECT desk.ask_comparison(:router, :question)")
_DIFFER = text("SELECT * FROM desk.passwords_differ(:ticket, :nonce, CAST(:logins AS bigint[]), :digests)")


def _add_passwords(sessions: sessionmaker[Session], wanted: _Wanted, findings: Findings, digests: Digests) -> bool:
    """Ask the database which of the digests are of another password; False when it did not say."""
    if not digests.of:
        return True
    logins, answers = list(digests.of), b"".join(digests.of.values())
    question = hashlib.sha256(digests.nonce + ",".join(map(str, logins)).encode() + answers).digest()
    try:
        with own_transaction(sessions) as session:
            ticket: Any = session.execute(_ASK, {"router": findings.router_id, "question": question}).scalar_one()
        with own_transaction(sessions) as session:
            asked = {"ticket": ticket, "nonce": digests.nonce, "logins": logins, "digests": answers}
            wrong = set(session.scalars(_DIFFER, asked))
    except DatabaseLost:
        raise
    except (NotAllowed, RevealRefused, Refused):
        return False
    known = {drift.owner: at for at, drift in enumerate(findings.ours) if drift.way is Way.LOGIN}
    for login_id in sorted(wrong):
        place = known.get(login_id)
        before = findings.ours[place] if place is not None else None
        drift = wrong_password(findings.router_id, wanted.logins[login_id], before)
        if place is None:
            findings.add(drift)
        elif drift.kind is DriftKind.DIFFERS:
            findings.ours[place] = drift
    return True
