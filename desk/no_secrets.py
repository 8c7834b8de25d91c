"""Takes out of log lines and reports whatever must not leave this computer: IT sends them around. Knows no Qt."""

from __future__ import annotations

import logging
import re
from typing import Final

HIDDEN: Final = "***"
# Shorter ones would be found inside ordinary words, and tell nothing about where they stood.
SHORTEST: Final = 6
_KEPT: Final = 20

_NAMES = (
    r"password|passwd|pwd|passphrase|senha|secret|segredo|token|api[_-]?key|community|psk|credential"
    r"|master[_-]?key|chave[_-]mestra|private[_-]?key|data[_-]?key"
)
_QUOTED = r"""b?"(?:[^"\\]|\\.)*"|b?'(?:[^'\\]|\\.)*'"""

_PATTERNS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"-----BEGIN ([A-Z ]*PRIVATE KEY)-----.*?(?:-----END \1-----|\Z)", re.DOTALL), HIDDEN),
    # What SQLAlchemy says of a statement: everything that somebody typed.
    (re.compile(r"\[parameters: .*?(?:\](?=\n|\Z)|\Z)", re.DOTALL), f"[parameters: {HIDDEN}]"),
    # What PostgreSQL says of a row: "Failing row contains (…)", "Key (login)=(…) already exists."
    (re.compile(r"^(\s*(?:DETAIL|DETALHE)): .*$", re.MULTILINE), rf"\1: {HIDDEN}"),
    # Up to the last @ before the path: a password may hold one that nobody encoded.
    (re.compile(r"(\b[a-z][a-z0-9+.-]{0,30}://[^\s:/@]*):[^\s/]+@"), rf"\1:{HIDDEN}@"),
    (re.compile(r"SCRAM-SHA-256\$[^\s'\"]+"), HIDDEN),
    (re.compile(r"(?i)\b(Bearer|Basic) [A-Za-z0-9+/_.=-]{8,}"), rf"\1 {HIDDEN}"),
    # name=value ends at a blank; name: value, as people write it, may hold some and ends with the line.
    (re.compile(rf"(?i)((?:{_NAMES})\w*['\"]?\s*=\s*)(?:{_QUOTED}|\S+)"), rf"\1{HIDDEN}"),
    (re.compile(rf"(?i)((?:{_NAMES})\w*(?: \w+){{0,3}}['\"]?\s*:[ \t]*)(?:{_QUOTED}|[^\n]+)"), rf"\1{HIDDEN}"),
)
_known: list[str] = []


def never_write(secret: str | None) -> None:
    """From now on these very letters are taken out, wherever they stand: for what the program holds anyway."""
    if secret is not None and len(secret) >= SHORTEST and secret not in _known:
        _known.append(secret)
        del _known[:-_KEPT]


def without_secrets(text: str) -> str:
    """The same text with *** where a secret stands, or may stand."""
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


class NoSecrets(logging.Formatter):
    """Writes log lines and tracebacks with whatever looks like a secret taken out."""

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))
