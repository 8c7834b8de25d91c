"""Where settings come from on Windows: the company's policy, the machine's installer; each a key of the registry."""

from __future__ import annotations

import contextlib
import sys

POLICY = r"Software\Policies\Desk"
MACHINE = r"Software\Desk"


def registry(key: str) -> dict[str, str]:
    """Values of a key below HKEY_LOCAL_MACHINE, all as text; what is empty counts as not given."""
    found: dict[str, str] = {}
    if sys.platform == "win32":
        import winreg

        # The 64-bit view, whatever asks.
        with contextlib.suppress(FileNotFoundError, PermissionError):
            rights = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key, 0, rights) as opened:
                for at in range(winreg.QueryInfoKey(opened)[1]):
                    name, value, _ = winreg.EnumValue(opened, at)
                    if isinstance(value, str | int) and str(value).strip():
                        found[name.lower()] = str(value).strip()
    return found
