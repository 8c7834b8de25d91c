"""Capabilities; `register_all` imports each, so that every handler is known."""

from __future__ import annotations

import importlib
import pkgutil


def register_all() -> None:
    """Import every capability package beneath this one."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
