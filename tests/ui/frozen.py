"""Time stands still: on the afternoon of the demo's day, for the program and for the database it asks."""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
import sys
from types import SimpleNamespace
from typing import Any

import psycopg

ZONE = "<-03>3"  # for TZ, in words that need no time zone files
DAY = dt.date(2026, 7, 15)
MOMENT = dt.datetime(2026, 7, 15, 14, 32, tzinfo=dt.timezone(dt.timedelta(hours=-3)))

# The name comes first in the search path, so that questions find these instead of PostgreSQL's own.
_CLOCK = """
    CREATE SCHEMA frozen;
    GRANT USAGE ON SCHEMA frozen TO PUBLIC;
    CREATE FUNCTION frozen.clock_timestamp() RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT {moment} $$;
    CREATE FUNCTION frozen.now() RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT {moment} $$;
    ALTER DATABASE {database} SET search_path = frozen, pg_catalog;
    CREATE OR REPLACE FUNCTION desk.today() RETURNS date LANGUAGE sql STABLE AS $$ SELECT date '{day}' $$;
"""


def freeze_database(connection: psycopg.Connection[Any], database: str) -> None:
    """For every connection that is opened from here on."""
    moment = f"timestamptz '{MOMENT.isoformat()}'"
    connection.execute(_CLOCK.format(moment=moment, database=database, day=DAY.isoformat()).encode())


class _LooksLike(type):
    """Real moments and days are instances too."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls.__mro__[1])


class FrozenDateTime(dt.datetime, metaclass=_LooksLike):
    """A datetime whose now never changes."""

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> Any:
        """Always the same moment."""
        return MOMENT.astimezone(tz) if tz is not None else MOMENT.replace(tzinfo=None)


class FrozenDate(dt.date, metaclass=_LooksLike):
    """A date whose today never changes."""

    @classmethod
    def today(cls) -> Any:
        """Always the same day."""
        return DAY


def freeze_program() -> None:
    """In every module of the program, also those that screens load late; lasts as long as the process."""
    import desk

    for found in pkgutil.walk_packages(desk.__path__, "desk."):
        if found.name.startswith(("desk.ui", "desk.services", "desk.demo")):
            importlib.import_module(found.name)
    module = SimpleNamespace(**vars(dt))
    module.datetime, module.date = FrozenDateTime, FrozenDate
    others: dict[int, Any] = {id(dt): module, id(dt.datetime): FrozenDateTime, id(dt.date): FrozenDate}
    for name, loaded in list(sys.modules.items()):
        if name.startswith("desk."):
            for attribute, value in list(vars(loaded).items()):
                if id(value) in others:
                    setattr(loaded, attribute, others[id(value)])
