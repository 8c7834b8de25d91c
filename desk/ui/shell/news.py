"""Looks now and then for IT's notice of a newer Desk, where a policy says; without one, nothing is ever asked."""

from __future__ import annotations

import datetime as dt
import logging
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, QUrl, Signal

from desk.services.releases import MOST_BYTES, BadNotice, Notice, is_newer, read_notice
from desk.ui.core.background import TaskRunner

log = logging.getLogger(__name__)

FIRST_MS, AGAIN_MS, PATIENCE_MS = 20_000, 4 * 3600 * 1000, 15_000


class News(QObject):
    """A file on a share or below an https address, read and checked away from the screen."""

    found = Signal(object)  # a Notice

    def __init__(self, runner: TaskRunner, source: str, key: str, version: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner, self._source, self._key = runner, source.strip(), key.strip()
        self._told = version  # the newest that is known here: an older notice put back later tells nothing
        self._network: Any = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.look)
        if self._source and self._key:
            self._timer.start(FIRST_MS)

    def look(self) -> None:
        """Look once; what cannot be read, or is not signed by the company, is a line in the log and no more."""
        if not (self._source and self._key):
            return
        self._timer.start(AGAIN_MS)
        if self._source.lower().startswith("https://"):
            self._ask()
        elif "://" in self._source:
            log.warning("notice: only https or a folder, not %s", self._source.partition("://")[0])
        else:
            # A share that is away makes its reader wait long.
            self._runner.run(self._read, owner=self, done=self._judge, failed=self._failed)

    def _read(self) -> bytes:
        with Path(self._source).open("rb") as file:
            return file.read(MOST_BYTES)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, OSError):
            raise error
        log.warning("notice: %s", type(error).__name__)

    def _ask(self) -> None:
        from PySide6.QtNetwork import QNetworkAccessManager, QNetworkProxyFactory, QNetworkRequest

        if self._network is None:
            QNetworkProxyFactory.setUseSystemConfiguration(True)
            self._network = QNetworkAccessManager(self)
            self._network.setTransferTimeout(PATIENCE_MS)
        reply = self._network.get(QNetworkRequest(QUrl(self._source)))
        reply.downloadProgress.connect(lambda got, _: reply.abort() if got > MOST_BYTES else None)
        reply.finished.connect(lambda: self._answered(reply))

    def _answered(self, reply: Any) -> None:
        reply.deleteLater()
        if reply.error() == reply.NetworkError.NoError:
            self._judge(bytes(reply.readAll().data()))
        else:
            log.warning("notice: %s", reply.error().name)

    def _judge(self, file: bytes) -> None:
        try:
            notice: Notice = read_notice(file, self._key)
            newer = is_newer(notice.version, self._told)
        except BadNotice as error:
            log.warning("notice: %s", error)
            return
        if notice.ended(dt.date.today()):
            log.info("notice: of %s, ended on %s", notice.version, notice.until)
        elif newer:
            self._told = notice.version
            self.found.emit(notice)
