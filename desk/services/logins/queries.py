"""Questions about Radius logins."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from sqlalchemy import text

from desk.models.access import allowed
from desk.models.variables import Variable
from desk.services.core.bus import Query, use_case
from desk.services.core.work import Work
from desk.services.logins.errors import LoginNotFound


@dataclass(frozen=True)
class LoginProperties:
    """What is known of a login, with the attribute names of the sources (domain 5.14.4)."""

    login_id: int
    plan_id: int
    customer_id: int
    login: str
    plan: str
    profile: str
    down_kbps: int
    up_kbps: int
    access_point: str
    router: str
    allowed: bool
    connected: bool
    last_connection: dt.datetime | None
    last_news: dt.datetime | None  # of an open connection: when its router last reported it
    told_rate: str  # the speed its router was told
    last_mac: str
    ip: str
    fixed_ip: str
    mac_lock: str


@dataclass(frozen=True)
class LoginForm:
    """What the dialog Cadastro de Login de Acesso needs to check while typing."""

    forbid_accents: bool
    profile: str
    down_kbps: int
    up_kbps: int
    simultaneous_use: int
    used: int
    limit: int
    suggestion: str


@dataclass(frozen=True)
class LoginInformation(Query[LoginProperties]):
    """Propriedades of a login, as its newest connection tells them."""

    login_id: int


@dataclass(frozen=True)
class NewLoginForm(Query[LoginForm]):
    """What the dialog for a login of this plan starts from."""

    plan_id: int


@dataclass(frozen=True)
class LoginIsFree(Query[bool]):
    """Whether no living login has this name; `but` is the login being edited."""

    login: str
    but: int | None = None


_PROPERTIES = text(f"""
    SELECT l.id, l.plan_id, p.customer_id, l.login, c.name AS plan, c.radius_profile, c.down_kbps, c.up_kbps,
           COALESCE(a.name, '') AS access_point, COALESCE(r.name, '') AS router,
           {allowed()} AS allowed,
           COALESCE(host(l.fixed_ip), '') AS fixed_ip, COALESCE(upper(l.mac_lock::text), '') AS mac_lock
      FROM desk.radius_logins l
      JOIN desk.customer_plans p ON p.id = l.plan_id
      JOIN desk.plan_statuses s ON s.code = p.status
      JOIN desk.catalog_plans c ON c.id = p.catalog_plan_id
      LEFT JOIN desk.access_points a ON a.id = p.access_point_id
      LEFT JOIN desk.routing_servers r ON r.id = a.routing_server_id
     WHERE l.id = :id AND l.deleted_at IS NULL""")
_NEWEST = text("""
    SELECT started_at, stopped_at, updated_at, COALESCE(host(framed_ip), host(framed_ipv6), '') AS ip,
           COALESCE(upper(mac::text), '') AS mac, COALESCE(rate_limit, '') AS rate
      FROM desk.radius_sessions WHERE login_id = :id AND started_at IS NOT NULL
     ORDER BY started_at DESC, id DESC LIMIT 1""")
_FORM = text("""
    SELECT c.radius_profile, c.down_kbps, c.up_kbps, c.simultaneous_use, c.login_limit, u.name,
           (SELECT count(*) FROM desk.radius_logins l WHERE l.plan_id = p.id AND l.deleted_at IS NULL) AS used
      FROM desk.customer_plans p
      JOIN desk.catalog_plans c ON c.id = p.catalog_plan_id
      JOIN desk.customers u ON u.id = p.customer_id
     WHERE p.id = :id AND p.deleted_at IS NULL""")


@use_case(LoginInformation, permission=None)
def login_information(query: LoginInformation, work: Work) -> LoginProperties:
    """Two statements; LoginNotFound when it is gone."""
    row = work.session.execute(_PROPERTIES, {"id": query.login_id}).mappings().one_or_none()
    if row is None:
        raise LoginNotFound("login", query.login_id)
    newest = work.session.execute(_NEWEST, {"id": query.login_id}).one_or_none()
    connected = newest is not None and newest.stopped_at is None
    return LoginProperties(
        login_id=row["id"],
        plan_id=row["plan_id"],
        customer_id=row["customer_id"],
        login=row["login"],
        plan=row["plan"],
        profile=row["radius_profile"],
        down_kbps=row["down_kbps"],
        up_kbps=row["up_kbps"],
        access_point=row["access_point"],
        router=row["router"],
        allowed=row["allowed"],
        connected=connected,
        last_connection=newest.started_at if newest else None,
        last_news=newest.updated_at or newest.started_at if newest and connected else None,
        told_rate=newest.rate if newest and connected else "",
        last_mac=newest.mac if newest else "",
        ip=newest.ip if newest else "",
        fixed_ip=row["fixed_ip"],
        mac_lock=row["mac_lock"],
    )


@use_case(NewLoginForm, permission=None)
def new_login_form(query: NewLoginForm, work: Work) -> LoginForm:
    """Profile, speed and use of the plan, and a name made of the customer's."""
    row = work.session.execute(_FORM, {"id": query.plan_id}).mappings().one()
    words = [word for word in _fold(row["name"]).split() if len(word) > 2]
    return LoginForm(
        forbid_accents=work.switched_on(Variable.FORBID_LOGIN_ACCENTS),
        profile=row["radius_profile"],
        down_kbps=row["down_kbps"],
        up_kbps=row["up_kbps"],
        simultaneous_use=row["simultaneous_use"],
        used=row["used"],
        limit=row["login_limit"],
        suggestion=".".join(dict.fromkeys([words[0], words[-1]])) if words else "",
    )


def _fold(name: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", " ", plain.lower()).strip()


@use_case(LoginIsFree, permission=None)
def login_is_free(query: LoginIsFree, work: Work) -> bool:
    """Asked while typing; the unique index has the last word."""
    free: bool = work.session.execute(
        text(
            "SELECT NOT EXISTS (SELECT FROM desk.radius_logins WHERE lower(login) = lower(:login)"
            " AND deleted_at IS NULL AND id IS DISTINCT FROM CAST(:but AS bigint))"
        ),
        {"login": query.login.strip(), "but": query.but},
    ).scalar_one()
    return free
