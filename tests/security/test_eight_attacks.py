"""The attacks that the design names, one after the other, each with the words of the refusal.

Where a permission would open the way, the refusal names it by its label. Where none does, nobody is told of one: the
same attack fails for whoever holds them all.
"""

from __future__ import annotations

import pytest

from desk.models.people import Permission, Section
from desk.services.core.database_errors import translate
from desk.services.core.errors import NotAllowed
from tests.rules.test_labels import OF_LINKED_PAGES, OF_SCREENS, OF_SECTIONS, PERMISSIONS
from tests.security.scene import Scene
from tests.security.test_ip_abuse import EVIL

VERIFIER = f"SCRAM-SHA-256$4096:{'A' * 22}==${'A' * 43}=:{'A' * 43}="
PLAN = "UPDATE desk.customer_plans SET {} WHERE id = {{{}}}"
REVEAL = "SELECT desk.ask_reveal('radius', {login}, 'curiosidade')"
GRANT = "SELECT desk.person_grant('suporte', 'users')"
WITH_A_LABEL = {
    "reads a customer's password": (REVEAL, "Ver Senha Login Radius"),
    "gives another one a permission": (GRANT, "Usuários"),
    "takes another one's permission": ("SELECT desk.person_revoke('atendente', 'add_plan')", "Usuários"),
    "changes another one's password": (f"SELECT desk.person_password('suporte', '{VERIFIER}')", "Usuários"),
    "sets a due day": (PLAN.format("due_day = 25", "plan"), "Editar Vencimento do Plano"),
    "enables a suspended plan": (PLAN.format("status = 'HABILITADO'", "suspended"), "Habilitar Planos Suspensos"),
    "calls a definer function with a poisoned path": (REVEAL, "Ver Senha Login Radius"),
    "calls another one with it": (GRANT, "Usuários"),
}
WITHOUT_ANY = {
    "reads the vault": "SELECT cleartext FROM desk_vault.radius_clear",
    "writes grants by hand": "INSERT INTO desk.person_permissions VALUES ('suporte', 'users')",
    "deletes the history of a plan": "DELETE FROM desk.plan_status_history WHERE plan_id = {plan}",
    "deletes the history of people": "DELETE FROM desk.history_entries",
    "empties the change log": "TRUNCATE desk.change_log",
    "says that somebody else did it": "UPDATE desk.change_log SET who = 'suporte' WHERE who = session_user",
    "says when it was": "UPDATE desk.plan_status_history SET at = now() - interval '1 year'",
    "becomes somebody else": "SET SESSION AUTHORIZATION suporte",
    "makes a plan somebody else's work": PLAN.format("created_by = 'suporte'", "plan"),
    "reads the daemon's passwords": "SELECT * FROM radius_api.radcheck",
    "reads the routers' secrets": "SELECT * FROM radius_api.nas",
    "asks as the daemon does": "SELECT * FROM radius_api.decide('cliente.casa', '')",
}


@pytest.mark.parametrize("what", WITH_A_LABEL)
def test_the_refusal_bears_the_label_of_the_permission(scene: Scene, what: str) -> None:
    statement, label = WITH_A_LABEL[what]
    before = []
    if "path" in what or "it" in what.split():
        if scene.database.admin().execute("SELECT to_regnamespace('evil') IS NULL").fetchone() == (True,):
            scene.database.admin().execute(EVIL)
        before = ["SET LOCAL search_path = evil, pg_temp, desk, pg_catalog"]
    # Whoever holds everything else, the negative one aside, is refused for the lack of this one.
    others = [each.code for each in Permission if not each.negative and each.value != label]
    for held in ([], others):
        if not held and label == "Habilitar Planos Suspensos":
            held = ["edit_plan_status"]  # two are needed, and the other one is asked for first
        with scene.holding("ninguem", *held):
            refused = scene.attack("ninguem", *before, statement)
        # What another permission allows in company, as the new owner's due day, may be named behind it.
        assert (refused.diag.message_primary or "").startswith(f'Falta a permissão "{label}"')
        error = translate(refused)
        assert isinstance(error, NotAllowed) and error.params["permission"] == label


@pytest.mark.parametrize("what", WITHOUT_ANY)
def test_where_no_permission_opens_it_the_one_who_holds_all_is_refused_too(scene: Scene, what: str) -> None:
    everything = [each.code for each in Permission if not each.negative]
    with scene.holding("ninguem", *everything):
        for role in ("ninguem", "administrador"):
            refused = scene.attack(role, WITHOUT_ANY[what])
            assert not refused.diag.constraint_name
            assert isinstance(translate(refused), NotAllowed)


def test_the_database_calls_them_as_the_sources_do(scene: Scene) -> None:
    rows = scene.database.admin().execute("SELECT label, section, code FROM desk.permissions").fetchall()
    assert sorted(label for label, _, _ in rows) == sorted({*PERMISSIONS, *OF_LINKED_PAGES, *OF_SECTIONS, *OF_SCREENS})
    assert {section for _, section, _ in rows} == {section.value for section in Section}  # no branch is empty
    assert {code: section for _, section, code in rows} == {each.code: each.section.value for each in Permission}
