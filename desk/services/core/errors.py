"""What can go wrong, as types; their texts are in desk/ui, since services know no language."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass


class DomainError(Exception):
    """Base of every expected failure; `code` selects the text, `params` fill it."""

    code = "unexpected"

    def __init__(self, **params: object) -> None:
        super().__init__(self.code, params)
        self.params: dict[str, object] = params


@dataclass(frozen=True)
class Violation:
    """One broken rule, tied to the field that broke it."""

    field: str
    code: str
    params: dict[str, object] = dataclasses.field(default_factory=dict, hash=False)


class Invalid(DomainError):
    """A command broke one or more rules; the fields are marked."""

    code = "invalid"

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__(violations=tuple(violations))
        self.violations = tuple(violations)


class NotAllowed(DomainError):
    """The database or the bus refused for want of a permission; `permission` is its label."""

    code = "not_allowed"

    def __init__(self, permission: str = "") -> None:
        super().__init__(permission=permission)
        self.permission = permission


class ForbiddenBy(DomainError):
    """A negative permission, or a step that nobody may take, stands in the way."""

    code = "forbidden_by"

    def __init__(self, what: str = "") -> None:
        super().__init__(what=what)


class StaleRecord(DomainError):
    """Somebody else changed the row meanwhile; `changes` tells who, when and what, as far as the log knows."""

    code = "stale_record"

    def __init__(self, changes: Sequence[FieldChange] = ()) -> None:
        super().__init__(changes=tuple(changes), who=changes[0].who if changes else "")
        self.changes = tuple(changes)


@dataclass(frozen=True)
class FieldChange:
    """One column somebody else changed: who by full name, when (ISO text), which, before and after."""

    who: str
    at: str
    field: str
    before: object
    after: object


class NotFound(DomainError):
    """The thing no longer exists."""

    code = "not_found"

    def __init__(self, what: str = "", key: object = "") -> None:
        super().__init__(what=what, key=key)


class AlreadyExists(DomainError):
    """A unique value is taken; `field` names it."""

    code = "already_exists"

    def __init__(self, field: str = "", value: object = "") -> None:
        super().__init__(field=field, value=f"“{value}”" if value else "Este valor")


class InUse(DomainError):
    """Something else still refers to the row."""

    code = "in_use"

    def __init__(self, what: str = "") -> None:
        super().__init__(what=what)


class HiddenCharacters(DomainError):
    """A text holds characters that nobody sees, or that make its neighbours read otherwise."""

    code = "hidden_characters"


class Refused(DomainError):
    """A constraint of the database refused a value that no rule had caught; `constraint` names it."""

    code = "refused_by_database"

    def __init__(self, constraint: str = "", detail: str = "") -> None:
        super().__init__(constraint=constraint, detail=detail)


class Busy(DomainError):
    """Another desk holds the row longer than we wait."""

    code = "busy"


class ConfirmationNeeded(DomainError):
    """Risky but legitimate: ask, then send the command again with `confirmed=True`."""

    code = "confirmation_needed"


class DatabaseLost(DomainError):
    """The connection died; `committed` tells whether the write is known to have been carried out.

    None stands for a write of which nobody knows, or, with `asked` too, for a question: nothing was to be written.
    """

    code = "database_lost"

    def __init__(self, committed: bool | None = None, *, asked: bool = True) -> None:
        super().__init__(committed=committed)
        self.committed = committed
        known = {True: "write_kept", False: "write_not_done", None: "database_lost" if asked else "write_unknown"}
        self.code = known[committed]


class SignInFailed(DomainError):
    """Base of the ways in which signing in fails."""

    code = "sign_in_failed"


class WrongPassword(SignInFailed):
    """Unknown person or wrong password; the server does not tell which."""

    code = "wrong_password"


class NotAPerson(SignInFailed):
    """The role exists but is no active person of this installation."""

    code = "not_a_person"


class ServerUnreachable(SignInFailed):
    """No answer from the database server."""

    code = "server_unreachable"


class OldServer(SignInFailed):
    """The server takes writes, but it was replaced: the installation works on a newer timeline of its WAL."""

    code = "old_server"


class TooManySessions(SignInFailed):
    """The person's connection limit is used up."""

    code = "too_many_sessions"


class ProgramTooOld(SignInFailed):
    """The database was migrated further than this program knows."""

    code = "program_too_old"


class ProgramOutgrown(DomainError):
    """The database was migrated further while this program was open; nothing was written."""

    code = "program_outgrown"


class DatabaseTooOld(SignInFailed):
    """The database waits for its administrator to run the migrations."""

    code = "database_too_old"


class DeviceSilent(DomainError):
    """A device did not answer in time."""

    code = "device_silent"


class DeviceRefused(DomainError):
    """A device answered, and said no."""

    code = "device_refused"


class RevealRefused(DomainError):
    """The vault gave no key: too many looks in an hour, or the request was not committed."""

    code = "reveal_refused"

    def __init__(self, why: str = "") -> None:
        super().__init__(why=why)
