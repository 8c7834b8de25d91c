"""Secrets: what is sealed opens only in its own place; a look is committed before it is granted."""

from __future__ import annotations

import os
import uuid

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from desk.demo.routeros import RouterOsStandIn
from desk.services.core.errors import NotAllowed, Refused
from desk.services.core.secrets import Revealed, reveal, reveal_for_debt, seal, store_secret, unseal
from tests.builders import a_login, a_routing_server, a_secret
from tests.postgres import Database
from tests.services.core.net import PASSWORD, a_net

KEY = bytes(range(32))


@given(secret=st.text(min_size=1, max_size=128), owner=st.integers(1, 2**62), version=st.integers(1, 2**62))
def test_what_is_sealed_opens_and_is_never_the_same_twice(secret: str, owner: int, version: int) -> None:
    blob = seal(KEY, "radius", owner, version, secret)
    assert unseal(KEY, "radius", owner, version, blob) == secret
    assert blob != seal(KEY, "radius", owner, version, secret)
    assert len(secret) < 3 or secret.encode() not in blob


@pytest.mark.parametrize("place", [("router", 7, 3), ("radius", 8, 3), ("radius", 7, 4)])
def test_a_blob_moved_to_another_place_does_not_open(place: tuple[str, int, int]) -> None:
    blob = seal(KEY, "radius", 7, 3, "k2m4p6r8")
    with pytest.raises(InvalidTag):
        unseal(KEY, *place, blob)
    with pytest.raises(InvalidTag):
        unseal(os.urandom(32), "radius", 7, 3, blob)
    with pytest.raises(InvalidTag):
        unseal(KEY, "radius", 7, 3, blob[:-1] + bytes([blob[-1] ^ 1]))


def test_a_revealed_secret_hides_from_logs() -> None:
    shown = Revealed("radius", 7, "k2m4p6r8")
    assert "k2m4p6r8" not in f"{shown} {shown!r}"


def test_stored_then_revealed_and_the_newest_counts(database: Database) -> None:
    login = a_login(database)
    sessions = database.signed_in("administrador").sessions
    for secret in ("primeira-1", "segunda-ção"):
        with sessions.begin() as session:
            store_secret(session, "radius", login.id, secret, clear=True)
    assert reveal(sessions, "radius", login.id, "teste").text == "segunda-ção"
    tickets = database.admin().execute("SELECT who, reason FROM desk_vault.tickets").fetchall()
    assert tickets == [("administrador", "teste")]


def test_refusals_come_as_types_that_callers_know(database: Database) -> None:
    login = a_login(database, password="k2m4p6r8")
    bare = a_routing_server(database)
    with pytest.raises(NotAllowed) as refused:
        reveal(database.signed_in("atendente").sessions, "radius", login.id, "")
    assert refused.value.permission == "Ver Senha Login Radius"
    with pytest.raises(Refused) as none:
        reveal(database.signed_in("suporte").sessions, "router", bare.id, "")
    assert none.value.params["constraint"] == "secret:none"


def test_for_a_debt_the_password_goes_to_the_holder_of_its_lease_only(database: Database) -> None:
    with RouterOsStandIn() as router:
        net = a_net(database, router, local=True)
    net.suspend()
    key = str(net.login.id)
    clerk = database.signed_in("atendente").sessions
    lease = database.connect("atendente").execute("SELECT lease FROM desk.debt_lease('radius_login', %s)", (key,))
    held = lease.fetchone()[0]
    assert reveal_for_debt(clerk, "radius_login", key, held) is None  # nothing stored yet
    a_secret(database, "radius", net.login.id, "k2m4p6r8", clear=True)
    shown = reveal_for_debt(clerk, "radius_login", key, held)
    assert shown is not None and shown.text == "k2m4p6r8"
    for sessions, stolen in ((database.signed_in("suporte").sessions, held), (clerk, uuid.uuid4())):
        with pytest.raises(NotAllowed):
            reveal_for_debt(sessions, "radius_login", key, stolen)
    assert reveal(clerk, "router", net.point.routing_server_id or 0, "entrega").text == PASSWORD
