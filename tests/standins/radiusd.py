"""A FreeRADIUS process of its own: started when it says that it is ready, ended with its folder."""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

PROGRAM = "/usr/sbin/freeradius"
START_SECONDS = 20


class Radiusd:
    """Runs what stands in `folder`; use it in a `with`. What it had written is in `said` afterwards."""

    words: ClassVar[tuple[str, ...]] = ("-f",)

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "out"
        self.log = self.out
        self.said = ""
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self.out.open("wb") as out:
            command = [PROGRAM, *self.words, "-d", self.folder]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        deadline = time.monotonic() + START_SECONDS
        while not self.log.exists() or "Ready to process requests" not in self.log.read_text(errors="replace"):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.__exit__(None, None, None)
                raise RuntimeError(f"FreeRADIUS did not start: {self.said[-3000:]}")
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0.02)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)
        self.said = self.written()
        shutil.rmtree(self.folder, ignore_errors=True)

    def written(self) -> str:
        """Everything the server has said so far."""
        return self.out.read_text(errors="replace")
