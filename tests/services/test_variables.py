"""Variáveis: values, limits, versions, history, denial."""

from __future__ import annotations

import pytest

from desk.services.core.errors import Invalid, NotAllowed, StaleRecord
from desk.services.variables import SetVariable, VariableRow, Variables
from tests.postgres import Database

SPOKEN = {
    "Limitar Clientes",
    "Bloquear Acentos em Logins de Radius",
    "Permite Usar o Status Suspensão Temporária",
    "Dias de Habilitação Provisória",
}


def variable(database: Database, code: str) -> VariableRow:
    rows = database.bus("administrador").execute(Variables()).value
    return next(row for row in rows if row.code == code)


def setting(row: VariableRow, value: str) -> SetVariable:
    return SetVariable(code=row.code, value=value, version=row.version)


def test_all_variables_with_their_exact_labels(database: Database) -> None:
    rows = database.bus("administrador").execute(Variables()).value
    assert {row.label for row in rows} >= SPOKEN
    assert all(row.value == row.default_value for row in rows)


def test_a_variable_is_set_and_who_did_it_is_known(database: Database) -> None:
    row = variable(database, "limit_customers")
    outcome = database.bus("administrador").execute(setting(row, "S"))
    assert outcome.changed == {"variables"}
    assert variable(database, "limit_customers").value == "S"
    kept = database.admin().execute("SELECT who, before, after FROM desk.change_log WHERE tbl = 'variables'").fetchall()
    assert [(who, before["value"], after["value"]) for who, before, after in kept] == [("administrador", "N", "S")]
    with pytest.raises(StaleRecord):
        database.bus("administrador").execute(setting(row, "N"))


@pytest.mark.parametrize(
    ("code", "value"),
    [("limit_customers", "talvez"), ("limit_customers", "1"), ("provisional_days", "S"), ("provisional_days", "-1")],
)
def test_only_values_of_its_kind(database: Database, code: str, value: str) -> None:
    with pytest.raises(Invalid):
        database.bus("administrador").execute(setting(variable(database, code), value))


def test_a_number(database: Database) -> None:
    database.bus("administrador").execute(setting(variable(database, "provisional_days"), "7"))
    assert variable(database, "provisional_days").value == "7"


@pytest.mark.parametrize("role", ["atendente", "suporte", "ninguem"])
def test_variables_need_their_permission(database: Database, role: str) -> None:
    row = variable(database, "limit_customers")
    for order in (setting(row, "S"), Variables()):
        with pytest.raises(NotAllowed) as refused:
            database.bus(role).execute(order)
        assert refused.value.permission == "Variáveis"
