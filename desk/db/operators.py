"""The first administrator, made by whoever runs the server; everybody else is made inside the program."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

import psycopg
from psycopg import sql
from sqlalchemy import Connection, text

from desk.db.connections import require_superuser, transaction
from desk.db.errors import LoginInvalid, LoginTaken, LoginUnknown, PasswordUnfit
from desk.models.people import Permission
from desk.models.wall_roles import ROLES

SHORTEST_PASSWORD: Final = 12
LOGIN: Final = re.compile(r"[a-z][a-z0-9._-]{1,30}")
RESERVED: Final = re.compile(
    r"pg_.*|desk.*|postgres|radius|mail|ftp|voice|public|none|all|user|current_user|session_user|sameuser|samerole"
    r"|replication"
)
# A forgotten session of a clerk must not hold locks for ever.
LIMITS: Final = {
    "statement_timeout": "60s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "60s",
}


def everything() -> frozenset[Permission]:
    """All permissions that give something; negative ones take away."""
    return frozenset(permission for permission in Permission if not permission.negative)


def create_operator(
    dsn: str,
    login: str,
    full_name: str,
    password: str | None,
    permissions: Iterable[Permission] = (),
    *,
    job: str = "",
    must_change: bool = True,
) -> None:
    """Make a person: a role that may sign in, its row, its permissions; no password means single sign-on."""
    if not LOGIN.fullmatch(login) or RESERVED.fullmatch(login):
        raise LoginInvalid(login=login)
    if password is not None:
        _require_fit(login, password)
    with transaction(dsn) as connection:
        require_superuser(connection)
        _create_role(connection, login, password)
        connection.execute(text("SET LOCAL ROLE desk_job"))
        connection.execute(
            text(
                "INSERT INTO desk.people (role, full_name, job, must_change_password, password_by, password_at)"
                " VALUES (:role, :name, :job, :must_change, session_user, clock_timestamp())"
            ),
            {"role": login, "name": full_name, "job": job, "must_change": must_change and password is not None},
        )
        for permission in sorted(permissions, key=lambda one: one.code):
            connection.execute(
                text("INSERT INTO desk.person_permissions (role, permission) VALUES (:role, :code)"),
                {"role": login, "code": permission.code},
            )
        connection.execute(text("RESET ROLE"))


def set_password(dsn: str, role: str, password: str) -> None:
    """A password for a service of ours, or a new one for a person who lost it."""
    _require_fit(role, password)
    with transaction(dsn) as connection:
        require_superuser(connection)
        person = connection.scalar(text("SELECT NOT service FROM desk.people WHERE role = :role"), {"role": role})
        if person is None and ROLES.get(role, "NOLOGIN").startswith("NOLOGIN"):
            raise LoginUnknown(login=role)
        driver = _driver(connection)
        driver.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                sql.Identifier(role), sql.Literal(_verifier(driver, role, password))
            )
        )
        if person:
            connection.execute(text("SET LOCAL ROLE desk_job"))
            connection.execute(
                text(
                    "UPDATE desk.people SET must_change_password = true, password_by = session_user,"
                    " password_at = clock_timestamp() WHERE role = :role"
                ),
                {"role": role},
            )


def _require_fit(login: str, password: str) -> None:
    if len(password) < SHORTEST_PASSWORD or password == login:
        raise PasswordUnfit(shortest=SHORTEST_PASSWORD)


def _verifier(driver: psycopg.Connection[Any], role: str, password: str) -> str:
    """What leaves this machine instead of the password, and what a server's log may hold."""
    return driver.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()


def _create_role(connection: Connection, login: str, password: str | None) -> None:
    """The role as `desk.person_create` would make it."""
    driver = _driver(connection)
    role = sql.Identifier(login)
    verifier = None if password is None else _verifier(driver, login, password)
    try:
        driver.execute(
            sql.SQL(
                "CREATE ROLE {} LOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
                " CONNECTION LIMIT 8 PASSWORD {}"
            ).format(role, sql.Literal(verifier))
        )
    except psycopg.errors.DuplicateObject as error:
        raise LoginTaken(login=login) from error
    driver.execute(sql.SQL("GRANT desk_operator TO {}").format(role))
    _adopt(driver, login)
    for name, value in LIMITS.items():
        driver.execute(sql.SQL("ALTER ROLE {} SET {} = {}").format(role, sql.Identifier(name), sql.Literal(value)))


def adopt_people(connection: Connection) -> None:
    """Let the people screen reach everybody again: a new server, or a move to 16, forgets who may change whom."""
    driver = _driver(connection)
    for (login,) in driver.execute(
        "SELECT p.role FROM desk.people p JOIN pg_roles r ON r.rolname = p.role WHERE NOT p.service"
    ).fetchall():
        _adopt(driver, str(login))


def make_missing_roles(connection: Connection) -> list[str]:
    """Make the roles that a copy does not carry: on a new server people are rows and nothing else."""
    driver = _driver(connection)
    rows = driver.execute(
        "SELECT role, active FROM desk.people WHERE NOT service AND to_regrole(quote_ident(role)) IS NULL ORDER BY role"
    ).fetchall()
    for role, active in rows:
        if not LOGIN.fullmatch(role) or RESERVED.fullmatch(role):
            raise LoginInvalid(login=role)
        _create_role(connection, role, None)
        if not active:
            name = sql.Identifier(role)
            driver.execute(sql.SQL("ALTER ROLE {} NOLOGIN").format(name))
            driver.execute(sql.SQL("REVOKE desk_operator FROM {}").format(name))
    return [str(role) for role, _ in rows]


def _adopt(driver: psycopg.Connection[Any], login: str) -> None:
    """ADMIN on the person's role, without which the functions of the people screen could not change it."""
    how = "ADMIN OPTION" if driver.info.server_version < 160000 else "ADMIN TRUE, INHERIT FALSE, SET FALSE"
    driver.execute(sql.SQL("GRANT {} TO desk_people WITH " + how).format(sql.Identifier(login)))


def _driver(connection: Connection) -> psycopg.Connection[Any]:
    driver: Any = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver
