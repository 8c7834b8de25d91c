"""Drift by hand: nobody owes corrections without the permission, none says what to do, no password is told."""

from __future__ import annotations

import hashlib
import os

import pytest

from tests.builders import a_login, a_plan, an_access_point
from tests.security.scene import Scene, constraint

CORRECT = "SELECT * FROM desk.correct_drift(ARRAY[{{server}}]::bigint[], ARRAY['{kind}'], ARRAY[{owner}], ARRAY['x'])"


@pytest.mark.parametrize("kind", ["login", "ip", "leftover/login", "leftover/ip", "leftover/session"])
@pytest.mark.parametrize("role", ["atendente", "financeiro", "ninguem"])
def test_correcting_needs_the_permission(scene: Scene, role: str, kind: str) -> None:
    refused = scene.attack(role, CORRECT.format(kind=kind, owner="{login}"))
    assert constraint(refused) == "permission:routing_servers"
    assert refused.diag.message_primary == 'Falta a permissão "Servidores de Roteamento"'


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO desk.debts (topic, key) VALUES ('router_leftover', '{server}/login/{login}')",
        "UPDATE desk.debts SET key = '{server}/login/1'",
        "SELECT desk.owe('router_leftover', '{server}/login/1', NULL, NULL)",
        "SELECT desk.owe_logins(ARRAY[{login}::bigint])",
        "DELETE FROM desk.debts",
    ],
)
def test_there_is_no_other_way_to_owe(scene: Scene, statement: str) -> None:
    assert constraint(scene.attack("suporte", statement)) == ""


@pytest.mark.parametrize(
    ("kinds", "owners"),
    [
        ("ARRAY['leftover/other']", "ARRAY[1]"),
        ("ARRAY['leftover/login/1']", "ARRAY[1]"),
        ("ARRAY['login', 'login']", "ARRAY[1]"),
        ("ARRAY['leftover/login']", "ARRAY[-1]"),
        ("ARRAY['leftover/login']", "ARRAY[NULL]"),
        ("ARRAY[NULL]", "ARRAY[1]"),
        ("NULL", "NULL"),
        ("'{{}}'", "'{{}}'"),
    ],
)
def test_only_what_was_meant_can_be_named(scene: Scene, kinds: str, owners: str) -> None:
    statement = "SELECT desk.correct_drift(ARRAY[{{server}}], {}::text[], {}::bigint[], ARRAY['x'])"
    assert constraint(scene.attack("suporte", statement.format(kinds, owners))) == "rule:drift_items"


def test_only_at_a_router_in_use(scene: Scene) -> None:
    statement = "SELECT desk.correct_drift(ARRAY[987654], ARRAY['leftover/login'], ARRAY[1], ARRAY['x'])"
    assert constraint(scene.attack("suporte", statement)) == "rule:drift_router"


def test_a_snapshot_does_not_keep_a_permission_that_was_taken_away(scene: Scene) -> None:
    begin = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"
    assert constraint(scene.attack("suporte", begin, CORRECT.format(kind="login", owner="{login}"))) == "isolation"


def test_what_is_owed_is_the_thing_and_the_line_of_history_is_written(fresh: Scene) -> None:
    fresh.database.admin().execute("UPDATE desk.debts SET done = wanted")
    fresh.run("suporte", CORRECT.format(kind="login", owner="{login}"))
    fresh.run("suporte", CORRECT.format(kind="leftover/login", owner="987654"))
    rows = fresh.database.admin().execute("SELECT topic, key FROM desk.debts WHERE done < wanted ORDER BY topic")
    assert rows.fetchall() == [
        ("radius_login", str(fresh.login.id)),
        ("router_leftover", f"{fresh.server.id}/login/987654"),
    ]
    lines = fresh.database.admin().execute(
        "SELECT who, customer_id FROM desk.history_entries WHERE action = 'drift.corrected' ORDER BY id"
    )
    assert lines.fetchall() == [("suporte", fresh.plan.customer_id), ("suporte", None)]


