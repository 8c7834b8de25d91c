"""A router with thousands of lines, in a process of its own: its memory and its work are not those of the program.

`python -m tests.standins.crowded_router COUNT FIRST WRONG FOREIGN` prints its port and answers until its input ends.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desk.demo.routeros import RouterOsStandIn

ROOT = Path(__file__).parents[2]


def fill(router: RouterOsStandIn, count: int, first: int, wrong: int, foreign: int) -> None:
    """A secret, a connection, a queue and an entry of a list for each; every `wrong`th secret and queue differs."""
    tables = router.tables
    for number in range(count):
        off = wrong and number % wrong == 0
        mark, address = first + number, f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        profile = "100M" if off else "50M"
        tables.secret(f"casa{number}", profile=profile, comment=f"desk:{mark}", service="pppoe", password="segredo-1")
        tables.session(f"casa{number}")
        speed = "1/1" if off else "50000000/100000000"
        own = {"comment": f"desk:ip:{mark}", "disabled": "false"}
        tables.put("/queue/simple", name=f"desk-ip-{mark}", target=f"{address}/32", max_limit=speed, **own)
        tables.put("/ip/firewall/address-list", list="liberados", address=address, **own)
    for number in range(foreign):
        tables.put(
            "/ip/firewall/address-list", list="outros", address=f"100.64.{number >> 8}.{number & 255}", comment="x"
        )


@contextmanager
def crowded_router(count: int, *, first: int, wrong: int = 0, foreign: int = 0) -> Iterator[int]:
    """The port of one."""
    words = [sys.executable, "-m", __name__, *map(str, (count, first, wrong, foreign))]
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()
            process.wait()


def main(argv: list[str]) -> None:
    """Serve until whoever asked for it is gone."""
    count, first, wrong, foreign = map(int, argv)
    with RouterOsStandIn() as router:
        fill(router, count, first, wrong, foreign)
        print(router.port, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1:])
