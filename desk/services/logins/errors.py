"""What can go wrong with Radius logins, as types."""

from __future__ import annotations

from desk.services.core.database_errors import CONSTRAINTS
from desk.services.core.errors import AlreadyExists, DomainError, NotFound


class LoginNotFound(NotFound):
    """The login was deleted."""

    code = "login_not_found"


class LoginTaken(AlreadyExists):
    """Another living login has this name, whatever the case of letters."""

    code = "login_taken"

    def __init__(self) -> None:
        super().__init__(field="login")


class NoMoreLogins(DomainError):
    """RA-02: the catalogue plan allows no more logins."""

    code = "no_more_logins"


class PlanTakesNoItems(DomainError):
    """domain 4.4: the plan's status allows no new items."""

    code = "plan_takes_no_items"


class PlanItemsFixed(DomainError):
    """domain 4.4: items are edited on enabled plans only."""

    code = "plan_items_fixed"


class LastLogin(DomainError):
    """RA-21: the only login of a plan that must have one."""

    code = "last_login"


CONSTRAINTS["uq_radius_logins_login"] = LoginTaken
