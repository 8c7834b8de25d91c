"""One scene for all attacks of a module: what leaves no trace needs no fresh database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.builders import a_login, a_plan, a_routing_server, a_secret
from tests.postgres import Cluster, Database
from tests.security.scene import Scene


def build(database: Database) -> Scene:
    """The scene in a database of its own."""
    plan = a_plan(database)
    login = a_login(database, plan_id=plan.id, login="cliente.casa", password="k2m4p6r8")
    server = a_routing_server(database, nas_address="192.0.2.1", local_secrets=True)
    a_secret(database, "router", server.id, "senha-do-roteador")
    a_secret(database, "nas", server.id, "segredo-do-nas", clear=True)
    return Scene(
        database,
        plan=plan,
        suspended=a_plan(database, status="SUSPENSO"),
        cancelled=a_plan(database, status="CANCELADO"),
        awaiting=a_plan(database, status="AGUARDANDO_AUTORIZACAO"),
        login=login,
        server=server,
    )


@pytest.fixture(scope="module")
def scene(cluster: Cluster, template: str) -> Iterator[Scene]:
    """For attacks, which must change nothing."""
    database = Database(cluster, cluster.clone(template))
    try:
        yield build(database)
    finally:
        database.close()
        cluster.drop(database.name)
        cluster.restore_roles()


@pytest.fixture
def fresh(database: Database) -> Scene:
    """For what is permitted, and so changes things."""
    return build(database)
