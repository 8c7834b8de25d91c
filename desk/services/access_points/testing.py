"""Testar Conexão: the way to a router, step by step, with what is typed, before anything is saved."""

from __future__ import annotations

import datetime as dt
import enum
import re
import socket
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field

from desk.integrations.errors import IntegrationError, Reason
from desk.integrations.routeros.port import RouterAddress, RouterInfo, RouterSession, TlsMode
from desk.integrations.routeros.tls import check_tls
from desk.services.core.ports import Ports
from desk.services.doctor.network import NameSilent, NameUnknown, reach, resolve
from desk.services.doctor.report import Verdict

NAME_SECONDS, PORT_SECONDS, TLS_SECONDS, VISIT_SECONDS = 4.0, 4.0, 4.0, 6.0
# Beyond this, what routers write down and what we write down can no longer be put side by side.
CLOCK_SECONDS = 60
NEEDED = ("api", "read", "write", "test")
OLDEST = (6, 43)  # before it, passwords were sent in a way that is not safe


class Part(enum.StrEnum):
    """What is looked at, in this order."""

    NAME = "name"
    PORT = "port"
    TLS = "tls"
    SIGN_IN = "sign_in"
    RIGHTS = "rights"
    VERSION = "version"
    CLOCK = "clock"
    RADIUS = "radius"
    INTERFACE = "interface"


