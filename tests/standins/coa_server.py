"""The real FreeRADIUS in the place of a router: it listens for Disconnect and CoA requests and checks them."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

PROGRAM = "/usr/sbin/freeradius"
START_SECONDS = 20
_CONFIGURATION = """
prefix = /usr
name = coa
logdir = {folder}
run_dir = {folder}
confdir = {folder}
raddbdir = {folder}
libdir = /usr/lib/freeradius
pidfile = {folder}/radiusd.pid
proxy_requests = no
security {{
  status_server = no
}}
modules {{
  always ok {{
    rcode = ok
  }}
  always reject {{
    rcode = reject
  }}
}}
client desk {{
  ipaddr = 127.0.0.1
  secret = {secret}
}}
server coa {{
  listen {{
    type = coa
    ipaddr = 127.0.0.1
    port = {port}
  }}
  recv-coa {{
    if (&User-Name == "{login}" && &Message-Authenticator) {{
      ok
    }} else {{
      update reply {{
        &Error-Cause := Session-Context-Not-Found
      }}
      reject
    }}
  }}
  send-coa {{
    ok
  }}
}}
"""


class CoaServer:
    """One that knows the connection of one login."""

    def __init__(self, secret: str, login: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f"desk-coa-{os.getpid()}-"))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        text = _CONFIGURATION.format(folder=self.folder, secret=secret, login=login, port=self.port)
        (self.folder / "radiusd.conf").write_text(text)
        (self.folder / "dictionary").write_text("")
        self.said = ""

    def __enter__(self) -> Self:
        self._out = (self.folder / "out").open("wb")
        self._process = subprocess.Popen(
            [PROGRAM, "-f", "-X", "-d", self.folder], stdin=subprocess.DEVNULL, stdout=self._out, stderr=self._out
        )
        deadline = time.monotonic() + START_SECONDS
        while "Ready to process requests" not in (self.folder / "out").read_text(errors="replace"):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.__exit__(None, None, None)
                raise RuntimeError(f"FreeRADIUS did not start: {self.said[-3000:]}")
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0.02)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)
        self._out.close()
        self.said = (self.folder / "out").read_text(errors="replace")
        shutil.rmtree(self.folder, ignore_errors=True)
