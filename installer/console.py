"""Words on the terminal, and tools run with a time limit: whatever fails stops the chain with its own words."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".desk-dev" / "installer"
TAIL = 4000


_running: set[subprocess.Popen[bytes]] = set()


class StepFailed(Exception):
    """A step that stops everything, with a text for the person at the terminal."""


def say(text: str) -> None:
    """One line, at once."""
    print(text, flush=True)


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Name the step before it runs, and its seconds after."""
    say(f"→ {title}")
    began = time.monotonic()
    yield
    say(f"  {title}: {time.monotonic() - began:.1f} s")


def side_by_side(*parts: Callable[[], None]) -> None:
    """All of them at once; what each failed with is told together."""
    with ThreadPoolExecutor(len(parts)) as pool:
        started = [pool.submit(part) for part in parts]
    failures = [failure for part in started if (failure := part.exception())]
    for failure in failures:
        if not isinstance(failure, StepFailed):
            raise failure
    if failures:
        raise StepFailed("\n\n".join(map(str, failures)))


def expect(truth: object, text: str) -> None:
    """Stop the chain unless this holds."""
    if not truth:
        raise StepFailed(text)


def run(
    command: Sequence[object],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    limit: float = 600,
    log: Path | None = None,
    accepted: Sequence[int] = (0,),
) -> str:
    """Run a tool and return what it said; the output always goes through a pipe, since a file breaks Wine's Python."""
    words = [str(word) for word in command]
    said, code = _run(words, dict(os.environ if env is None else env), cwd or ROOT, limit)
    if log is not None:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(said, encoding="utf-8")
    if code not in accepted:
        where = f" (tudo em {log})" if log else ""
        raise StepFailed(f"código {code}: {' '.join(words)[:300]}{where}\n{said[-TAIL:]}")
    return said


def code_of(command: Sequence[object], *, env: Mapping[str, str] | None = None, limit: float = 600) -> int:
    """Run a tool for its exit code alone."""
    return _run([str(word) for word in command], dict(os.environ if env is None else env), ROOT, limit)[1]


def _run(words: list[str], env: dict[str, str], cwd: Path, limit: float) -> tuple[str, int]:
    process = subprocess.Popen(
        words,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    _running.add(process)
    try:
        said, _ = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        _end(process)
        said, _ = process.communicate()
        raise StepFailed(
            f"sem resposta em {limit:.0f} s: {' '.join(words)[:300]}\n{said.decode(errors='replace')[-TAIL:]}"
        ) from None
    except BaseException:
        _end(process)
        raise
    finally:
        _running.discard(process)
    return said.decode(errors="replace"), process.returncode


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the tool with everything it started in its own session."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def end_with_all(*_: object) -> NoReturn:
    """For SIGTERM: whatever runs in any thread ends, and with it, by its exit code, the step that waits for it."""
    for process in tuple(_running):
        _end(process)
    raise SystemExit(128 + signal.SIGTERM)
