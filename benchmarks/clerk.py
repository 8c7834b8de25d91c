"""Somebody of the demo provider's staff: signed in as the program does it, and by psycopg alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from desk.bootstrap import SESSION_OPTIONS, SignedIn, sign_in
from desk.demo.load import PASSWORD
from desk.demo.people import EMPLOYEES
from desk.settings import Server
from tests.postgres import Cluster

Connection = psycopg.Connection[tuple[Any, ...]]


@contextmanager
def clerk_of(cluster: Cluster, database: str) -> Iterator[tuple[SignedIn, Connection]]:
    """The same person twice: with the program's own engine, and with a connection for hand-written SQL."""
    role = EMPLOYEES[0].role
    password = PASSWORD.format(role=role)
    person = sign_in(Server("127.0.0.1", str(cluster.port), database, sslmode="disable"), role, password)
    with psycopg.connect(
        host="127.0.0.1", port=cluster.port, dbname=database, user=role, password=password, options=SESSION_OPTIONS
    ) as connection:
        try:
            yield person, connection
        finally:
            person.close()
