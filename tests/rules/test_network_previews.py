"""Preview everywhere: each dialog that touches the network shows the exact differences before it is confirmed."""

from __future__ import annotations

from pathlib import Path

import pytest

from desk import services
from desk.services.core.bus import HANDLERS, Query
from desk.services.variables import REACHES_NETWORK
from tests.postgres import Database
from tests.previewed import EXEMPT, PREVIEWED

UI = Path(services.__file__).parents[1] / "ui"
# What brings the exact words to the screen: the box itself, the question that has one, or the report's own sentences.
SHOWS = ("NetworkBox(", "NetworkQuestion(", "tell_network(", "network=True", "Rehearse(", ".sends")

services.register_all()


def test_the_maps_name_orders_that_there_are_and_no_order_twice() -> None:
    orders = {command.__name__ for command in HANDLERS if not issubclass(command, Query)}
    assert set(PREVIEWED) | set(EXEMPT) <= orders
    assert not set(PREVIEWED) & set(EXEMPT)
    assert all(EXEMPT.values())


@pytest.mark.parametrize("order", PREVIEWED)
def test_the_screen_of_an_order_shows_what_the_network_will_hear(order: str) -> None:
    text = (UI / PREVIEWED[order]).read_text()
    assert any(word in text for word in SHOWS), f"{PREVIEWED[order]} shows nothing of the network"
    used = [path for path in UI.rglob("*.py") if order in path.read_text()]
    assert used, f"no screen gives {order}"


def test_every_variable_that_a_trigger_owes_for_is_asked_about(database: Database) -> None:
    """What the database owes for a line of settings is what the page knows to ask about."""
    found = database.admin().execute(
        "SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE t.tgrelid = 'desk.variables'::regclass AND p.prosrc LIKE '%owe%'"
    )
    named = {code for (definition,) in found for code in REACHES_NETWORK if f"'{code}'" in definition}
    assert named == set(REACHES_NETWORK)
    count = database.admin().execute(
        "SELECT count(*) FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE t.tgrelid = 'desk.variables'::regclass AND p.prosrc LIKE '%owe%'"
    )
    assert count.fetchone() == (len(REACHES_NETWORK),)