class Guess:
    """A question about one login's password, as the report asks it, or as somebody who guesses would."""

    def __init__(self, scene: Scene, password: str) -> None:
        self.nonce = os.urandom(32)
        point = an_access_point(scene.database, routing_server=scene.server)
        plan = a_plan(scene.database, access_point=point)
        self.login = a_login(scene.database, plan_id=plan.id, password="k2m4p6r8").id
        self.digest = hashlib.sha256(self.nonce + password.encode()).digest()

    @property
    def ask(self) -> str:
        """The committed question."""
        question = hashlib.sha256(self.nonce + str(self.login).encode() + self.digest).hexdigest()
        return f"SELECT desk.ask_comparison({{server}}, '\\x{question}')"

    def answer(self, ticket: object) -> str:
        """The question itself."""
        nonce, digest = self.nonce.hex(), self.digest.hex()
        return f"SELECT desk.passwords_differ('{ticket}', '\\x{nonce}', ARRAY[{self.login}], '\\x{digest}')"


def test_a_committed_question_hears_yes_or_no_and_nothing_else(fresh: Scene) -> None:
    right, wrong = Guess(fresh, "k2m4p6r8"), Guess(fresh, "outra")
    for guess, heard in ((right, []), (wrong, [(wrong.login,)])):
        ((ticket,),) = fresh.run("suporte", guess.ask)
        assert fresh.run("suporte", guess.answer(ticket)) == heard


def test_a_guess_must_be_the_one_that_was_committed(fresh: Scene) -> None:
    asked, other = Guess(fresh, "uma"), Guess(fresh, "outra")
    ((ticket,),) = fresh.run("suporte", asked.ask)
    assert constraint(fresh.attack("suporte", other.answer(ticket))) == "reveal:ticket"
    assert constraint(fresh.attack("administrador", asked.answer(ticket))) == "reveal:ticket"
    router = "SELECT desk.ask_reveal('router', {server}, 'comparação')"
    ((ticket,),) = fresh.run("suporte", router)
    assert constraint(fresh.attack("suporte", asked.answer(ticket))) == "reveal:ticket"


def test_a_question_opens_no_secret(fresh: Scene) -> None:
    ((ticket,),) = fresh.run("suporte", Guess(fresh, "uma").ask)
    assert constraint(fresh.attack("suporte", f"SELECT desk.reveal('{ticket}')")) == "reveal:ticket"


def test_a_question_is_no_search_for_one_password(fresh: Scene) -> None:
    """Fifty thousand guesses at the same login in one question would be a million and a half an hour."""
    guess = Guess(fresh, "k2m4p6r8")
    wrong = hashlib.sha256(guess.nonce + b"outra").digest()
    named, digests = f"{guess.login},{guess.login}", wrong + guess.digest
    question = hashlib.sha256(guess.nonce + named.encode() + digests).hexdigest()
    ((ticket,),) = fresh.run("suporte", f"SELECT desk.ask_comparison({{server}}, '\\x{question}')")
    fresh.attack(
        "suporte",
        f"SELECT desk.passwords_differ('{ticket}', '\\x{guess.nonce.hex()}', ARRAY[{named}], '\\x{digests.hex()}')",
        state="22023",
    )


def test_an_uncommitted_question_is_none(fresh: Scene) -> None:
    guess = Guess(fresh, "uma")
    person = fresh.database.connect("suporte", autocommit=False)
    row = person.execute(fresh.sql(guess.ask).encode()).fetchone()
    assert row is not None
    person.rollback()
    assert constraint(fresh.attack("suporte", guess.answer(row[0]))) == "reveal:ticket"
    person.close()


def test_thirty_questions_an_hour_and_no_more(fresh: Scene) -> None:
    guess = Guess(fresh, "uma")
    for _ in range(30):
        fresh.run("suporte", guess.ask)
    assert constraint(fresh.attack("suporte", guess.ask)) == "reveal:rate"


@pytest.mark.parametrize("role", ["atendente", "financeiro", "ninguem"])
def test_comparing_needs_the_permission(fresh: Scene, role: str) -> None:
    assert constraint(fresh.attack(role, Guess(fresh, "uma").ask)) == "permission:routing_servers"


def test_a_router_without_secrets_of_its_own_is_not_asked_about(fresh: Scene) -> None:
    guess = Guess(fresh, "uma")
    fresh.run("suporte", "UPDATE desk.routing_servers SET local_secrets = false WHERE id = {server}")
    assert constraint(fresh.attack("suporte", guess.ask)) == "reveal:local"
