"""What a database says of its own wall; light enough for a workstation, which never upgrades anything."""

from __future__ import annotations

import re

from sqlalchemy import Connection, text

from desk.models import wall


def carries_this_wall(connection: Connection) -> bool:
    """Whether the wall in the database is the one that this program would put up."""
    path = master_key_path(connection)
    return path is not None and installed_wall(connection) == wall.fingerprint(path)


def master_key_path(connection: Connection) -> str | None:
    """The path that the vault's own function reads; None where there is no vault."""
    body: str | None = connection.scalar(
        text(
            "SELECT p.prosrc FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE n.nspname = 'desk_vault' AND p.proname = 'master'"
        )
    )
    found = re.search(r"pg_read_binary_file\('((?:[^']|'')+)'\)", body or "")
    return found[1].replace("''", "'") if found else None


def installed_wall(connection: Connection) -> str | None:
    """The fingerprint that the last upgrade left."""
    mark: str | None = connection.scalar(text("SELECT wall FROM desk.installation"))
    return mark
