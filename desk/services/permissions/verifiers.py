"""SCRAM verifiers are made on this machine: a password in the clear never travels (security.md 3)."""

from __future__ import annotations

from typing import Any

import psycopg

from desk.services.core.work import Work


def driver_of(work: Work) -> psycopg.Connection[Any]:
    """The psycopg connection beneath the session."""
    found = work.session.connection().connection.driver_connection
    assert isinstance(found, psycopg.Connection)
    return found


def verifier(work: Work, role: str, password: str) -> str:
    """What the server keeps instead of the password."""
    made = driver_of(work).pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    return made.decode()
