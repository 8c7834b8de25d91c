"""A router that speaks the RouterOS API over a real socket, with switches for everything that goes wrong."""

from __future__ import annotations

from desk.demo.routeros.menus import Tables
from desk.demo.routeros.server import Faults, RouterOsStandIn, TlsKind

__all__ = ["Faults", "RouterOsStandIn", "Tables", "TlsKind"]
