"""A live look at the routers before a step: what would be sent, and which router does not answer. Changes nothing."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import text

from desk.integrations.errors import IntegrationError
from desk.models.people import Permission
from desk.services.core.bus import Query, use_case
from desk.services.core.errors import NotAllowed, Refused, RevealRefused
from desk.services.core.secrets import reveal
from desk.services.core.work import Work
from desk.services.logins.network import Difference, FoundLogin, WantedLogin, plan
from desk.services.logins.reconcile import address_of, routers_at, wanted_logins

LOOK_SECONDS = 3.0  # a card may wait for nobody longer than that
# Why a router's password is not to be had.
_NO_WAY_IN = {NotAllowed: "not_allowed", RevealRefused: "reveal_refused", Refused: "no_credentials"}


@dataclass(frozen=True)
class RouterLook:
    """One router as it answered just now."""

    device: str
    answers: bool
    problem: str = ""  # reason code when it did not
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class NetworkLook:
    """All routers that a step concerns."""

    at: dt.datetime
    routers: tuple[RouterLook, ...]


@dataclass(frozen=True, kw_only=True)
class LookAtNetwork(Query[NetworkLook]):
    """What the routers would be told if the plan's logins were allowed, or blocked, now."""

    plan_id: int
    allowed: bool


_LOGINS = text("SELECT id FROM desk.radius_logins WHERE plan_id = :plan AND deleted_at IS NULL ORDER BY id")


@use_case(LookAtNetwork, permission=(Permission.EDIT_PLAN_STATUS, Permission.ENABLE_SUSPENDED))
def look_at_network(query: LookAtNetwork, work: Work) -> NetworkLook:
    """Reads what is wanted, lets the session go, then visits each router once, for a few seconds at most.

    A router that cannot be asked is said and hinders nothing; a lost database is no router's fault and ends the look.
    """
    concerned: dict[int, list[WantedLogin]] = defaultdict(list)
    for found in wanted_logins(work.session, work.session.scalars(_LOGINS, {"plan": query.plan_id}).all()):
        wanted = replace(found.wanted, allowed=query.allowed)
        for router_id in found.routers_for(wanted):
            concerned[router_id].append(found.wanted_at(router_id, wanted))
    rows = routers_at(work.session, concerned)
    work.session.close()
    looks = [_look(work, row, concerned[row.id]) for row in rows]
    return NetworkLook(dt.datetime.now(dt.UTC), tuple(looks))


def _look(work: Work, row: Any, wanted: list[WantedLogin]) -> RouterLook:
    try:
        password = reveal(work.sessions, "router", row.id, "prévia").text
    except (NotAllowed, RevealRefused, Refused) as error:
        return RouterLook(row.name, answers=False, problem=_NO_WAY_IN[type(error)])
    names = tuple(name for each in wanted for name in each.names)
    try:
        with work.ports.router(address_of(row, password)).open(deadline=LOOK_SECONDS) as api:
            keeps = any(each.looks_at_secrets for each in wanted)
            secrets = api.list_secrets(names) if keeps else ()
            active = api.list_active(names)
    except IntegrationError as error:
        return RouterLook(row.name, answers=False, problem=error.reason.value)
    differences = [
        difference
        for each in wanted
        for difference in plan(
            each,
            FoundLogin(
                tuple(secret for secret in secrets if secret.name in each.names),
                tuple(session for session in active if session.name in each.names),
            ),
        )
    ]
    return RouterLook(row.name, answers=True, differences=tuple(differences))
