"""Folds text as `desk.fold` does in the database, and finds what was typed inside what was found."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_MARKS = re.compile("[\u0300-\u036f]")
_OTHER = re.compile("[^a-z0-9]+")


def fold(text: str) -> str:
    """Lower case, no accents, one space between words: equal to desk.fold (a property test holds them together)."""
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text))
    return _OTHER.sub(" ", plain.lower()).strip(" ")


def found_in(text: str, typed: str) -> tuple[tuple[int, int], ...]:
    """Where `typed` stands in `text`, accents and case ignored: as a whole, or else the beginnings of its words."""
    folded, origin = _folded_with_origin(text)
    needle = fold(typed)
    if not needle:
        return ()
    at = folded.find(needle)
    if at >= 0:
        return (_back(origin, at, at + len(needle)),)
    ranges: list[tuple[int, int]] = []
    for word in needle.split(" "):
        hit = re.search(rf"\b{word}", folded)
        if hit:
            ranges.append(_back(origin, *hit.span()))
    return tuple(sorted(set(ranges)))


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


def _back(origin: list[int], start: int, end: int) -> tuple[int, int]:
    return origin[start], origin[end - 1] + 1
