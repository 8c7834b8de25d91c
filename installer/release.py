"""`python -m installer.release FOLDER OUT`: the MSI of a frozen folder and that of an older version, unsigned.

For a Windows CI that freezes on Windows and packs on Linux; whoever publishes signs with the real certificate.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from desk import __version__
from installer import closure, freeze, msi, rollout
from installer.console import StepFailed, say
from installer.freeze import BEFORE


def main(argv: list[str]) -> int:
    """Pack and read back."""
    folder, out = Path(argv[0]).resolve(), Path(argv[1]).resolve()
    out.mkdir(parents=True, exist_ok=True)
    try:
        freeze.expect_required(folder, "win32")
        freeze.expect_no_props(folder.rglob("*"))
        closure.check_closure(folder)
        for name in ("Desk.exe", "desk-admin.exe"):
            closure.check_resources(folder / name, __version__)
        with tempfile.TemporaryDirectory(dir=out.parent) as own:
            work = Path(own)
            older = rollout.previous(folder, work / "older" / "Desk")
            for place, version in ((older, BEFORE), (folder, __version__)):
                target = msi.build_msi(place, version, out / f"Desk-{version}.msi", work)
                msi.check_msi(target, place, version, work)
                say(f"{target}")
    except StepFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
