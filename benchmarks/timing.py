"""Medians of repeated calls, the two sides taking turns so that drift of the machine hits both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def pair(ours: Callable[[], object], floor: Callable[[], object], rounds: int = 30) -> tuple[float, float]:
    """Median milliseconds of both, after three warm-up rounds."""
    for _ in range(3):
        ours()
        floor()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for side, call in enumerate((ours, floor)):
            begin = time.perf_counter()
            call()
            times[side].append((time.perf_counter() - begin) * 1000)
    return statistics.median(times[0]), statistics.median(times[1])


def line(what: str, ours: float, floor: float) -> tuple[str, str, str, str]:
    """One row of the table."""
    return what, f"{ours:.2f} ms", f"{floor:.2f} ms", f"{ours / floor:.2f}"
