"""What a customer types is in no log of FreeRADIUS: not as it runs every day, nor as IT runs it to find an error."""

from __future__ import annotations

import pytest

from tests.builders import a_login
from tests.postgres import Database
from tests.standins import freeradius
from tests.standins.freeradius import Attributes, FreeRadius, chap, mschap2, pap, running

PASSWORD = "s3nha do cliente"
TYPED = ("digitada-por-engano", "outra digitada", "é, com acento")


class Debugging(FreeRadius):
    """As `freeradius -X`, which says everything at the terminal."""

    words = ("-X",)

    def __init__(self, db: str, *, db_acct: str = "", site: Attributes | None = None, stock: str = "") -> None:
        super().__init__(db, db_acct=db_acct, site=site, stock=stock)
        self.log = self.out


def said(database: Database) -> str:
    """Everything the server wrote while wrong passwords came by each method."""
    with running(database) as server:
        for method in (pap, chap, mschap2):
            for word in TYPED:
                assert server.ask(method("joao", word)).rejected
                assert server.ask(method("ninguem", word)).rejected
    return server.said


@pytest.fixture(autouse=True)
def customer(database: Database) -> None:
    """The one whose name they try."""
    a_login(database, login="joao", password=PASSWORD)


def test_every_day_the_log_tells_the_login_and_no_password(database: Database) -> None:
    log = said(database)
    assert "Login incorrect" in log and "joao" in log and "ninguem" in log
    assert not [word for word in (*TYPED, PASSWORD) if word in log]


def test_nor_does_the_look_for_an_error_tell_what_was_typed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freeradius, "FreeRadius", Debugging)
    log = said(database)
    assert "User-Password" in log, "this is no debugging output"
    assert not [word for word in TYPED if word in log]
