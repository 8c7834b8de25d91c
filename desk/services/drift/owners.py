"""To whom belongs what was found where it does not: asked of all of a router's findings at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from sqlalchemy import text
from sqlalchemy.orm import Session

from desk.integrations.routeros.port import PppActive
from desk.models.access import allowed
from desk.services.drift.compare import ACTIVE, extra_session
from desk.services.drift.findings import Drift, Findings, Way

_LOGINS = text("""
    SELECT l.id, l.deleted_at IS NULL AS exists, p.customer_id
      FROM desk.radius_logins l JOIN desk.customer_plans p ON p.id = l.plan_id WHERE l.id = ANY (:ids)""")
_IPS = text("""
    SELECT i.id, i.deleted_at IS NULL AS exists, p.customer_id
      FROM desk.customer_ips i JOIN desk.customer_plans p ON p.id = i.plan_id WHERE i.id = ANY (:ids)""")
# A name may be that of a login, of one that was deleted, or one that a login had when the connection was made.
_NAMES = text(f"""
    SELECT DISTINCT ON (asked.name) asked.name, l.id, l.deleted_at IS NULL AS exists, p.customer_id,
           {allowed()} AS allowed,
           lower(l.login) <> asked.name AS renamed
      FROM unnest(CAST(:names AS text[])) AS asked (name)
      CROSS JOIN LATERAL (
        SELECT o.id FROM desk.radius_logins o WHERE lower(o.login) = asked.name
        UNION SELECT x.login_id FROM desk.radius_sessions x WHERE x.username = ANY (:exactly)
          AND lower(x.username) = asked.name AND x.stopped_at IS NULL AND x.login_id IS NOT NULL) found
      JOIN desk.radius_logins l ON l.id = found.id
      JOIN desk.customer_plans p ON p.id = l.plan_id
      JOIN desk.plan_statuses s ON s.code = p.status
     ORDER BY asked.name, lower(l.login) <> asked.name, l.deleted_at DESC NULLS FIRST""")
_OWED = text("""
    SELECT d.key FROM desk.debts d
     WHERE d.topic = 'router_leftover' AND d.done < d.wanted AND d.key LIKE :router || '/%'""")


def sessions_of_others(session: Session, others: Mapping[str, PppActive], findings: Findings) -> None:
    """Connections whose names belong to no login of this router: welcome guests, blocked ones, and strangers."""
    asked = {"names": sorted({name.lower() for name in others}), "exactly": list(others)}
    known = {row.name: row for row in session.execute(_NAMES, asked)} if others else {}
    for name, active in others.items():
        row = known.get(name.lower())
        if row is None:
            findings.foreign_line(ACTIVE, active.name, active.address, active.id)
        elif not (row.exists and row.allowed) or row.renamed:
            why = "deleted" if not row.exists else "renamed" if row.allowed else "blocked"
            findings.add(extra_session(findings.router_id, row.id, active, why, row.customer_id))


def leftovers_known(session: Session, findings: Findings) -> None:
    """Say of everything that is too much why it is, and whether its going is already owed."""
    extra = [drift for drift in findings.ours if drift.way in _WAYS and not drift.why]
    owners = {
        Way.LEFT_LOGIN: _rows(session, _LOGINS, {drift.owner for drift in extra if drift.way is Way.LEFT_LOGIN}),
        Way.LEFT_IP: _rows(session, _IPS, {drift.owner for drift in extra if drift.way is Way.LEFT_IP}),
    }
    owed = set(session.scalars(_OWED, {"router": str(findings.router_id)}))
    findings.ours = [_known(drift, owners, owed) for drift in findings.ours]


_WAYS = (Way.LEFT_LOGIN, Way.LEFT_IP, Way.LEFT_SESSION)
Rows = Mapping[int, tuple[bool, int]]


def _rows(session: Session, asked: object, ids: Collection[int]) -> Rows:
    if not ids:
        return {}
    return {row.id: (row.exists, row.customer_id) for row in session.execute(asked, {"ids": sorted(ids)})}  # type: ignore[call-overload]


def _known(drift: Drift, owners: Mapping[Way, Rows], owed: Collection[str]) -> Drift:
    if drift.way not in _WAYS:
        return drift
    waits = f"{drift.router_id}/{drift.way.removeprefix('leftover/')}/{drift.owner}" in owed
    if drift.why:
        return replace(drift, owed=waits)
    found = owners.get(drift.way, {}).get(drift.owner)
    why = "unknown" if found is None else "elsewhere" if found[0] else "deleted"
    return replace(drift, why=why, owed=waits, customer_id=found[1] if found else None)
