"""The end of a marker of speed: everybody who was told the one speed is told the other, and the next moment is owed."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from desk.services.core.outbox import Lease, Reconciler, Report, one_after_another


class SpeedMoment:
    """Settles debts of topic `plan_speed` by those who tell connections and routers."""

    def __init__(self, sessions: sessionmaker[Session], *tellers: Reconciler) -> None:
        self._sessions, self._tell = sessions, one_after_another(*tellers)

    def __call__(self, lease: Lease, report: Report) -> None:
        """Tell all, and only then owe the later of two moments: it would else put off what failed until then."""
        self._tell(lease, report)
        with self._sessions.begin() as session:
            values = {"topic": lease.topic, "key": lease.key, "lease": lease.lease}
            session.execute(text("SELECT desk.speed_again(:topic, :key, :lease)"), values)
