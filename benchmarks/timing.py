"""Lower quartiles of repeated calls, the two sides taking turns so that drift of the machine hits both."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable


def pair(
    ours: Callable[[], object], floor: Callable[[], object], rounds: int = 30, *, warm: int = 8
) -> tuple[float, float]:
    """Milliseconds of both, after `warm` rounds: the driver prepares at the sixth.

    The lower quartile, since others who use the machine only ever add to a time.
    Without Python's cyclic collector on either side, since the program runs it by a timer of its own.
    """
    for _ in range(warm):
        ours()
        floor()
    times: tuple[list[float], list[float]] = ([], [])
    collecting = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for side, call in enumerate((ours, floor)):
                begin = time.perf_counter()
                call()
                times[side].append((time.perf_counter() - begin) * 1000)
    finally:
        if collecting:
            gc.enable()
    return statistics.quantiles(times[0])[0], statistics.quantiles(times[1])[0]


def line(what: str, ours: float, floor: float) -> tuple[str, str, str, str]:
    """One row of the table."""
    return what, f"{ours:.2f} ms", f"{floor:.2f} ms", f"{ours / floor:.2f}"
