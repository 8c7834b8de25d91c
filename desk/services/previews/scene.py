"""What is wanted of the network about some debts, as one transaction sees it: before an order, or after it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from desk.services.core.topics import Topic
from desk.services.ips.wanted import KnownIp, wanted_ip
from desk.services.logins.reconcile import KnownLogin, wanted_logins
from desk.services.sessions.connections import OpenConnection, open_connections, to_retune, unseen

Answer = tuple[tuple[str, str], ...]
UNSEEN = "login/"
_OWED = text("SELECT topic, key, due_at, plan_id, total FROM desk.owed_now(:most)")
_ANSWERS = text("""
    SELECT l.id, l.login, a.attribute, a.value FROM unnest(CAST(:ids AS bigint[])) u (id)
      JOIN desk.radius_logins l ON l.id = u.id AND l.deleted_at IS NULL
     CROSS JOIN LATERAL desk.radius_answer(l.id) a""")
_BRINGS = text("SELECT login_id FROM desk.customer_ips WHERE id = ANY (:ids) AND login_id IS NOT NULL")
_PLANS = text("""
    SELECT p.id, concat_ws(' – ', c.name, NULLIF(p.reference, '')) AS title,
           COALESCE(p.suspended_from > clock_timestamp(), false) AS to_be_suspended FROM desk.customer_plans p
      JOIN desk.catalog_plans c ON c.id = p.catalog_plan_id WHERE p.id = ANY (:ids)""")
_SHARES = text("SELECT id FROM desk.routing_servers WHERE id = ANY (:ids) AND desk.shares_secret(id)")


@dataclass(frozen=True)
class Owes:
    """One debt that the order would leave behind."""

    topic: str
    key: str
    due_at: dt.datetime | None
    plan_id: int | None


@dataclass(frozen=True)
class Concerns:
    """What a preview is about: found after the order, looked at before it as well."""

    debts: tuple[Owes, ...]
    totals: Mapping[str, int]
    extra_logins: tuple[int, ...]  # whose answer moves although nothing is owed of them: an IP of theirs does

    def ids(self, topic: Topic) -> list[int]:
        """Numbers of the things of one topic."""
        return [int(each.key) for each in self.debts if each.topic == topic and each.key.isdigit()]

    @property
    def logins(self) -> list[int]:
        """Logins whose answer by RADIUS may move."""
        return list(dict.fromkeys((*self.ids(Topic.RADIUS_LOGIN), *self.extra_logins)))

    @property
    def sampled(self) -> bool:
        """Whether there is more than what is shown."""
        return sum(self.totals.values()) > len(self.debts)


@dataclass(frozen=True)
class Scene:
    """The wanted state of all of it."""

    logins: Mapping[int, KnownLogin]
    answers: Mapping[int, Answer]
    ips: Mapping[int, KnownIp]
    connections: Mapping[int, OpenConnection]
    unseen: Mapping[int, OpenConnection]
    retunes: Mapping[int, list[tuple[int, str]]]
    titles: Mapping[int, str]
    to_be_suspended: frozenset[int]  # plans whose temporary suspension is yet to begin
    shares: frozenset[int]


def concerns(session: Session, most: int) -> Concerns:
    """What the session's own transaction has come to owe."""
    rows = session.execute(_OWED, {"most": most}).all()
    debts = tuple(Owes(topic, key, due_at, plan_id) for topic, key, due_at, plan_id, _ in rows)
    totals = {row.topic: int(row.total) for row in rows}
    found = Concerns(debts, totals, ())
    return Concerns(debts, totals, brings(session, found))


def brings(session: Session, about: Concerns) -> tuple[int, ...]:
    """Logins that bring the IPs in question."""
    ids = about.ids(Topic.CUSTOMER_IP)
    return tuple(session.scalars(_BRINGS, {"ids": ids})) if ids else ()


def scene(session: Session, about: Concerns) -> Scene:
    """Everything the changes are worked out from; nothing of it changes anything."""
    owed = about.ids(Topic.RADIUS_LOGIN)
    logins = {known.wanted.id: known for known in wanted_logins(session, about.logins)} if about.logins else {}
    ips = {ip_id: ip for ip_id in about.ids(Topic.CUSTOMER_IP) if (ip := wanted_ip(session, ip_id)) is not None}
    retunes: dict[int, list[tuple[int, str]]] = {}
    for login_id, session_id, rate in to_retune(session, owed) if owed else ():
        retunes.setdefault(login_id, []).append((session_id, rate))
    wanted = [session_id for login_id in owed if login_id in logins for session_id in logins[login_id].open_sessions]
    asked = list(dict.fromkeys((*about.ids(Topic.RADIUS_SESSION), *wanted)))
    connections = {known.id: known for known in open_connections(session, asked)} if asked else {}
    keys = [each.key for each in about.debts if each.topic == Topic.RADIUS_SESSION and each.key.startswith(UNSEEN)]
    hidden = {
        login_id: found
        for login_id in (int(key.removeprefix(UNSEEN)) for key in keys)
        if (found := unseen(session, login_id)) is not None
    }
    servers = [known.nas_id for known in connections.values() if known.nas_id is not None]
    plans = _plans(session, [each.plan_id for each in about.debts if each.plan_id is not None])
    return Scene(
        logins=logins,
        answers=_answers(session, about.logins),
        ips=ips,
        connections=connections,
        unseen=hidden,
        retunes=retunes,
        titles={row.id: row.title for row in plans},
        to_be_suspended=frozenset(row.id for row in plans if row.to_be_suspended),
        shares=frozenset(session.scalars(_SHARES, {"ids": servers})) if servers else frozenset(),
    )


def _answers(session: Session, logins: Sequence[int]) -> dict[int, Answer]:
    found: dict[int, list[tuple[str, str]]] = {}
    if logins:
        for login_id, _, attribute, value in session.execute(_ANSWERS, {"ids": list(logins)}):
            found.setdefault(login_id, []).append((attribute, value))
    return {login_id: tuple(pairs) for login_id, pairs in found.items()}


def _plans(session: Session, plans: Sequence[int]) -> Sequence[Row[Any]]:
    return session.execute(_PLANS, {"ids": list(plans)}).all() if plans else ()
