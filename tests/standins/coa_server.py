"""The real FreeRADIUS in the place of a router: it listens for Disconnect and CoA requests and checks them.

Told where accounting is, it reports the end of what it was asked to disconnect, as a router does: by radclient.
"""

from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path
from typing import ClassVar

from tests.standins.radiusd import Radiusd

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
  exec {{
    wait = no
    program = "{folder}/report"
    input_pairs = request
    shell_escape = yes
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
      if (&Packet-Type == "Disconnect-Request") {{
        exec
        ok
      }} elsif (&Session-Timeout) {{
        {last_second}
      }} else {{
        ok
      }}
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

_TAKES_TIME = """exec
        ok"""
_KEEPS_TIME = """update reply {
          &Error-Cause := Unsupported-Attribute
        }
        reject"""


class CoaServer(Radiusd):
    """One that knows the connection of one login, and tells everything it hears; `takes_time` by CoA, or leaves it."""

    words: ClassVar[tuple[str, ...]] = ("-f", "-X")

    def __init__(self, secret: str, login: str, *, accounting: int = 0, takes_time: bool = False) -> None:
        super().__init__(Path(tempfile.mkdtemp(prefix=f"desk-coa-{os.getpid()}-")))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        last = _TAKES_TIME if takes_time else _KEEPS_TIME
        text = _CONFIGURATION.format(folder=self.folder, secret=secret, login=login, port=self.port, last_second=last)
        (self.folder / "radiusd.conf").write_text(text)
        (self.folder / "dictionary").write_text("")
        self.stop = self.folder / "stop"  # what it reports of the end, in radclient's words
        report = self.folder / "report"
        send = f"exec radclient -r 1 -t 10 -S {self.folder}/secret 127.0.0.1:{accounting} acct < {self.stop}"
        report.write_text(f"#!/bin/sh\n[ ! -e {self.stop} ] || {send}\n")
        report.chmod(0o700)
        (self.folder / "secret").write_text(f"{secret}\n")
