""" "Você quis dizer": names that somebody bears, near to what was typed."""

from __future__ import annotations

import psycopg
import pytest

from desk.services.core.bus import Bus
from desk.services.customers import CustomerHit, SearchCustomers, SearchKind, SuggestName
from tests.builders import a_customer
from tests.postgres import Database


@pytest.fixture
def bus(database: Database) -> Bus:
    """Three customers, and somebody without any permission who looks for them."""
    for name in ("Maria Aparecida Silva", "José Gonçalves de Souza", "Antônio Wellington Sá"):
        a_customer(database, name)
    return database.bus("ninguem")


def found(bus: Bus, text: str) -> list[CustomerHit]:
    return bus.execute(SearchCustomers(text)).value


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("maira silva", "maria silva"),
        ("slva maria", "silva maria"),
        ("joze gonsalves", "jose goncalves"),
        ("Welington", "wellington"),
        ("gonçalvez de souza", "goncalves souza"),
        ("aparesida", "aparecida"),
        ("nome: marya", "maria"),
        ("maria souza", None),  # each word is right: nobody bears both
        ("maira souza", None),
        ("zzqxkw", None),
        ("123.456.789-00", None),
        ("", None),
    ],
)
def test_a_typing_error_leads_to_a_name_that_somebody_bears(bus: Bus, typed: str, meant: str | None) -> None:
    assert found(bus, typed) == []
    assert bus.execute(SuggestName(typed)).value == meant
    assert meant is None or found(bus, meant)


def test_only_names_are_suggested(bus: Bus) -> None:
    assert bus.execute(SuggestName("maira silva", SearchKind.LOGIN)).value is None


def test_new_names_are_known_at_once_and_old_ones_suggest_nobody(bus: Bus, database: Database) -> None:
    customer = a_customer(database, "Zenilda Prates")
    assert bus.execute(SuggestName("zenylda")).value == "zenilda"
    clerk = database.connect("administrador")
    clerk.execute("UPDATE desk.customers SET name = 'Ivonete Prates' WHERE id = %s", (customer.id,))
    assert bus.execute(SuggestName("zenylda")).value is None
    assert bus.execute(SuggestName("ivonette prates")).value == "ivonete prates"


def test_nobody_at_a_desk_writes_words(database: Database) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.connect("administrador").execute("INSERT INTO desk.name_words VALUES ('palavra')")
