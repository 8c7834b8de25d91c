"""What can go wrong about drift."""

from __future__ import annotations

from desk.services.core.errors import DomainError


class NothingToCorrect(DomainError):
    """None of what was chosen is Desk's to put right."""

    code = "nothing_to_correct"
