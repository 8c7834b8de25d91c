"""Every test of the screens runs dressed and guarded."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def guarded(dressed: object, nothing_left: None, no_log_warnings: None) -> None:
    """What the guards in tests/guards.py ask of a test, for all of them."""
