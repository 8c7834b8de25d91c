"""What can go wrong with the local database, as codes and facts; the words for people are the screen's business."""

from __future__ import annotations

from typing import ClassVar


class EmbeddedError(Exception):
    """Any refusal of the embedded server."""

    code: ClassVar[str] = "embedded_error"

    def __init__(self, **params: str) -> None:
        super().__init__(self.code, params)
        self.params = params

    def __str__(self) -> str:
        return f"{self.code}: " + ", ".join(f"{name}={value}" for name, value in self.params.items())


class ProgramsMissing(EmbeddedError):
    """This installation carries no PostgreSQL (params: folder)."""

    code = "embedded_programs_missing"


class ProgramsUnreadable(EmbeddedError):
    """The unprivileged user cannot run the server's programs (params: user, folder)."""

    code = "embedded_programs_unreadable"


class FolderRefused(EmbeddedError):
    """The folder for the data cannot be made or written (params: folder, reason)."""

    code = "embedded_folder_refused"


class OtherMajor(EmbeddedError):
    """The data belong to another PostgreSQL; nothing was touched (params: folder, found, carried)."""

    code = "embedded_other_major"


class PasswordLost(EmbeddedError):
    """The stored password does not open the local database (params: folder)."""

    code = "embedded_password_lost"


class MasterKeyLost(EmbeddedError):
    """The key that opens the stored secrets is no longer beside the data (params: path)."""

    code = "embedded_master_key_lost"


class CreateFailed(EmbeddedError):
    """The first start could not create the database (params: details)."""

    code = "embedded_create_failed"


class StartFailed(EmbeddedError):
    """The server ended instead of starting (params: details)."""

    code = "embedded_start_failed"


class NoAnswer(EmbeddedError):
    """The server neither became ready nor ended in time (params: seconds, details)."""

    code = "embedded_no_answer"


class StarterBusy(EmbeddedError):
    """Another desk has been starting or stopping the server for too long (params: folder)."""

    code = "embedded_starter_busy"


class ToolFailed(EmbeddedError):
    """Stopping, backing up or resetting the password did not work (params: tool, details)."""

    code = "embedded_tool_failed"
