"""What the installed program weighs, and how soon its first window is there: ratios of one run, taking turns."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from installer import windows_python
from installer.console import ROOT, run, say
from installer.wine_prefix import Wine

ROUNDS = 7


def start_figures(folder: Path, wine: Wine | None) -> None:
    """Start time of the frozen program against the sources and against an empty window out of the same folder."""
    if wine is None:
        env = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
        program: list[object] = [folder / "Desk"]
        ways = {
            "congelado": lambda what: run([*program, "--measure-start", what], env=env),
            "fonte": lambda what: run([sys.executable, "-m", "desk", "--measure-start", what], env=env, cwd=ROOT),
        }
    else:
        python = next(windows_python.TARGET.glob("*/python.exe"))
        ways = {
            "congelado": lambda what: wine.run(folder / "Desk.exe", "--measure-start", what),
            "fonte": lambda what: wine.run(python, "-m", "desk", "--measure-start", what),
        }
    seconds = _turns(
        {f"{way} {what}": _bound(start, what) for way, start in ways.items() for what in ("desk", "empty")}
    )
    for name, value in seconds.items():
        say(f"  {name}: {value:.3f} s")
    say(f"  janela Entrar a {seconds['congelado desk'] / seconds['congelado empty']:.2f} × de uma vazia, congeladas")
    say(f"  congelado a {seconds['congelado desk'] / seconds['fonte desk']:.2f} × da fonte")


def _bound(start: Callable[[str], object], what: str) -> Callable[[], object]:
    return lambda: start(what)


def _turns(acts: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Medians of whole processes; one round first fills the caches."""
    taken: dict[str, list[float]] = {name: [] for name in acts}
    for turn in range(ROUNDS + 1):
        for name, act in acts.items():
            began = time.perf_counter()
            act()
            if turn:
                taken[name].append(time.perf_counter() - began)
    return {name: statistics.median(values) for name, values in taken.items()}


def weight(folder: Path) -> dict[str, float]:
    """Megabytes of the whole folder and of its heaviest parts."""
    sizes: dict[str, int] = {}
    for path in folder.rglob("*"):
        if path.is_file():
            parts = path.relative_to(folder).parts
            name = parts[1] if len(parts) > 2 else parts[-1] if len(parts) == 1 else "_internal"
            sizes[name] = sizes.get(name, 0) + path.stat().st_size
    heaviest = sorted(sizes.items(), key=lambda each: -each[1])[:8]
    return {"tudo": sum(sizes.values()) / 1e6, **{name: size / 1e6 for name, size in heaviest}}
