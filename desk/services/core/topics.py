"""The kinds of thing that the outside world can be owed."""

from __future__ import annotations

import enum


class Topic(enum.StrEnum):
    """Topic of a debt; each has one reconciler (tests/rules/test_handlers.py)."""

    RADIUS_LOGIN = "radius_login"
    PLAN_PROVISIONAL = "plan_provisional"
    CUSTOMER_IP = "customer_ip"
    RADIUS_SESSION = "radius_session"
    PLAN_SPEED = "plan_speed"
    PLAN_SUSPENSION = "plan_suspension"  # the next moment of a dated suspension
    ROUTER_LEFTOVER = "router_leftover"  # what a router holds of something that is not there (any more)
