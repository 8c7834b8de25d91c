"""What is said to a device, field by field, as a person may see it: passwords are never among the words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MASK = "••••••••"
_HIDDEN = {"password", "Cleartext-Password"}


@dataclass(frozen=True)
class FieldMove:
    """One field of a sentence: as the device has it, and as it is told."""

    name: str
    before: str
    after: str


def moves(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[FieldMove, ...]:
    """The fields of `after`, and those that only `before` has, where they differ."""
    names = dict.fromkeys((*after, *before))
    # Two passwords that differ look the same here, and yet one replaces the other.
    return tuple(
        FieldMove(name, _shown(name, before.get(name, "")), _shown(name, after.get(name, "")))
        for name in names
        if before.get(name, "") != after.get(name, "")
    )


def _shown(name: str, value: str) -> str:
    return MASK if name in _HIDDEN and value else value
