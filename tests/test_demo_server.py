"""`desk --demo` as it starts: its routers take what Desk sends them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import psycopg

from desk.bootstrap import reconcilers, sign_in
from desk.demo.local import DemoServer
from desk.services.core.outbox import Settler


def test_the_routers_of_the_demonstration_refuse_nothing(open_folder: Path) -> None:
    """They come up on ports of their own, so every secret of theirs is owed: the first desk must be able to deliver."""
    with DemoServer(open_folder / "demo") as provider, psycopg.connect(provider.dsn, autocommit=True) as connection:
        local = "topic = 'radius_login' AND done < wanted"
        assert connection.execute(f"SELECT count(*) > 0 FROM desk.debts WHERE {local}").fetchone() == (True,)
        person = sign_in(provider.server, "administrador", provider.people["administrador"])
        with closing(person):
            settler = Settler(person.sessions, reconcilers(person.sessions))
            while settler.settle():
                pass
        left = connection.execute(f"SELECT key, last_error, last_detail FROM desk.debts WHERE {local}").fetchall()
        assert left == []
