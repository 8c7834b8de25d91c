"""What makes an IP acceptable. Use cases and dialogs call the same functions."""

from __future__ import annotations

import ipaddress
import re
import secrets
from collections.abc import Iterator, Sequence

from desk.models.ips import Encryption
from desk.services.core.errors import Violation
from desk.services.logins.rules import DIGITS, LETTERS

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
FASTEST_KBPS = 100_000_000
MOST_MACS = 20
# A code of WPA2 has 8 to 63 printable ASCII characters.
SHORTEST_CODE, LONGEST_CODE = 8, 63
_MAC = re.compile(r"[0-9A-Fa-f]{12}")
_SEPARATORS = re.compile(r"[:.\-]")
# Outside of any range: from here on the whole network is the customer's, before it only the address.
BLOCK_FROM = {4: 29, 6: 0}


def parse_address(text: str) -> Address | None:
    """A single address, or None."""
    try:
        return ipaddress.ip_address(text.strip())
    except ValueError:
        return None


def parse_mask(text: str, version: int) -> int | None:
    """/30, 30 or 255.255.255.252 as a length; None when it is none."""
    plain = text.strip().removeprefix("/")
    longest = 32 if version == 4 else 128
    if plain.isascii() and plain.isdigit():
        return int(plain) if 1 <= int(plain) <= longest else None
    try:
        return ipaddress.IPv4Network(f"0.0.0.0/{plain}").prefixlen if version == 4 and "." in plain else None
    except ValueError:
        return None


def mask_label(prefix: int, version: int) -> str:
    """255.255.255.252 (/30), or /56."""
    return f"{ipaddress.IPv4Network((0, prefix)).netmask} (/{prefix})" if version == 4 else f"/{prefix}"


def check_address(text: str) -> Iterator[Violation]:
    """A single IPv4 or IPv6 address that a customer can be given."""
    address = parse_address(text)
    if not text.strip():
        yield Violation("address", "required")
    elif address is None:
        yield Violation("address", "ip_shape")
    elif address.is_multicast or address.is_unspecified or address.is_loopback or address.is_link_local:
        yield Violation("address", "ip_not_for_customers")


def check_prefix(prefix: int | None, version: int) -> Iterator[Violation]:
    """The mask fits the kind of address."""
    if prefix is None:
        yield Violation("prefix", "required")
    elif not (8 if version == 4 else 16) <= prefix <= (32 if version == 4 else 128):
        yield Violation("prefix", "mask_shape")


def check_mac(text: str) -> Iterator[Violation]:
    """IP-01: twelve hexadecimal digits, 0 among them, separators as one likes."""
    if text.strip() and plain_mac(text) is None:
        yield Violation("macs", "mac_shape")


def check_macs(macs: Sequence[str]) -> Iterator[Violation]:
    """Each has its shape, none stands there twice."""
    found = next((violation for mac in macs for violation in check_mac(mac)), None)
    plain = [plain_mac(mac) for mac in macs]
    if found is not None:
        yield found
    elif None in plain:
        yield Violation("macs", "mac_shape")
    elif len(set(plain)) < len(plain):
        yield Violation("macs", "mac_twice")
    elif len(plain) > MOST_MACS:
        yield Violation("macs", "too_many_macs", {"limit": MOST_MACS})


def plain_mac(text: str) -> str | None:
    """AA:BB:CC:DD:EE:FF, or None for what is no MAC."""
    digits = _SEPARATORS.sub("", text.strip()).upper()
    return ":".join(digits[i : i + 2] for i in range(0, 12, 2)) if _MAC.fullmatch(digits) else None


def check_speed(down: int | None, up: int | None) -> Iterator[Violation]:
    """Both or none, each within reason."""
    for field, value in (("down_kbps", down), ("up_kbps", up)):
        if value is None and (down, up) != (None, None):
            yield Violation(field, "required")
        elif value is not None and not 0 <= value <= FASTEST_KBPS:
            yield Violation(field, "speed_range")


def check_code(encryption: Encryption, code: str | None) -> Iterator[Violation]:
    """IP-02: WPA2 has a code; None leaves the stored one alone."""
    if encryption is not Encryption.WPA2 or code is None:
        return
    if not SHORTEST_CODE <= len(code) <= LONGEST_CODE or not (code.isascii() and code.isprintable()):
        yield Violation("code", "wpa2_code")


def generate_code() -> str:
    """Twelve letters and digits without look-alikes, in three groups that can be read out."""
    pool = LETTERS + LETTERS.upper().replace("I", "").replace("L", "") + DIGITS
    return "-".join("".join(secrets.choice(pool) for _ in range(4)) for _ in range(3))


def block_outside_ranges(address: Address, prefix: int) -> str:
    """What is taken where no range says it: a small network whole, of a large one the address alone."""
    if prefix >= BLOCK_FROM[address.version]:
        return str(ipaddress.ip_network(f"{address}/{prefix}", strict=False))
    return str(ipaddress.ip_network(address))


def block_of_range(address: Address, unit_prefix: int) -> str:
    """The unit of a range that an address stands in."""
    return str(ipaddress.ip_network(f"{address}/{unit_prefix}", strict=False))
