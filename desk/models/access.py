"""What the clock makes of a plan: whether its logins may connect, and how fast. SQL asks it by these sentences."""

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


def slow(plan: str = "p", now: str = "clock_timestamp()") -> str:
    """SQL for whether a plan has its reduced speed at this moment (6.13): throttled, that not over, and no whole speed
    given back for a while. RADIUS and what routers hold of addresses ask it by this, so that both change together.
    """
    return (
        f"({plan}.throttled AND COALESCE({plan}.throttled_until > {now}, true)"
        f" AND COALESCE({plan}.speed_until <= {now}, true))"
    )


def suspended_now(plan: str = "p", now: str = "clock_timestamp()") -> str:
    """SQL for whether this moment lies in a dated suspension; null where there is none."""
    return f"({now} >= {plan}.suspended_from AND {now} < {plan}.suspended_until)"
