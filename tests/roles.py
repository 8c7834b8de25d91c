"""Roles belong to the server, not to a database: what one test does to them is undone before the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from psycopg import sql
from psycopg.rows import dict_row

if TYPE_CHECKING:
    from tests.postgres import Cluster


class Membership(NamedTuple):
    """That a role belongs to another, and the words that make it so again."""

    group: str
    member: str
    how: str


class Roles:
    """The roles of a server as they were when this was made."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._roles, self._members = self._read()

    def restore(self) -> None:
        """Undo what a test did: drop new ones, put passwords, flags and memberships back."""
        roles, members = self._read()
        if (roles, members) == (self._roles, self._members):
            return
        with self._cluster.admin() as admin:
            for role in roles.keys() - self._roles.keys():
                admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))
            for role, was in self._roles.items():
                if roles.get(role) != was:
                    admin.execute(
                        "UPDATE pg_authid SET rolpassword = %(rolpassword)s, rolcanlogin = %(rolcanlogin)s,"
                        " rolsuper = %(rolsuper)s, rolcreaterole = %(rolcreaterole)s, rolconnlimit = %(rolconnlimit)s"
                        " WHERE rolname = %(rolname)s",
                        was,
                    )
            changed = self._members ^ members
            for group, member in {
                (one.group, one.member) for one in changed if {one.group, one.member} <= self._roles.keys()
            }:
                both = (sql.Identifier(group), sql.Identifier(member))
                admin.execute(sql.SQL("REVOKE {} FROM {}").format(*both))
                for one in self._members:
                    if (one.group, one.member) == (group, member):
                        admin.execute(sql.SQL("GRANT {} TO {} " + one.how).format(*both))

    def _read(self) -> tuple[dict[str, dict[str, Any]], set[Membership]]:
        with self._cluster.keeper().cursor(row_factory=dict_row) as cursor:
            found = cursor.execute(
                "SELECT rolname, rolpassword, rolcanlogin, rolsuper, rolcreaterole, rolconnlimit FROM pg_authid"
                " WHERE rolname !~ '^pg_'"
            ).fetchall()
            members = cursor.execute(
                "SELECT g.rolname AS of, m.rolname AS member, to_jsonb(a) AS options FROM pg_auth_members a"
                " JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member WHERE g.rolname !~ '^pg_'"
            ).fetchall()
        return {row["rolname"]: row for row in found}, {
            Membership(row["of"], row["member"], _how(row["options"])) for row in members
        }


def _how(options: dict[str, Any]) -> str:
    """WITH … of a GRANT, from a row of pg_auth_members; 15 knows only the first of the three."""
    named = {"admin_option": "ADMIN", "inherit_option": "INHERIT", "set_option": "SET"}
    if "set_option" not in options:
        return "WITH ADMIN OPTION" if options["admin_option"] else ""
    return "WITH " + ", ".join(f"{word} {str(options[column]).upper()}" for column, word in named.items())
