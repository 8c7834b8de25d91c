"""PL-12: one more plan on an access point that has reached its limit, and who may let it in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import psycopg
from sqlalchemy import select, text

from desk.models.access_points import AccessPoint
from desk.models.people import Permission
from desk.models.variables import Variable
from desk.services.core.bus import Command, Query, use_case
from desk.services.core.database_errors import translate
from desk.services.core.errors import DatabaseLost, Invalid, NotFound, TooManySessions, Violation
from desk.services.core.work import Work
from desk.services.plans.errors import AccessPointFull, AccessPointOverLimit

NEEDED = Permission.ACCESS_POINT_AUTHORISER


@dataclass(frozen=True, kw_only=True)
class PlaceWanted:
    """What an authoriser is asked: this plan, or one more of this product, of a customer at a full access point."""

    access_point_id: int
    access_point: str
    limit: int
    linked: int
    customer_id: int
    plan_id: int | None
    catalog_plan_id: int


@dataclass(frozen=True)
class Authorisers:
    """Who could let it in; nobody where IT wants authorisers to act at their own desks only."""

    at_counter: bool
    people: tuple[tuple[str, str], ...]  # role and full name


@dataclass(frozen=True)
class PlaceAuthorisers(Query[Authorisers]):
    """Whom the clerk may ask."""


@dataclass(frozen=True, kw_only=True)
class AuthorisePlace(Command[None]):
    """The authoriser's own word, given with the authoriser's own password."""

    wanted: PlaceWanted
    role: str
    password: str = field(repr=False)


def check_place(
    work: Work,
    access_point_id: int | None,
    *,
    customer_id: int,
    plan_id: int | None,
    catalog_plan_id: int,
    confirmed: bool,
) -> None:
    """Tell a full access point before the plan is written; the database's own trigger is the wall."""
    if access_point_id is None or not work.switched_on(Variable.LIMIT_CUSTOMERS):
        return
    # The row lock makes two desks at the last place take turns.
    point = work.session.execute(
        select(AccessPoint).where(AccessPoint.id == access_point_id).with_for_update(key_share=True)
    ).scalar_one_or_none()
    if point is None:
        raise NotFound("access_point", access_point_id)
    if point.customer_limit is None:
        return
    facts = {
        "point": point.id,
        "customer": customer_id,
        "plan": plan_id,
        "catalog": catalog_plan_id,
        "limit": point.customer_limit,
    }
    linked, approval = work.session.execute(
        text(
            "SELECT desk.linked_plans(:point), desk.place_approval(:point, :customer, CAST(:plan AS bigint), :catalog,"
            " :limit)"
        ),
        facts,
    ).one()
    if linked < point.customer_limit or approval is not None:
        return
    told: dict[str, Any] = {"name": point.name, "limit": point.customer_limit, "linked": linked}
    if NEEDED in work.actor.permissions:
        if not confirmed:
            raise AccessPointOverLimit(**told, yes="Vincular assim mesmo")
        return
    wanted = PlaceWanted(
        access_point_id=point.id,
        access_point=point.name,
        limit=point.customer_limit,
        linked=linked,
        customer_id=customer_id,
        plan_id=plan_id,
        catalog_plan_id=catalog_plan_id,
    )
    raise AccessPointFull(**told, wanted=wanted)


@use_case(PlaceAuthorisers, permission=None)
def place_authorisers(query: PlaceAuthorisers, work: Work) -> Authorisers:
    """Active people who hold the permission, by name; who asks is not among them."""
    found = work.session.execute(
        text(
            "SELECT p.role, p.full_name FROM desk.people p JOIN desk.person_permissions g ON g.role = p.role"
            " WHERE g.permission = :code AND p.active AND NOT p.service AND p.role <> session_user"
            " ORDER BY p.full_name"
        ),
        {"code": NEEDED.code},
    ).all()
    at_counter = not work.switched_on(Variable.AUTHORISE_OWN_DESK_ONLY)
    return Authorisers(at_counter, tuple((role, name) for role, name in found) if at_counter else ())


@use_case(AuthorisePlace, permission=(Permission.EDIT_PLAN, Permission.ADD_PLAN))
def authorise_place(cmd: AuthorisePlace, work: Work) -> None:
    """Sign in as the authoriser for as long as one statement takes: the approval is that person's own row."""
    if work.switched_on(Variable.AUTHORISE_OWN_DESK_ONLY):
        raise Invalid([Violation("role", "own_desk_only")])
    wanted = cmd.wanted
    facts = (wanted.access_point_id, wanted.customer_id, wanted.plan_id, wanted.catalog_plan_id, wanted.limit)
    with _as(work, cmd.role, cmd.password) as connection:
        try:
            connection.execute("SELECT desk.approve_place(%s, %s, %s, %s, %s)", facts)
        except psycopg.Error as error:
            found = translate(error)
            if found is None:
                raise
            raise found from error


def _as(work: Work, role: str, password: str) -> psycopg.Connection[Any]:
    """A connection of the authoriser's own, to the server where the clerk is."""
    driver = work.session.connection().connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    # Where the domain signs people in, the clerk's own parameters forbid passwords; this one was typed.
    known = {name: value for name, value in driver.info.get_parameters().items() if name != "require_auth"}
    parameters: dict[str, Any] = {**known, "user": role, "password": password, "connect_timeout": "5"}
    try:
        return psycopg.connect(**parameters, autocommit=True)
    except psycopg.OperationalError as error:
        said = str(error)
        if "FATAL" not in said:
            raise DatabaseLost(committed=False) from error
        if "too many connections" in said or "muitas conex" in said:
            raise TooManySessions(role=role) from error
        raise Invalid([Violation("password", "authoriser_password")]) from error
