"""What services need from a RouterOS device, and no more."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

OWNER_MARK = "desk:"
PLAIN_PORT = 8728
TLS_PORT = 8729
USUAL_DEADLINE = 8.0


class TlsMode(StrEnum):
    """How the router proves who it is, from not at all to a certificate chain."""

    OFF = "off"
    PINNED = "pinned"
    VERIFY = "verify"
    # Encrypted, but anyone on the path can pose as the router; for devices whose api-ssl has no certificate.
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, kw_only=True)
class RouterAddress:
    """Where a router is and how to get in; `deadline` bounds one visit from the first packet to the last."""

    host: str
    username: str
    password: str = field(repr=False)
    port: int = TLS_PORT
    tls: TlsMode = TlsMode.PINNED
    fingerprint: str = ""
    authority: str | None = None
    deadline: float = USUAL_DEADLINE


@dataclass(frozen=True, kw_only=True)
class PppSecret:
    """One line of /ppp/secret. Without a password: leave the router's alone, or it was not asked for."""

    name: str
    profile: str
    comment: str = ""
    disabled: bool = False
    service: str = "pppoe"
    remote_address: str | None = None
    password: str | None = field(default=None, repr=False)
    id: str = field(default="", compare=False)  # the router's own number, where the line was read from one

    @property
    def ours(self) -> bool:
        """Whether Desk put this line there."""
        return self.comment.startswith(OWNER_MARK)


@dataclass(frozen=True, kw_only=True)
class PppActive:
    """One connection that is up, as the router itself lists it."""

    name: str
    id: str
    address: str = ""
    caller_id: str = ""
    uptime: timedelta | None = None
    session_id: str = ""


class LineMenu(StrEnum):
    """Menus in which Desk keeps lines of its own besides secrets."""

    ADDRESS = "/ip/address"
    ADDRESS6 = "/ipv6/address"
    QUEUE = "/queue/simple"
    ARP = "/ip/arp"
    LIST = "/ip/firewall/address-list"
    LIST6 = "/ipv6/firewall/address-list"


# What is read and written of each; `disabled` and `comment` belong to all.
LINE_FIELDS = {
    LineMenu.ADDRESS: ("address", "interface"),
    LineMenu.ADDRESS6: ("address", "interface"),
    LineMenu.QUEUE: ("name", "target", "max-limit"),
    LineMenu.ARP: ("address", "interface", "mac-address"),
    LineMenu.LIST: ("list", "address"),
    LineMenu.LIST6: ("list", "address"),
}


@dataclass(frozen=True, kw_only=True)
class RouterLine:
    """One line of a menu as the router holds it, or as it should; the comment says whose it is."""

    menu: LineMenu
    fields: Mapping[str, str]
    comment: str
    disabled: bool = False
    id: str = ""  # the router's own number; empty for a line that is only wanted

    @property
    def ours(self) -> bool:
        """Whether Desk put this line there."""
        return self.comment.startswith(OWNER_MARK)


@dataclass(frozen=True, kw_only=True)
class RouterInfo:
    """What the router says about itself."""

    identity: str
    version: str
    board: str
    uptime: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """What one connection carries just now, named from the customer's side; None where the router does not say."""

    interface: str
    address: str = ""
    caller_id: str = ""
    uptime: timedelta | None = None
    download_bps: int | None = None
    upload_bps: int | None = None
    downloaded: int | None = None
    uploaded: int | None = None


@dataclass(frozen=True, kw_only=True)
class RadiusSetup:
    """How a router is set up for RADIUS: whom it asks for PPP, and whether it takes requests, at which port."""

    accepts: bool
    port: int
    servers: tuple[str, ...] = ()


def secret_fields(wanted: PppSecret) -> dict[str, str]:
    """What a new secret is made of, besides its name."""
    fields = {
        "profile": wanted.profile,
        "disabled": flag(wanted.disabled),
        "service": wanted.service,
        "comment": wanted.comment,
    }
    if wanted.remote_address is not None:
        fields["remote-address"] = wanted.remote_address
    if wanted.password is not None:
        fields["password"] = wanted.password
    return fields


def stale_secret(there: PppSecret, wanted: PppSecret) -> dict[str, str]:
    """What has to be set on a secret that is there; a preview and the router are told the same."""
    # A password the router does not show (our user lacks its "sensitive" policy) counts as different.
    has = secret_fields(there) | {"password": there.password}
    return {name: value for name, value in secret_fields(wanted).items() if has.get(name, "") != value}


def loose_address(there: PppSecret, wanted: PppSecret) -> bool:
    """Whether an address has to go: it cannot be set to nothing, only unset."""
    return wanted.remote_address is None and bool(there.remote_address)


def line_fields(line: RouterLine) -> dict[str, str]:
    """What a new line is made of."""
    return {**line.fields, "disabled": flag(line.disabled), "comment": line.comment}


