"""The small lists that everything else chooses from: cities, business units, service groups, payment methods."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from desk.models.catalog import PaymentMethod, ServiceGroup
from desk.models.customers import BusinessUnit, City
from desk.models.people import Permission
from desk.services.catalog.errors import EntryInUse
from desk.services.core.bus import Command, Query, use_case
from desk.services.core.errors import Invalid, NotFound, Violation
from desk.services.core.work import Work

STATES = frozenset(
    "AC AL AM AP BA CE DF ES GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO".split()  # noqa: SIM905
)


class SmallList(enum.StrEnum):
    """Which list; the value is its label."""

    CITIES = "Cidades"
    UNITS = "Unidades de Negócios"
    GROUPS = "Grupos de Serviço"
    METHODS = "Formas de Pagamento"


_KINDS: dict[SmallList, type[Any]] = {
    SmallList.CITIES: City,
    SmallList.UNITS: BusinessUnit,
    SmallList.GROUPS: ServiceGroup,
    SmallList.METHODS: PaymentMethod,
}


@dataclass(frozen=True)
class ListRow:
    """One entry; fields that its list does not have are empty."""

    id: int
    name: str
    state: str = ""
    ibge: str = ""
    abbreviation: str = ""
    city_id: int | None = None
    city: str = ""
    prints_booklet: bool = False
    active: bool = True
    speed_gap_days: int | None = None


@dataclass(frozen=True)
class Lists(Query[list[ListRow]]):
    """All entries of one list; one statement."""

    which: SmallList


@dataclass(frozen=True, kw_only=True)
class SaveListRow(Command[int]):
    """New (no id) or changed entry of any list but the cities."""

    which: SmallList
    id: int | None = None
    name: str
    city_id: int | None = None
    prints_booklet: bool = False
    active: bool = True
    speed_gap_days: int | None = None


@dataclass(frozen=True, kw_only=True)
class SaveCity(Command[int]):
    """New (no id) or changed city; whoever registers customers may add the one that is missing."""

    id: int | None = None
    name: str
    state: str
    ibge: str = ""
    abbreviation: str = ""


@dataclass(frozen=True, kw_only=True)
class DeleteListRow(Command[None]):
    """Remove an entry that nothing uses."""

    which: SmallList
    id: int


@dataclass(frozen=True, kw_only=True)
class DeleteCity(Command[None]):
    """Remove a city that nothing uses."""

    id: int


_ROWS = {
    SmallList.CITIES: "SELECT id, name, state, COALESCE(ibge, ''), abbreviation FROM desk.cities ORDER BY name, state",
    SmallList.UNITS: "SELECT u.id, u.name, '', '', '', u.city_id, COALESCE(c.name, '') FROM desk.business_units u"
    " LEFT JOIN desk.cities c ON c.id = u.city_id ORDER BY u.name",
    SmallList.GROUPS: "SELECT id, name FROM desk.service_groups ORDER BY name",
    SmallList.METHODS: "SELECT id, name, '', '', '', NULL, '', prints_booklet, active, speed_gap_days"
    " FROM desk.payment_methods ORDER BY active DESC, name",
}


@use_case(Lists, permission=None)
def lists(query: Lists, work: Work) -> list[ListRow]:
    """What a page lists."""
    return [ListRow(*row) for row in work.session.execute(text(_ROWS[query.which]))]


@use_case(SaveListRow, permission=Permission.CATALOG)
def save_list_row(cmd: SaveListRow, work: Work) -> int:
    """Save one entry."""
    row = _entry(work, cmd.which, cmd.id, list(_named(cmd.name, 60)))
    row.name = cmd.name.strip()
    if cmd.which is SmallList.UNITS:
        row.city_id = cmd.city_id
    elif cmd.which is SmallList.METHODS:
        row.prints_booklet, row.active = cmd.prints_booklet, cmd.active
        row.speed_gap_days = cmd.speed_gap_days
    return _saved(work, row)


@use_case(SaveCity, permission=(Permission.CATALOG, Permission.EDIT_CUSTOMER))
def save_city(cmd: SaveCity, work: Work) -> int:
    """Save one city; its abbreviation begins the names of circuits."""
    state, ibge = cmd.state.strip().upper(), cmd.ibge.strip()
    found = list(_named(cmd.name, 120))
    if state not in STATES:
        found.append(Violation("state", "state_shape"))
    if ibge and not re.fullmatch(r"[0-9]{7}", ibge):
        found.append(Violation("ibge", "ibge_shape"))
    if cmd.abbreviation.strip() and not re.fullmatch(r"[A-Za-z]{3}", cmd.abbreviation.strip()):
        found.append(Violation("abbreviation", "abbreviation_shape"))
    row = _entry(work, SmallList.CITIES, cmd.id, found)
    row.name, row.state, row.ibge = cmd.name.strip(), state, ibge or None
    row.abbreviation = cmd.abbreviation.strip().upper()
    return _saved(work, row)


@use_case(DeleteListRow, permission=Permission.CATALOG)
def delete_list_row(cmd: DeleteListRow, work: Work) -> None:
    """Refused by the foreign keys while something refers to it."""
    _delete(work, cmd.which, cmd.id)


@use_case(DeleteCity, permission=(Permission.CATALOG, Permission.EDIT_CUSTOMER))
def delete_city(cmd: DeleteCity, work: Work) -> None:
    """Refused by the foreign keys while something refers to it."""
    _delete(work, SmallList.CITIES, cmd.id)


def _named(name: str, longest: int) -> Iterator[Violation]:
    if not name.strip():
        yield Violation("name", "required")
    elif len(name.strip()) > longest:
        yield Violation("name", "too_long", {"limit": longest})


def _entry(work: Work, which: SmallList, entry_id: int | None, found: list[Violation]) -> Any:
    if found:
        raise Invalid(found)
    kind = _KINDS[which]
    row = kind() if entry_id is None else work.session.get(kind, entry_id)
    if row is None:
        raise NotFound("entry", entry_id)
    return row


def _saved(work: Work, row: Any) -> int:
    work.session.add(row)
    work.session.flush()
    work.touch("catalog")
    made: int = row.id
    return made


def _delete(work: Work, which: SmallList, entry_id: int) -> None:
    row = work.session.get(_KINDS[which], entry_id)
    if row is None:
        raise NotFound("entry", entry_id)
    try:
        work.session.execute(text(f"SELECT desk.delete_{row.__tablename__}(:id)"), {"id": entry_id})
    except IntegrityError as error:
        raise EntryInUse(name=row.name) from error
    work.touch("catalog")
