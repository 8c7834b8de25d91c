"""The company's notice of a newer Desk: a few words, signed by IT, that this program only reads and never follows."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import re
from dataclasses import asdict, dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

MOST_BYTES = 64_000
_VERSION = re.compile(r"\d{1,5}(\.\d{1,5}){0,3}")
# Nobody can pass a signature over something else off as one over a notice.
_PURPOSE = b"desk notice 1\n"


@dataclass(frozen=True)
class Notice:
    """Which version there is, what IT says of it, where it lies for whoever may install it, and until when it counts.

    `until` is a day, YYYY-MM-DD, that still counts; without one the notice never ends.
    """

    version: str
    says: str = ""
    where: str = ""
    until: str = ""

    def ended(self, today: dt.date) -> bool:
        """Whether its time is over: whoever can put files where IT puts them must not bring an old one back."""
        return bool(self.until) and dt.date.fromisoformat(self.until) < today


class BadNotice(ValueError):
    """No notice, or not one of this company."""


def new_key() -> str:
    """A private key for signing, as text; it belongs to whoever announces versions, and on no workstation."""
    return _text(Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))


def public_key(private: str) -> str:
    """What workstations check with: the value of the policy `update_key`."""
    return _text(_private(private).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def signed(notice: Notice, private: str) -> bytes:
    """The file that workstations read."""
    _fit(notice)
    body = json.dumps(asdict(notice), ensure_ascii=False)
    signature = _private(private).sign(_PURPOSE + body.encode())
    return json.dumps({"notice": body, "signature": _text(signature)}, ensure_ascii=False, indent=1).encode() + b"\n"


def read_notice(file: bytes, key: str) -> Notice:
    """The notice in a file, once its signature is that of the key; nothing of it is looked at before."""
    try:
        outer = json.loads(file[:MOST_BYTES])
        body, signature = str(outer["notice"]).encode(), base64.b64decode(str(outer["signature"]), validate=True)
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True)).verify(signature, _PURPOSE + body)
        told = json.loads(body)
        found = Notice(*(str(told.get(name, "")) for name in ("version", "says", "where", "until")))
    except (binascii.Error, InvalidSignature, AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadNotice(type(error).__name__) from error
    _fit(found)
    return found


def is_newer(version: str, than: str) -> bool:
    """Whether one version comes after another, number by number."""
    return _version(version) > _version(than)


def _fit(notice: Notice) -> None:
    _version(notice.version)
    try:
        notice.ended(dt.date.min)
    except ValueError as error:
        raise BadNotice(f"not a day: {notice.until[:40]}") from error


def _version(text: str) -> tuple[int, ...]:
    if not _VERSION.fullmatch(text):
        raise BadNotice(f"not a version: {text[:40]}")
    parts = [int(part) for part in text.split(".")]
    return (*parts, *[0] * (4 - len(parts)))


def _private(text: str) -> Ed25519PrivateKey:
    try:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(text.strip(), validate=True))
    except (binascii.Error, ValueError) as error:
        raise BadNotice("not a private key") from error


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
