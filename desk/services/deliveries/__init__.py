"""Deliveries: what the network is still owed, seen and asked for again by people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from desk.services.core.bus import Command, Query, use_case
from desk.services.core.outbox import DeliveryState, Progress, Step
from desk.services.core.work import Work

__all__ = ["DebtNews", "OwedRow", "PendingDeliveries", "RetryDebts"]

_PENDING = text("""
    SELECT d.topic, d.key, d.customer_id, COALESCE(c.name, '') AS customer,
           COALESCE(l.login, s.username, host(i.address), h.login, host(j.address), '') AS thing,
           COALESCE(r.name, '') AS device,
           d.attempts, d.due_at, d.changed_at, COALESCE(d.last_error, '') AS error,
           COALESCE(d.last_detail, '') AS detail, d.leased_until > clock_timestamp() AS running
      FROM desk.debts d
      LEFT JOIN desk.customers c ON c.id = d.customer_id
      LEFT JOIN desk.radius_logins l ON l.id = CASE WHEN d.topic = 'radius_login' THEN d.key::bigint
           WHEN d.topic = 'radius_session' AND d.key LIKE 'login/%' THEN substr(d.key, 7)::bigint END
      LEFT JOIN desk.radius_sessions s ON d.topic = 'radius_session'
           AND s.id = CASE WHEN d.key COLLATE "C" ~ '^[0-9]{1,18}$' THEN d.key::bigint END
      LEFT JOIN desk.customer_ips i ON d.topic = 'customer_ip' AND i.id::text = d.key
      LEFT JOIN desk.customer_plans p ON p.id = d.plan_id
      LEFT JOIN desk.access_points a ON a.id = COALESCE(i.access_point_id, p.access_point_id)
      LEFT JOIN desk.routing_servers r ON r.id = COALESCE(desk.leftover_server(d.topic, d.key), a.routing_server_id)
      LEFT JOIN desk.radius_logins h ON d.topic = 'router_leftover' AND split_part(d.key, '/', 2) <> 'ip'
           AND h.id = CASE WHEN d.topic = 'router_leftover' THEN split_part(d.key, '/', 3)::bigint END
      LEFT JOIN desk.customer_ips j ON d.topic = 'router_leftover' AND split_part(d.key, '/', 2) = 'ip'
           AND j.id = CASE WHEN d.topic = 'router_leftover' THEN split_part(d.key, '/', 3)::bigint END
     WHERE d.done < d.wanted AND (d.due_at IS NULL OR d.due_at < clock_timestamp() + interval '2 hours')
     ORDER BY d.due_at NULLS FIRST, d.changed_at LIMIT 500""")

_NEWS = text("""
    SELECT d.topic, d.key, d.customer_id, d.plan_id, d.proof, d.done >= d.wanted AS settled, d.due_at
      FROM desk.debts d
      JOIN unnest(CAST(:topics AS text[]), CAST(:keys AS text[])) AS asked (topic, key)
        ON asked.topic = d.topic AND asked.key = d.key
     WHERE (d.done >= d.wanted OR d.last_error IS NOT NULL)
       AND (d.leased_until IS NULL OR d.leased_until <= clock_timestamp())""")
_STATES = frozenset(DeliveryState)


@dataclass(frozen=True)
class OwedRow:
    """One debt: whose, about what, how often it was tried, and when it is tried next (None: waits for a person)."""

    topic: str
    key: str
    customer_id: int | None
    customer: str
    thing: str
    device: str
    attempts: int
    due_at: dt.datetime | None
    changed_at: dt.datetime
    error: str
    detail: str
    running: bool


@dataclass(frozen=True)
class PendingDeliveries(Query[tuple[OwedRow, ...]]):
    """All that the network is owed now, those that wait for a person first; at most 500, in one statement."""


@dataclass(frozen=True, kw_only=True)
class DebtNews(Query[tuple[Progress, ...]]):
    """How far the delivery of these has come, whoever delivers them; each is a (topic, key). One statement."""

    debts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class RetryDebts(Command[int]):
    """Try these again at once; each is a (topic, key)."""

    debts: tuple[tuple[str, str], ...]


@use_case(PendingDeliveries, permission=None)
def pending_deliveries(query: PendingDeliveries, work: Work) -> tuple[OwedRow, ...]:
    """What F8 lists."""
    return tuple(OwedRow(**row) for row in work.session.execute(_PENDING).mappings())


@use_case(DebtNews, permission=None)
def debt_news(query: DebtNews, work: Work) -> tuple[Progress, ...]:
    """What the last attempt wrote down; nothing of a debt that nobody has tried since it was owed anew."""
    named = {"topics": [topic for topic, _ in query.debts], "keys": [key for _, key in query.debts]}
    return tuple(
        Progress(
            row.topic,
            row.key,
            row.customer_id,
            row.plan_id,
            tuple(_steps(row.proof)),
            final=True,
            settled=row.settled,
            next_due=None if row.settled else row.due_at,
        )
        for row in work.session.execute(_NEWS, named)
    )


def _steps(proof: Any) -> Iterator[Step]:
    """The steps that another desk wrote down. Its word, so only what has the shape of steps is taken."""
    told = proof.get("steps") if isinstance(proof, dict) else None
    for each in told if isinstance(told, list) else ():
        words = {name: str(value) for name, value in each.items()} if isinstance(each, dict) else {}
        if words.get("state") in _STATES:
            system, thing, device, detail = (words.get(name, "") for name in ("system", "thing", "device", "detail"))
            yield Step(system, thing, device, DeliveryState(words["state"]), detail, _moment(words.get("at", "")))


def _moment(told: str) -> str:
    """The time a step was seen, if that is what it is."""
    try:
        return dt.datetime.fromisoformat(told).isoformat()
    except ValueError:
        return ""


@use_case(RetryDebts, permission=None)
def retry_debts(cmd: RetryDebts, work: Work) -> int:
    """Make them due now; anyone may ask, since asking twice does no harm. Answers how many there were."""
    for topic, key in cmd.debts:
        work.session.execute(text("SELECT desk.debt_retry(:topic, :key)"), {"topic": topic, "key": key})
    return len(cmd.debts)
