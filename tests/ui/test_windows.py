"""What only a Windows program has: Windows' own platform of Qt, a scale for each screen, a policy's values as they lie.

`tests/ui` runs as one under Wine (installer/windows_tests.py) and on a real Windows (installer/windows-tests.ps1).
"""

from __future__ import annotations

import sys

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from desk.settings_layers import registry

if sys.platform == "win32":
    import ctypes
    import winreg

    PLACE = r"Software\Desk of the tests"
    PER_MONITOR = 2  # DPI_AWARENESS_PER_MONITOR_AWARE; 1 would be one scale for all, 0 none

    def test_the_screens_are_drawn_by_windows_own_platform(qapp: QApplication) -> None:
        """Wine hands no QT_… variable on: with the platform lost, everything here would pass offscreen."""
        assert QGuiApplication.platformName() == "windows"

    def test_letters_stay_sharp_on_each_screen_whatever_its_scale(qapp: QApplication) -> None:
        user = ctypes.WinDLL("user32")
        user.GetThreadDpiAwarenessContext.restype = ctypes.c_void_p
        here = ctypes.c_void_p(user.GetThreadDpiAwarenessContext())
        assert user.GetAwarenessFromDpiAwarenessContext(here) == PER_MONITOR

    def test_a_policy_is_read_as_the_editor_writes_it() -> None:
        """Text as text, a switch as a number; what was left empty counts as not said."""
        with winreg.CreateKeyEx(winreg.HKEY_LOCAL_MACHINE, PLACE) as key:
            winreg.SetValueEx(key, "Host", 0, winreg.REG_SZ, " banco.provedor.example ")
            winreg.SetValueEx(key, "single_sign_on", 0, winreg.REG_DWORD, 1)
            winreg.SetValueEx(key, "jump_list", 0, winreg.REG_DWORD, 0)
            winreg.SetValueEx(key, "port", 0, winreg.REG_SZ, "")
        try:
            wanted = {"host": "banco.provedor.example", "single_sign_on": "1", "jump_list": "0"}
            assert registry(PLACE) == wanted
        finally:
            winreg.DeleteKey(winreg.HKEY_LOCAL_MACHINE, PLACE)
