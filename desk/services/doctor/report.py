"""What was looked at and what was found, without words: the screens and the command line have those."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field


class Verdict(enum.StrEnum):
    """How a thing stands."""

    GOOD = "good"
    WARNING = "warning"  # Desk works, and somebody should look at it
    BAD = "bad"
    SKIPPED = "skipped"  # could not be looked at, because of what was found before


class Code(enum.StrEnum):
    """What was found; the words go by it."""

    NO_SERVER = "no_server"
    NAME_FOUND = "name_found"
    NAME_UNKNOWN = "name_unknown"
    NAME_SILENT = "name_silent"
    PORT_OPEN = "port_open"
    PORT_REFUSED = "port_refused"
    PORT_SILENT = "port_silent"
    PORT_UNREACHABLE = "port_unreachable"
    TLS_GOOD = "tls_good"
    TLS_SOON = "tls_soon"
    TLS_LOCAL = "tls_local"
    TLS_OFF = "tls_off"
    TLS_UNVERIFIED = "tls_unverified"
    TLS_NOT_OFFERED = "tls_not_offered"
    TLS_ROOT_MISSING = "tls_root_missing"
    TLS_UNKNOWN_ROOT = "tls_unknown_root"
    TLS_EXPIRED = "tls_expired"
    TLS_EARLY = "tls_early"
    TLS_OTHER_NAME = "tls_other_name"
    TLS_BROKEN = "tls_broken"
    NOT_POSTGRES = "not_postgres"
    NOBODY = "nobody"
    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    VERSION_GOOD = "version_good"
    VERSION_OLD = "version_old"
    TABLES_MATCH = "tables_match"
    TABLES_OLDER = "tables_older"
    TABLES_NEWER = "tables_newer"
    TABLES_NONE = "tables_none"
    WALL_WHOLE = "wall_whole"
    WALL_OTHER = "wall_other"
    WALL_OPEN = "wall_open"
    CLOCK_GOOD = "clock_good"
    CLOCK_OFF = "clock_off"
    CLOCK_FAR = "clock_far"
    DELIVERIES_GOOD = "deliveries_good"
    DELIVERIES_LATE = "deliveries_late"
    NO_ROUTERS = "no_routers"
    ROUTER_OPEN = "router_open"
    ROUTER_NAME_UNKNOWN = "router_name_unknown"
    ROUTER_REFUSED = "router_refused"
    ROUTER_SILENT = "router_silent"
    ROUTER_TLS = "router_tls"
    ROUTER_SKIPPED = "router_skipped"
    SERVER_SIDE = "server_side"  # a finding of `desk db check`, which has its own words


@dataclass(frozen=True)
class Finding:
    """One thing: how it stands, what it is, and the facts that its words are filled with."""

    verdict: Verdict
    code: Code
    params: dict[str, object] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Report:
    """All of it, in the order in which it was looked at."""

    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst of all."""
        for worst in (Verdict.BAD, Verdict.WARNING):
            if any(finding.verdict is worst for finding in self.findings):
                return worst
        return Verdict.GOOD


def good(code: Code, **params: object) -> Finding:
    """As it should be."""
    return Finding(Verdict.GOOD, code, params)


def warning(code: Code, **params: object) -> Finding:
    """It works, but."""
    return Finding(Verdict.WARNING, code, params)


def bad(code: Code, **params: object) -> Finding:
    """This is why it does not work, or is not safe."""
    return Finding(Verdict.BAD, code, params)