@dataclass(frozen=True)
class ExaminedStep:
    """One part: how it stands, and the code and facts of its sentence."""

    part: Part
    verdict: Verdict
    code: str
    params: dict[str, object] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What the router is meant to do for us, beyond letting us in."""

    radius: bool = False
    coa_port: int = 0
    local_secrets: bool = False
    interface: str = ""


@dataclass(frozen=True)
class Tested:
    """All steps, and what the visit itself said."""

    steps: tuple[ExaminedStep, ...]
    info: RouterInfo | None = None
    problem: str = ""
    detail: str = ""


class _Over(Exception):
    """There is no going on after this step."""


class Examination:
    """Goes as far as it gets; what was not reached is said to be left out."""

    def __init__(
        self, ports: Ports, address: RouterAddress, expected: Expected, now: Callable[[], dt.datetime]
    ) -> None:
        self._ports, self._address, self._expected, self._now = ports, address, expected, now
        self._steps: list[ExaminedStep] = []
        self._info: RouterInfo | None = None
        self._problem = self._detail = ""

    def run(self, *, credentials: bool = True) -> Tested:
        """Look at everything; never raises for a router in trouble."""
        try:
            with closing(self._port(self._name())) as connection:
                self._tls(connection)
            if not credentials:
                self._say(Part.SIGN_IN, Verdict.BAD, "no_credentials")
                raise _Over
            self._visit()
        except _Over:
            pass
        if not credentials:
            self._problem = "no_credentials"
        told = {step.part for step in self._steps}
        wanted = [part for part in Part if part is not Part.INTERFACE or self._expected.interface]
        left = [ExaminedStep(part, Verdict.SKIPPED, "skipped") for part in wanted if part not in told]
        return Tested((*self._steps, *left), self._info, self._problem, self._detail)

    def _say(self, part: Part, verdict: Verdict, code: str, **params: object) -> None:
        self._steps.append(ExaminedStep(part, verdict, code, params))

    def _stop(self, part: Part, code: str, problem: Reason, **params: object) -> _Over:
        self._say(part, Verdict.BAD, code, **params)
        self._problem, self._detail = problem.value, str(params.get("detail", ""))
        return _Over()

    def _name(self) -> list[str]:
        host = self._address.host
        try:
            found = resolve(host, NAME_SECONDS)
        except NameUnknown:
            raise self._stop(Part.NAME, "name_unknown", Reason.NO_ROUTE, host=host) from None
        except NameSilent:
            raise self._stop(Part.NAME, "name_silent", Reason.SILENT, host=host) from None
        if found == [host]:
            self._say(Part.NAME, Verdict.GOOD, "name_address", host=host)
        else:
            self._say(Part.NAME, Verdict.GOOD, "name_found", host=host, addresses=", ".join(found))
        return found

    def _port(self, addresses: list[str]) -> socket.socket:
        port, began = self._address.port, time.monotonic()
        try:
            connection = reach(addresses, port, PORT_SECONDS)
        except ConnectionRefusedError:
            raise self._stop(Part.PORT, "port_refused", Reason.NO_ROUTE, port=port) from None
        except TimeoutError:
            raise self._stop(Part.PORT, "port_silent", Reason.SILENT, port=port, seconds=int(PORT_SECONDS)) from None
        except OSError as error:
            detail = error.strerror or "?"
            raise self._stop(Part.PORT, "port_unreachable", Reason.NO_ROUTE, port=port, detail=detail) from None
        took = round((time.monotonic() - began) * 1000)
        self._say(Part.PORT, Verdict.GOOD, "port_open", port=port, milliseconds=took)
        return connection

    def _tls(self, connection: socket.socket) -> None:
        mode = self._address.tls
        if mode is TlsMode.OFF:
            self._say(Part.TLS, Verdict.WARNING, "tls_off")
            return
        try:
            check_tls(connection, self._address, deadline=TLS_SECONDS)
        except IntegrationError as error:
            code = "tls_broken"
            if error.reason is Reason.CERTIFICATE:
                code = {TlsMode.PINNED: "tls_other", TlsMode.VERIFY: "tls_untrusted"}.get(mode, "tls_broken")
                if "handshake" in error.detail:
                    code = "tls_broken"
            raise self._stop(Part.TLS, code, error.reason, detail=error.detail) from None
        said = {TlsMode.PINNED: "tls_pinned", TlsMode.VERIFY: "tls_verified"}
        verdict = Verdict.GOOD if mode in said else Verdict.WARNING
        self._say(Part.TLS, verdict, said.get(mode, "tls_anonymous"))

    def _visit(self) -> None:
        try:
            with self._ports.router(self._address).open(deadline=VISIT_SECONDS) as api:
                self._say(Part.SIGN_IN, Verdict.GOOD, "signed_in", user=self._address.username)
                self._readable(Part.RIGHTS, lambda: self._rights(api))
                self._readable(Part.VERSION, lambda: self._version(api))
                self._readable(Part.CLOCK, lambda: self._clock(api))
                self._readable(Part.RADIUS, lambda: self._radius(api))
                if self._expected.interface:
                    self._readable(Part.INTERFACE, lambda: self._interface(api))
        except IntegrationError as error:
            if any(step.part is Part.SIGN_IN for step in self._steps):  # it broke off while we looked around
                self._problem, self._detail = error.reason.value, error.detail
                return
            code = {Reason.LOGIN: "login", Reason.PERMISSION: "login_rights"}.get(error.reason, "sign_in_broken")
            user = self._address.username
            raise self._stop(Part.SIGN_IN, code, error.reason, user=user, detail=error.detail) from None

    def _readable(self, part: Part, look: Callable[[], None]) -> None:
        """A router may forbid its users to read some of it, which is no reason not to use it for the rest."""
        try:
            look()
        except IntegrationError as error:
            if error.retry:
                self._say(part, Verdict.BAD, "broke_off")
                raise
            self._say(part, Verdict.WARNING, "unreadable", detail=error.detail)

    def _rights(self, api: RouterSession) -> None:
        held = api.rights()
        if held is None:
            self._say(Part.RIGHTS, Verdict.WARNING, "rights_unknown")
            return
        missing = [policy for policy in NEEDED if policy not in held]
        # Without it the router hides passwords, and the same secret would be written again and again.
        if self._expected.local_secrets and "sensitive" not in held:
            missing.append("sensitive")
        if missing:
            self._say(Part.RIGHTS, Verdict.BAD, "rights_missing", missing=", ".join(missing))
        elif extra := sorted(held & {"policy", "reboot", "ftp"}):
            self._say(Part.RIGHTS, Verdict.GOOD, "rights_more", extra=", ".join(extra))
        else:
            self._say(Part.RIGHTS, Verdict.GOOD, "rights_good")

    def _version(self, api: RouterSession) -> None:
        self._info = info = api.info()
        found = re.match(r"([0-9]{1,3})\.([0-9]{1,3})", info.version)
        old = found is not None and (int(found[1]), int(found[2])) < OLDEST
        code = "version_old" if old else "version_good" if found else "version_unknown"
        verdict = Verdict.WARNING if old or found is None else Verdict.GOOD
        self._say(Part.VERSION, verdict, code, version=info.version, board=info.board, identity=info.identity)

    def _clock(self, api: RouterSession) -> None:
        there = api.clock()
        if there is None:
            self._say(Part.CLOCK, Verdict.WARNING, "clock_unknown")
            return
        seconds = round((there - self._now()).total_seconds())
        off = abs(seconds) > CLOCK_SECONDS
        verdict = Verdict.WARNING if off else Verdict.GOOD
        self._say(Part.CLOCK, verdict, "clock_off" if off else "clock_good", seconds=seconds)

    def _radius(self, api: RouterSession) -> None:
        if not self._expected.radius:
            self._say(Part.RADIUS, Verdict.SKIPPED, "radius_unused")
            return
        found = api.radius_setup()
        port = self._expected.coa_port
        if not found.servers:
            self._say(Part.RADIUS, Verdict.BAD, "radius_no_server")
        elif not found.accepts:
            self._say(Part.RADIUS, Verdict.WARNING, "radius_not_accepting", port=port)
        elif found.port != port:
            self._say(Part.RADIUS, Verdict.WARNING, "radius_other_port", there=found.port, port=port)
        else:
            self._say(Part.RADIUS, Verdict.GOOD, "radius_good", servers=", ".join(found.servers), port=port)

    def _interface(self, api: RouterSession) -> None:
        name = self._expected.interface
        there = api.has_interface(name)
        verdict = Verdict.GOOD if there else Verdict.BAD
        self._say(Part.INTERFACE, verdict, "interface_there" if there else "interface_missing", name=name)
