"""The small lists that everything else chooses from: cities, business units, service groups, payment methods."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from desk.models.catalog import PaymentMethod, ServiceGroup
from desk.models.customers import BusinessUnit, City
from desk.models.people import Permission
from desk.services.core.bus import Command, Query, use_case
from desk.services.core.database_errors import CONSTRAINTS
from desk.services.core.errors import AlreadyExists, Invalid, NotFound, Violation
from desk.services.core.work import Work


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
for _name in ("uq_cities_name_state", "uq_business_units_name", "uq_service_groups_name", "uq_payment_methods_name"):
    CONSTRAINTS[_name] = lambda: AlreadyExists(field="name")


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


@dataclass(frozen=True)
class Lists(Query[list[ListRow]]):
    """All entries of one list; one statement."""

    which: SmallList


@dataclass(frozen=True, kw_only=True)
class SaveListRow(Command[int]):
    """New (no id) or changed entry."""

    which: SmallList
    id: int | None = None
    name: str
    state: str = ""
    ibge: str = ""
    abbreviation: str = ""
    city_id: int | None = None
    prints_booklet: bool = False
    active: bool = True


_ROWS = {
    SmallList.CITIES: "SELECT id, name, state, COALESCE(ibge, ''), abbreviation FROM desk.cities ORDER BY name, state",
    SmallList.UNITS: "SELECT u.id, u.name, '', '', '', u.city_id, COALESCE(c.name, '') FROM desk.business_units u"
    " LEFT JOIN desk.cities c ON c.id = u.city_id ORDER BY u.name",
    SmallList.GROUPS: "SELECT id, name FROM desk.service_groups ORDER BY name",
    SmallList.METHODS: "SELECT id, name, '', '', '', NULL, '', prints_booklet, active FROM desk.payment_methods"
    " ORDER BY active DESC, name",
}


@use_case(Lists, permission=None)
def lists(query: Lists, work: Work) -> list[ListRow]:
    """What a page lists."""
    return [ListRow(*row) for row in work.session.execute(text(_ROWS[query.which]))]


@use_case(SaveListRow, permission=Permission.CATALOG)
def save_list_row(cmd: SaveListRow, work: Work) -> int:
    """Save one entry."""
    found = [] if cmd.name.strip() else [Violation("name", "required")]
    if cmd.which is SmallList.CITIES and len(cmd.state.strip()) != 2:
        found.append(Violation("state", "state_shape"))
    if found:
        raise Invalid(found)
    kind = _KINDS[cmd.which]
    row = kind() if cmd.id is None else work.session.get(kind, cmd.id)
    if row is None:
        raise NotFound("entry", cmd.id)
    row.name = cmd.name.strip()
    if cmd.which is SmallList.CITIES:
        row.state, row.ibge = cmd.state.strip().upper(), cmd.ibge.strip() or None
        row.abbreviation = cmd.abbreviation.strip().upper()[:3]
    elif cmd.which is SmallList.UNITS:
        row.city_id = cmd.city_id
    elif cmd.which is SmallList.METHODS:
        row.prints_booklet, row.active = cmd.prints_booklet, cmd.active
    work.session.add(row)
    work.session.flush()
    work.touch("catalog")
    made: int = row.id
    return made
