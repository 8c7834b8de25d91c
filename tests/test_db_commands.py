"""What `desk db` does to a database, and what sign-in asks of it."""

from __future__ import annotations

from tests.postgres import Database


def test_people_sign_in_with_their_own_role(database: Database) -> None:
    row = (
        database.connect("atendente")
        .execute("SELECT session_user, full_name FROM desk.people WHERE role = session_user")
        .fetchone()
    )
    assert row == ("atendente", "Bruno Atendente")
