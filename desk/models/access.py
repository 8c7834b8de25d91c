"""The one sentence that says whether a plan's logins may connect; whoever asks that in SQL asks it by this."""

from __future__ import annotations


def allowed(plan: str = "p", status: str = "s", now: str = "clock_timestamp()") -> str:
    """SQL over a row of customer_plans and the row of its status, by their names in the statement.

    A dated suspension (ST-15) counts by the clock alone, so that its first and its last moment are right although
    nobody has moved the status yet; without one the status counts. A provisional enabling (ST-17) stands above both.
    """
    return (
        f"(COALESCE({now} < {plan}.suspended_from OR {now} >= {plan}.suspended_until, {status}.grants_access)"
        f" OR COALESCE({plan}.provisional_until > {now}, false))"
    )


def suspended_now(plan: str = "p", now: str = "clock_timestamp()") -> str:
    """SQL for whether this moment lies in a dated suspension; null where there is none."""
    return f"({now} >= {plan}.suspended_from AND {now} < {plan}.suspended_until)"
