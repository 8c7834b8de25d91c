"""The people every test database knows."""

from __future__ import annotations

from collections.abc import Iterable

from desk.models.people import Permission as P
from tests.postgres import password_of

# Roles that sign in without a person behind them.
SERVICES = ("desk_worker", "radius", "desk_backup")

PEOPLE: dict[str, tuple[str, frozenset[P]]] = {
    "administrador": ("Ana Administradora", frozenset(permission for permission in P if not permission.negative)),
    "atendente": (
        "Bruno Atendente",
        frozenset(
            {
                P.CUSTOMERS,
                P.EDIT_CUSTOMER,
                P.ADD_PLAN,
                P.EDIT_PLAN,
                P.EDIT_PLAN_STATUS,
                P.EDIT_DUE_DAY,
                P.CHANGE_CATALOG_PLAN,
                P.CONTRACT,
                P.PRINT_SLIP,
            }
        ),
    ),
    "suporte": (
        "Carla Suporte",
        frozenset(
            {
                P.CUSTOMERS,
                P.EDIT_PLAN_IP,
                P.SEE_RADIUS_PASSWORD,
                P.EDIT_RADIUS_PASSWORD,
                P.DELETE_RADIUS_LOGIN,
                P.ACCESS_POINTS,
                P.ROUTING_SERVERS,
            }
        ),
    ),
    "financeiro": (
        "Davi Financeiro",
        frozenset(
            {
                P.CUSTOMERS,
                P.DISCOUNT,
                P.EDIT_LAST_CLOSE,
                P.EDIT_DUE_DAY,
                P.EDIT_PLAN_STATUS,
                P.ENABLE_SUSPENDED,
                P.CANCEL_PLAN,
                P.PRINT_SLIP,
                P.RECEIPT,
            }
        ),
    ),
    "ninguem": ("Eva Ninguém", frozenset()),
}


def let_in(dsn: str, logins: Iterable[str] = PEOPLE) -> None:
    """Make these people, and give every role of a service its password."""
    from desk.db.operators import create_operator, set_password

    for login in logins:
        name, permissions = PEOPLE[login]
        create_operator(dsn, login, name, password_of(login), permissions, must_change=False)
    for service in SERVICES:
        set_password(dsn, service, password_of(service))
