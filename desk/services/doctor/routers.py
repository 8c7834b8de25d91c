"""Which routers answer at the port of their API; nobody signs in to them for that."""

from __future__ import annotations

import ssl
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from desk.services.doctor.network import NameSilent, NameUnknown, reach, resolve
from desk.services.doctor.report import Code, Finding, Verdict, good, warning

SECONDS: Final = 3.0
TOGETHER: Final = 16
# However many there are, a person does not wait longer than this.
ALL_SECONDS: Final = 20.0


@dataclass(frozen=True)
class RouterPlace:
    """A router as the settings have it."""

    name: str
    host: str
    port: int
    tls: bool


def look_at(routers: Sequence[RouterPlace]) -> list[Finding]:
    """One finding for each, in their order; a router that is away is no reason not to work."""
    if not routers:
        return [good(Code.NO_ROUTERS)]
    deadline = time.monotonic() + ALL_SECONDS
    with ThreadPoolExecutor(TOGETHER, "router") as pool:
        return list(pool.map(lambda router: _one(router, deadline), routers))


def _one(router: RouterPlace, deadline: float) -> Finding:
    facts: dict[str, object] = {"name": router.name, "host": router.host, "port": router.port}
    if time.monotonic() > deadline:
        return Finding(Verdict.SKIPPED, Code.ROUTER_SKIPPED, facts)
    began = time.monotonic()
    try:
        with closing(reach(resolve(router.host, SECONDS), router.port, SECONDS)) as connection:
            if router.tls:
                connection.settimeout(SECONDS)
                _any_certificate().wrap_socket(connection, server_hostname=router.host).close()
    except (NameUnknown, NameSilent):
        return warning(Code.ROUTER_NAME_UNKNOWN, **facts)
    except ConnectionRefusedError:
        return warning(Code.ROUTER_REFUSED, **facts)
    except ssl.SSLError as error:
        return warning(Code.ROUTER_TLS, detail=error.reason or str(error), **facts)
    except OSError:
        return warning(Code.ROUTER_SILENT, seconds=int(SECONDS), **facts)
    return good(Code.ROUTER_OPEN, milliseconds=round((time.monotonic() - began) * 1000), **facts)


def _any_certificate() -> ssl.SSLContext:
    """Whether it is the right router is asked at each delivery, with its fingerprint; here only whether it speaks."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
