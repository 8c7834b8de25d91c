"""What makes a login and its password acceptable. Use cases and dialogs call the same functions."""

from __future__ import annotations

import ipaddress
import re
import secrets
import unicodedata
from collections.abc import Iterator

from desk.services.core.errors import Violation

LONGEST_LOGIN = 64
LONGEST_PASSWORD = 64
SHORTEST_PASSWORD = 6
GENERATED = 8  # RA-10
# Letters and digits that nobody mixes up when they are read aloud: no l 1 I o 0 O.
LETTERS = "abcdefghijkmnpqrstuvwxyz"
DIGITS = "23456789"
_MAC = re.compile(r"[0-9A-Fa-f]{12}")


def check_login(login: str, *, forbid_accents: bool) -> Iterator[Violation]:
    """Shape of a login (domain 5.14.1): filled, at most 64, no spaces, accents by variable 2 (RA-01)."""
    if not login:
        yield Violation("login", "required")
    elif len(login) > LONGEST_LOGIN:
        yield Violation("login", "too_long", {"limit": LONGEST_LOGIN})
    elif any(char.isspace() or unicodedata.category(char) in ("Cc", "Cf") for char in login):
        yield Violation("login", "login_spaces")
    elif forbid_accents and any(map(unicodedata.combining, unicodedata.normalize("NFD", login))):
        yield Violation("login", "login_accents")


def check_password(password: str) -> Iterator[Violation]:
    """Shape of a Radius password: 6 to 64 printable characters, none of them a space."""
    if not password:
        yield Violation("password", "required")
    elif len(password) < SHORTEST_PASSWORD:
        yield Violation("password", "too_short", {"limit": SHORTEST_PASSWORD})
    elif len(password) > LONGEST_PASSWORD:
        yield Violation("password", "too_long", {"limit": LONGEST_PASSWORD})
    elif not password.isprintable() or " " in password:
        yield Violation("password", "password_characters")


def check_ip(address: str) -> Iterator[Violation]:
    """An optional single IPv4 or IPv6 address."""
    if address:
        try:
            ipaddress.ip_address(address)
        except ValueError:
            yield Violation("fixed_ip", "ip_shape")


def check_mac(mac: str) -> Iterator[Violation]:
    """An optional MAC: 12 hexadecimal digits, separators as one likes (IP-01)."""
    if mac and not _MAC.fullmatch(re.sub(r"[:.\-]", "", mac)):
        yield Violation("mac_lock", "mac_shape")


def plain_mac(mac: str) -> str | None:
    """AA:BB:CC:DD:EE:FF, or None for nothing."""
    digits = re.sub(r"[:.\-]", "", mac).upper()
    return ":".join(digits[i : i + 2] for i in range(0, 12, 2)) if digits else None


def generate_password() -> str:
    """Eight letters and digits without look-alikes, at least two of each (RA-10)."""
    pool = LETTERS + DIGITS
    while True:
        made = "".join(secrets.choice(pool) for _ in range(GENERATED))
        if sum(char in DIGITS for char in made) >= 2 and sum(char in LETTERS for char in made) >= 2:
            return made
