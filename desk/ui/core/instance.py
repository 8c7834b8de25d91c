"""One desk for each person and computer: a second start hands its link over, and the first comes to the front."""

from __future__ import annotations

import os
import re
import sys
import zlib
from typing import Any

from PySide6.QtCore import QDir, QLockFile, QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

_LINK = re.compile(r"desk://customer/(\d{1,18})/?", re.IGNORECASE)
_PATIENCE_MS = 5000
_LONGEST = 4096
# A hint or a list that hangs open is a window of its own too, and cannot be shown in the place of one.
_WINDOWS = (Qt.WindowType.Window, Qt.WindowType.Dialog)


def customer_of(link: str) -> int | None:
    """The customer that a link such as desk://customer/123 names; None for anything else."""
    found = _LINK.fullmatch(link.strip())
    return int(found[1]) if found else None


class Instance(QObject):
    """The place of the one desk; Qt's network part is loaded only when there is somebody to speak to."""

    asked = Signal(str)  # another start happened here; its link, or ""

    def __init__(self, name: str, home: str) -> None:
        """Who keeps settings or data elsewhere (`home`) works with another desk."""
        super().__init__()
        who = os.environ.get("USERNAME", "") if sys.platform == "win32" else str(os.getuid())
        self._name = re.sub(r"[^\w-]", "-", f"{name}-{who}-{zlib.crc32(home.encode()):08x}")
        # The temporary folder belongs to a computer, and on a terminal server to a session; a profile may not.
        self._lock = QLockFile(QDir.temp().filePath(f"{self._name}.lock"))
        self._lock.setStaleLockTime(0)  # a desk may stay open for days; one that died is known by its process
        self._server: Any = None  # QLocalServer, known only once it is wanted

    def claim(self) -> bool:
        """Become the one desk, unless another lives; where no lock can be written at all, everybody is the first."""
        return self._lock.tryLock(0) or self._lock.error() != QLockFile.LockError.LockFailedError

    def hand_over(self, link: str) -> bool:
        """Ask the desk that is open to come to the front; False when it does not listen."""
        from PySide6.QtNetwork import QLocalSocket

        _let_others_come_to_the_front()
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(_PATIENCE_MS):
            return False
        socket.write(f"open {link}\n".encode())
        socket.waitForBytesWritten(_PATIENCE_MS)
        # The answer means that it was understood, so that nothing is lost by leaving now.
        heard = socket.waitForReadyRead(_PATIENCE_MS)
        socket.disconnectFromServer()
        return heard

    def listen(self) -> None:
        """Hear later starts; only this person's own processes are let in."""
        from PySide6.QtNetwork import QLocalServer

        if self._server is not None:
            return  # somebody signed out and in again
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._visited)
        QLocalServer.removeServer(self._name)  # left by one that died; the lock is ours
        server.listen(self._name)
        self._server = server

    def _visited(self) -> None:
        server = self._server
        while server is not None and (socket := server.nextPendingConnection()) is not None:
            socket.readyRead.connect(lambda socket=socket: self._read(socket))
            socket.disconnected.connect(socket.deleteLater)

    def _read(self, socket: Any) -> None:
        word, _, link = bytes(socket.readLine(_LONGEST).data()).decode(errors="replace").strip().partition(" ")
        if word != "open":
            return
        socket.write(b"ok\n")
        socket.flush()
        self.asked.emit(link)

    def release(self) -> None:
        """Give the place free."""
        if self._server is not None:
            self._server.close()
            self._server.deleteLater()
            self._server = None
        self._lock.unlock()


def come_to_the_front() -> None:
    """Show the dialog that waits for an answer, else a window of the program, from wherever it is."""
    window = QApplication.activeModalWidget() or next(
        (each for each in QApplication.topLevelWidgets() if each.isVisible() and each.windowType() in _WINDOWS), None
    )
    if window is None:
        return
    if window.isMinimized():
        window.showNormal()
    window.raise_()
    window.activateWindow()


def _let_others_come_to_the_front() -> None:
    """Windows lets only the program that the person just started show itself; it passes that right on."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.AllowSetForegroundWindow(-1)


def name_for_the_taskbar() -> None:
    """Windows groups windows and pins by this name, the same as the start menu's entry has."""
    if sys.platform == "win32":
        import ctypes

        from desk.ui.core.taskbar import APP_ID

        ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID(APP_ID)