def stale_line(there: RouterLine, wanted: RouterLine) -> dict[str, str]:
    """What has to be set on a line that is there."""
    has = line_fields(there)
    return {name: value for name, value in line_fields(wanted).items() if has.get(name) != value}


def flag(on: bool) -> str:
    """As the router takes it."""
    return "yes" if on else "no"


def owner_mark(login_id: int) -> str:
    """Comment that marks a line of the router as kept by Desk for this login."""
    return f"{OWNER_MARK}{login_id}"


def ip_mark(ip_id: int) -> str:
    """Comment that marks lines of the router as kept by Desk for this customer IP."""
    return f"{OWNER_MARK}ip:{ip_id}"


def marked_login(comment: str) -> int | None:
    """Whose line a comment says it is, if it is the mark of a login and nothing else."""
    found = _LOGIN_MARK.fullmatch(comment)
    return int(found[1]) if found else None


def marked_ip(comment: str) -> int | None:
    """The same of a customer IP."""
    found = _IP_MARK.fullmatch(comment)
    return int(found[1]) if found else None


# ASCII digits without leading zeros, as the marks are written: whatever else begins like one is a stranger's.
_LOGIN_MARK = re.compile(rf"{OWNER_MARK}([1-9][0-9]{{0,17}})", re.ASCII)
_IP_MARK = re.compile(rf"{OWNER_MARK}ip:([1-9][0-9]{{0,17}})", re.ASCII)


class RouterSession(Protocol):
    """One signed-in visit to a router; every verb may be repeated without harm."""

    @property
    def host(self) -> str:
        """The address errors name."""

    def list_secrets(
        self, names: Collection[str] | None = None, *, with_passwords: bool = False
    ) -> tuple[PppSecret, ...]:
        """Secrets the router holds, all of them or those with these names."""

    def find_secret(self, name: str, *, with_password: bool = False) -> PppSecret | None:
        """The secret with exactly this name."""

    def ensure_secret(self, wanted: PppSecret, *, adopt: bool = False) -> bool:
        """Make the router hold exactly this secret; True if it had to change. Foreign lines only with `adopt`."""

    def drop_secret(self, name: str, *, adopt: bool = False) -> bool:
        """Make the router hold no such secret; True if it had one. Foreign lines only with `adopt`."""

    def marked_secrets(self, mark: str) -> tuple[PppSecret, ...]:
        """Secrets whose comment is exactly this, whatever their names."""

    def drop_marked_secret(self, there: PppSecret) -> bool:
        """Remove that very line, which must be ours; True if the router still had it."""

    def each_secret(self, *, with_passwords: bool = False) -> Iterator[PppSecret]:
        """All secrets one by one, never all of them in memory; to be read to the end before anything else is asked."""

    def each_active(self) -> Iterator[PppActive]:
        """All connections that are up, in the same manner."""

    def each_line(self, menu: LineMenu) -> Iterator[RouterLine]:
        """All lines of a menu that somebody put there, in the same manner; its own dynamic ones are left out."""

    def list_active(self, names: Collection[str] | None = None) -> tuple[PppActive, ...]:
        """Connections that are up, all of them or those of these names."""

    def drop_session(self, name: str, *, session_id: str = "", address: str = "") -> int:
        """End the connections of this name, or only the one that is said, and look afterwards; how many are gone."""

    def list_lines(self, menu: LineMenu, comments: Collection[str] | None = None) -> tuple[RouterLine, ...]:
        """Lines of a menu, all of them or those with these comments."""

    def add_line(self, line: RouterLine) -> None:
        """Add a line of ours."""

    def set_line(self, there: RouterLine, wanted: RouterLine) -> None:
        """Change a line of ours into what it should be."""

    def drop_line(self, there: RouterLine) -> bool:
        """Remove a line of ours; True if the router still had it."""

    def info(self) -> RouterInfo:
        """Name, version and model of the router."""

    def traffic(self, name: str) -> Traffic | None:
        """What flows through the connection of this name; None when there is none."""

    def rights(self) -> frozenset[str] | None:
        """The policies of whoever signed in; None where the router does not tell."""

    def clock(self) -> datetime | None:
        """The router's own time; None where it does not tell."""

    def radius_setup(self) -> RadiusSetup:
        """How the router is set up for RADIUS."""

    def has_interface(self, name: str) -> bool:
        """Whether there is an interface of exactly this name."""

    def go_on(self, seconds: float) -> None:
        """Stay: what is asked next has a deadline of its own."""


class Router(Protocol):
    """A router that can be visited; one visit signs in once, however many verbs it uses."""

    @property
    def host(self) -> str:
        """The address errors name."""

    def open(self, *, deadline: float | None = None) -> AbstractContextManager[RouterSession]:
        """Sign in; the whole visit must end within `deadline` seconds, or within that of the address."""
