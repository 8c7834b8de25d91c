"""Folds text as `desk.fold` does in the database, and finds what was typed inside what was found."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_MARKS = re.compile("[\u0300-\u036f]")
_OTHER = re.compile("[^a-z0-9]+")


def fold(text: str) -> str:
    """Lower case, no accents, one space between words: equal to desk.fold (a property test holds them together)."""
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text))
    return _OTHER.sub(" ", plain.lower()).strip(" ")


def found_in(text: str, typed: str) -> tuple[tuple[int, int], ...]:
    """Where `typed` stands in `text`, accents and case ignored: as a whole, or else the beginnings of its words."""
    needle = _needle(typed)
    if not needle:
        return ()
    folded = text.translate(_PLAIN)
    origin: Sequence[int] = range(len(text))
    if _LONGER in folded or "  " in folded or folded.startswith(" "):
        folded, origin = _folded_with_origin(text)
    at = folded.find(needle)
    if at >= 0:
        return (_back(origin, at, at + len(needle)),)
    # A beginning stands at the start or after a space: nothing but letters, digits and spaces is left here.
    ranges: set[tuple[int, int]] = set()
    for word in needle.split(" "):
        start = 0 if folded.startswith(word) else folded.find(f" {word}") + 1
        if start or folded.startswith(word):
            ranges.add(_back(origin, start, start + len(word)))
    return tuple(sorted(ranges))


def literally_in(text: str, typed: str) -> tuple[tuple[int, int], ...]:
    """Where `typed` stands in `text`, case ignored; for logins, addresses and names of machines."""
    at = text.lower().find(typed.lower()) if typed else -1
    return ((at, at + len(typed)),) if at >= 0 else ()


def _folded_with_origin(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its letters the place in `text` that it came from."""
    letters: list[str] = []
    origin: list[int] = []
    for place, letter in enumerate(text):
        for plain in _letter(letter):
            if plain != " " or (letters and letters[-1] != " "):
                letters.append(plain)
                origin.append(place)
    return "".join(letters), origin


@lru_cache(maxsize=1024)
def _letter(letter: str) -> str:
    """What one letter becomes before spaces are squeezed."""
    parts = _MARKS.sub("", unicodedata.normalize("NFKD", letter)).lower()
    return "".join(part if "a" <= part <= "z" or "0" <= part <= "9" else " " for part in parts)


class _Plain(dict[int, str]):
    """Each letter as one plain letter; a mark in place of those that become none or several."""

    def __missing__(self, code: int) -> str:
        plain = _letter(chr(code))
        self[code] = found = plain if len(plain) == 1 else _LONGER
        return found


_LONGER = "\0"
_PLAIN = _Plain()
_needle = lru_cache(maxsize=64)(fold)


def _back(origin: Sequence[int], start: int, end: int) -> tuple[int, int]:
    return origin[start], origin[end - 1] + 1
