"""What the attacks are aimed at, and how it is told that they changed nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from tests.builders import Login, Plan, RoutingServer
from tests.postgres import Database

# Every table of ours, and what the server keeps about roles, triggers, rules, functions and settings.
_TABLES = """
SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND (
  c.relnamespace::regnamespace::text IN ('desk', 'desk_vault') OR c.oid IN (
    'pg_authid'::regclass, 'pg_auth_members'::regclass, 'pg_trigger'::regclass, 'pg_rewrite'::regclass,
    'pg_policy'::regclass, 'pg_largeobject_metadata'::regclass, 'pg_db_role_setting'::regclass,
    'pg_namespace'::regclass, 'pg_extension'::regclass, 'pg_proc'::regclass))
ORDER BY 1"""


@dataclass
class Scene:
    """A small company: one plan of each kind that an attacker would want, and its people."""

    database: Database
    plan: Plan  # enabled, with one login
    suspended: Plan
    cancelled: Plan
    awaiting: Plan
    login: Login  # its password is in the vault
    server: RoutingServer  # likewise
    price: str = "99.90"

    def state(self) -> dict[str, str]:
        """Everything that must be the same after a refusal."""
        admin = self.database.admin()
        names = [row[0] for row in admin.execute(_TABLES)]
        each = (f"SELECT '{name}', md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM {name} t" for name in names)
        return dict(admin.execute(" UNION ALL ".join(each).encode()).fetchall())

    def sql(self, statement: str) -> str:
        """The statement with the scene's own ids: {plan}, {suspended}, {login}, {server} …"""
        return statement.format(
            plan=self.plan.id,
            customer=self.plan.customer_id,
            catalog=self.plan.catalog_plan_id,
            suspended=self.suspended.id,
            cancelled=self.cancelled.id,
            awaiting=self.awaiting.id,
            login=self.login.id,
            server=self.server.id,
        )

    def attack(self, role: str, *statements: str, state: str | tuple[str, ...] = "42501") -> psycopg.Error:
        """Run the statements as that person in one transaction; the last is refused, and nothing has changed."""
        before = self.state()
        with contextlib.closing(self.database.connect(role, autocommit=False)) as connection:
            *first, last = map(self.sql, statements)
            for statement in first:
                connection.execute(statement.encode())
            with pytest.raises(psycopg.Error) as caught:
                connection.execute(last.encode())
            assert caught.value.sqlstate in ((state,) if isinstance(state, str) else state), caught.value
            connection.rollback()
        after = self.state()
        assert [name for name in before if before[name] != after.get(name)] == []
        return caught.value

    def run(self, role: str, *statements: str) -> list[tuple[Any, ...]]:
        """Run the statements as that person in one transaction, and commit; the rows of the last."""
        with contextlib.closing(self.database.connect(role, autocommit=False)) as connection:
            rows: list[tuple[Any, ...]] = []
            for statement in map(self.sql, statements):
                cursor = connection.execute(statement.encode())
                rows = cursor.fetchall() if cursor.description else []
            connection.commit()
        return rows

    @contextlib.contextmanager
    def holding(self, role: str, *codes: str) -> Iterator[None]:
        """The person holds exactly these permissions meanwhile."""
        admin = self.database.admin()
        held = [
            row[0] for row in admin.execute(f"SELECT permission FROM desk.person_permissions WHERE role = '{role}'")
        ]
        self._grant(role, codes)
        try:
            yield
        finally:
            self._grant(role, held)

    def _grant(self, role: str, codes: Sequence[str]) -> None:
        admin = self.database.admin()
        admin.execute("DELETE FROM desk.person_permissions WHERE role = %s", (role,))
        for code in codes:
            admin.execute("INSERT INTO desk.person_permissions (role, permission) VALUES (%s, %s)", (role, code))


def constraint(error: psycopg.Error) -> str:
    """What kind of refusal it was; empty for a plain lack of grants."""
    return error.diag.constraint_name or ""
