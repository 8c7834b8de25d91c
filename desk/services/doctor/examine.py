"""The whole examination, from the name of the server to the routers; what cannot be reached is not waited for twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg

from desk.server import Server
from desk.services.doctor import database, network, routers
from desk.services.doctor.report import Code, Finding, Report, Verdict


def examine(server: Server, connect: Callable[[], psycopg.Connection[Any]] | None = None, role: str = "") -> Report:
    """Look at everything from here; without `connect` only at what nobody has to sign in for."""
    findings = network.look_at(server) if network.reachable(server) else []
    if any(finding.verdict is Verdict.BAD for finding in findings):
        return Report(tuple(findings))
    if connect is None:
        return Report((*findings, Finding(Verdict.SKIPPED, Code.NOBODY)))
    inside, found = database.look_at(connect, role, server.label)
    findings += inside
    if any(finding.code is Code.SIGNED_IN for finding in inside):
        findings += routers.look_at(found)
    return Report(tuple(findings))
