"""Test prop: Wine 8 crashes when `platform` asks Windows' management interface; without it Python asks elsewhere."""

import sys

sys.modules["_wmi"] = None  # type: ignore[assignment]
