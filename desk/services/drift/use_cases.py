"""Puts drift right: what differs is owed again, what is too much is owed its going."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import text

from desk.models.people import Permission
from desk.services.core.bus import Owed, use_case
from desk.services.core.work import Work
from desk.services.drift.commands import (
    CorrectDrift,
    CorrectionNews,
    CorrectionState,
    ExportDrift,
)
from desk.services.drift.errors import NothingToCorrect
from desk.services.sessions.export import Exported, as_csv

_CORRECT = text("""
    SELECT topic, key, device
      FROM desk.correct_drift(CAST(:servers AS bigint[]), CAST(:kinds AS text[]), CAST(:owners AS bigint[]),
                              CAST(:things AS text[]))""")
_NEWS = text("""
    SELECT d.done >= d.wanted AS done, COALESCE(d.last_error, '') AS error, count(*) AS number
      FROM desk.debts d
      JOIN unnest(CAST(:topics AS text[]), CAST(:keys AS text[])) AS asked (topic, key)
        ON asked.topic = d.topic AND asked.key = d.key
     GROUP BY 1, 2""")


@use_case(CorrectDrift, permission=Permission.ROUTING_SERVERS)
def correct_drift(cmd: CorrectDrift, work: Work) -> tuple[Owed, ...]:
    """One statement, however many there are; it writes the lines of the history too."""
    chosen = list(dict.fromkeys(cmd.corrections))
    if not chosen:
        raise NothingToCorrect()
    asked = {
        "servers": [each.router_id for each in chosen],
        "kinds": [each.way.value for each in chosen],
        "owners": [each.owner for each in chosen],
        "things": [each.thing for each in chosen],
    }
    owed = tuple(Owed(row.topic, row.key, row.device) for row in work.session.execute(_CORRECT, asked))
    work.touch("drift")
    return owed


@use_case(CorrectionNews, permission=Permission.ROUTING_SERVERS)
def correction_news(query: CorrectionNews, work: Work) -> CorrectionState:
    """Done, still waiting for a first try, or tried in vain."""
    named = {"topics": [debt.topic for debt in query.debts], "keys": [debt.key for debt in query.debts]}
    done = waiting = 0
    failed: Counter[str] = Counter()
    for row in work.session.execute(_NEWS, named):
        if row.done:
            done += row.number
        elif row.error:
            failed[row.error] += row.number
        else:
            waiting += row.number
    return CorrectionState(done, waiting, tuple(sorted(failed.items())))


@use_case(ExportDrift, permission=Permission.ROUTING_SERVERS)
def export_drift(query: ExportDrift, work: Work) -> Exported:
    """What comes from routers is text in it, never a formula."""
    name = f"divergencias-{work.today:%Y%m%d}.csv"
    return Exported(name, as_csv(query.heads, query.lines), len(query.lines))
