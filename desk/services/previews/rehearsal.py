"""Carries an order out, looks at what it would owe the network, and takes everything back."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm.exc import StaleDataError

from desk.integrations.errors import IntegrationError
from desk.integrations.routeros.port import LineMenu, RouterLine, RouterSession
from desk.services.access_points import SaveRoutingServer
from desk.services.core.bus import HANDLERS, Command, Query, use_case
from desk.services.core.errors import Invalid, NotAllowed, Refused, RevealRefused, StaleRecord
from desk.services.core.secrets import reveal
from desk.services.core.topics import Topic
from desk.services.core.work import Work
from desk.services.logins.network import FoundLogin
from desk.services.logins.reconcile import address_of, routers_at
from desk.services.previews.model import DeviceLook, NetworkPreview
from desk.services.previews.scene import Concerns, Scene, brings, concerns, scene
from desk.services.previews.working import Visit, changes, visits

SHOWN = 20  # of each kind of thing; a line of settings may concern thousands
LOOK_SECONDS = 1.5  # for one router
ALL_SECONDS = 4.0  # for all of them: whoever was not asked by then counts as mute
LOCK_MS = 400  # a row that somebody is writing just now is not waited for
# Why a router's password is not to be had.
_NO_WAY_IN = {NotAllowed: "not_allowed", RevealRefused: "reveal_refused", Refused: "no_credentials"}
_PLACE = ("host", "port")
_WAY_IN = (*_PLACE, "tls", "fingerprint", "username")
_LIMIT = text("SELECT set_config('lock_timeout', :limit, true)")
_BEGIN = text("SELECT desk.begin_command(:id, :name, :any_of)")


@dataclass(frozen=True, kw_only=True)
class Rehearse(Query[NetworkPreview]):
    """What this order would do on the network, if it was given now. Refused as the order itself would be."""

    command: Command[Any]


@use_case(Rehearse, permission=None)
def rehearse(query: Rehearse, work: Work) -> NetworkPreview:
    """The order runs in a transaction that is rolled back, so that preview and delivery start from the same rows."""
    work.session.close()
    about, after, rows = _carried_out(query.command, work)
    with work.sessions() as session:
        about = replace(about, extra_logins=tuple(dict.fromkeys((*about.extra_logins, *brings(session, about)))))
        before = scene(session, about)
        stored = {row.id: row for row in routers_at(session, [row.id for row in rows])}
    # A router's own password is none that a login will have.
    password = "" if isinstance(query.command, SaveRoutingServer) else getattr(query.command, "password", "")
    made = visits(about, before, after, password)
    patience = time.monotonic() + ALL_SECONDS
    looks = tuple(_look(work, row, stored.get(row.id, row), made[row.id], patience) for row in rows)
    found = changes(about, before, after, made, {row.id: row.name for row in rows}, secret=bool(password))
    return NetworkPreview(
        at=dt.datetime.now(dt.UTC),
        changes=tuple(found),
        devices=looks,
        logins=about.totals.get(Topic.RADIUS_LOGIN, 0),
        ips=about.totals.get(Topic.CUSTOMER_IP, 0),
        connections=about.totals.get(Topic.RADIUS_SESSION, 0),
        sampled=about.sampled,
    )


def _carried_out(command: Command[Any], work: Work) -> tuple[Concerns, Scene, list[Any]]:
    """What is owed then, what is wanted then, and the routers that will hear of it as the order leaves them."""
    known = HANDLERS[type(command)]
    if isinstance(command, Query):
        raise Invalid([])
    # What the order would ask back about is asked when it is given.
    given = replace(command, confirmed=True) if hasattr(command, "confirmed") else command  # type: ignore[type-var]
    with work.sessions() as session:
        try:
            session.execute(_LIMIT, {"limit": f"{LOCK_MS}ms"})
            any_of = [each.code for each in known.any_of]
            session.execute(_BEGIN, {"id": uuid.uuid4(), "name": type(command).__name__, "any_of": any_of})
            known.handler(given, Work(session, work.actor, work.sessions, work.ports))
            session.flush()
            about = concerns(session, SHOWN)
            after = scene(session, about)
            return about, after, routers_at(session, visits(about, after, after, ""))
        except StaleDataError as error:
            raise StaleRecord() from error
        finally:
            session.rollback()


def _look(work: Work, row: Any, stored: Any, visit: Visit, patience: float) -> DeviceLook:
    """Ask one router what it holds; what it was told last stays where it does not say."""
    # No password goes to an address that is only being typed; and what is there may know nothing of us.
    if any(getattr(row, name) != getattr(stored, name) for name in _PLACE):
        visit.found_logins = dict.fromkeys(visit.found_logins, FoundLogin())
        visit.found_ips = dict.fromkeys(visit.found_ips, ())
        return DeviceLook(row.name, answers=False, problem="moved")
    if any(getattr(row, name) != getattr(stored, name) for name in _WAY_IN):
        return DeviceLook(row.name, answers=False, problem="not_asked")
    left = min(LOOK_SECONDS, patience - time.monotonic())
    if left <= 0:
        return DeviceLook(row.name, answers=False, problem="not_asked")
    try:
        password = reveal(work.sessions, "router", row.id, "prévia").text
    except (NotAllowed, RevealRefused, Refused) as error:
        return DeviceLook(row.name, answers=False, problem=_NO_WAY_IN[type(error)])
    try:
        with work.ports.router(address_of(row, password)).open(deadline=left) as api:
            logins, ips = _found_logins(api, visit), _found_ips(api, visit)
    except IntegrationError as error:
        return DeviceLook(row.name, answers=False, problem=error.reason.value)
    visit.found_logins, visit.found_ips = logins, ips
    return DeviceLook(row.name, answers=True)


def _found_logins(api: RouterSession, visit: Visit) -> dict[int, FoundLogin]:
    names = tuple(name for wanted in visit.logins.values() for name in wanted.names)
    if not names:
        return {}
    compares = any(wanted.password is not None for wanted in visit.logins.values())
    keeps = any(wanted.looks_at_secrets for wanted in visit.logins.values())
    secrets = api.list_secrets(names, with_passwords=compares) if keeps else ()
    active = api.list_active(names)
    return {
        login_id: FoundLogin(
            tuple(secret for secret in secrets if secret.name in wanted.names and wanted.looks_at_secrets),
            tuple(session for session in active if session.name in wanted.names),
        )
        for login_id, wanted in visit.logins.items()
    }


def _found_ips(api: RouterSession, visit: Visit) -> dict[int, tuple[RouterLine, ...]]:
    marks = [wanted.mark for wanted in visit.ips.values()]
    if not marks:
        return {}
    held = [line for menu in LineMenu for line in api.list_lines(menu, marks)]
    return {ip_id: tuple(line for line in held if line.comment == wanted.mark) for ip_id, wanted in visit.ips.items()}
