"""The language of everything on screen."""

from __future__ import annotations

from PySide6.QtCore import QLocale

LOCALE = QLocale(QLocale.Language.Portuguese, QLocale.Country.Brazil)
