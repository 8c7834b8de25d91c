"""Waiting for what happens elsewhere, without sleeping longer than it takes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(condition: Callable[[], T], seconds: float = 60.0, what: object = "") -> T:
    """Ask until the answer is true, and return it; fails when the time is over. `what` says more, if callable, then."""
    deadline, pulse = time.monotonic() + seconds, threading.Event()
    while not (answer := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what() if callable(what) else what}")
        pulse.wait(0.02)
    return answer
