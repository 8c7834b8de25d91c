"""The outside systems a use case may look at, as the services see them; bootstrap fills them in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from desk.integrations.radius.port import Nas, RadiusAddress, RadiusServer
from desk.integrations.routeros.port import Router, RouterAddress


@dataclass(frozen=True)
class Ports:
    """One field per kind of outside system."""

    router: Callable[[RouterAddress], Router]
    nas: Callable[[RadiusAddress], Nas]
    radius: Callable[[RadiusAddress], RadiusServer]
    # Tells whoever opens connections that the person's own password is about to be another one.
    learn_password: Callable[[str], None] = lambda password: None
