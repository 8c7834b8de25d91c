"""The real FreeRADIUS, from the configuration that we ship, on loopback in a folder of its own."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.builders import a_routing_server, a_secret
from tests.postgres import Database, password_of
from tests.standins.radiusd import PROGRAM, Radiusd

SHIPPED = Path(__file__).resolve().parents[2] / "resources" / "daemons" / "freeradius"
# Long enough for a busy machine; only what must stay unanswered is waited out, with SILENCE_SECONDS.
ANSWER_SECONDS = 10
SILENCE_SECONDS = 2
COUNTERS_SECRET = "segredo-das-mesas"

Attributes = dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What came back: `code` such as Access-Accept, empty for silence; attributes as radclient prints them."""

    code: str
    attributes: dict[str, str] = field(default_factory=dict)
    lines: tuple[tuple[str, str], ...] = ()  # all of them, also those that come more than once

    def all(self, name: str) -> list[str]:
        """Every value of an attribute."""
        return [value.strip('"') for found, value in self.lines if found == name]

    @property
    def accepted(self) -> bool:
        """An Access-Accept."""
        return self.code == "Access-Accept"

    @property
    def rejected(self) -> bool:
        """An Access-Reject, which is not the same as no answer."""
        return self.code == "Access-Reject"

    @property
    def message(self) -> str:
        """What the customer would be told."""
        return self.attributes.get("Reply-Message", "").strip('"')


class FreeRadius(Radiusd):
    """A server over one database; `site` overrides lines of site.conf, `files` whole files."""

    def __init__(self, db: str, *, db_acct: str = "", site: Attributes | None = None, stock: str = "") -> None:
        super().__init__(Path(tempfile.mkdtemp(prefix=f"desk-radius-{os.getpid()}-")))
        self.auth_port, self.acct_port = _free_ports()
        self.log = self.folder / "radius.log"
        self.secret = ""
        for name in ("radiusd.conf", "sql.conf", "accounting.conf", "server.conf", "dictionary"):
            shutil.copy(SHIPPED / name, self.folder / name)
        lines = self._site(db, db_acct or db) | (site or {})
        (self.folder / "site.conf").write_text("".join(f"{name} = {value}\n" for name, value in lines.items()))
        self._keep_password(db)
        nas = (SHIPPED / "nas.conf").read_text("utf-8").replace("@REDE_DOS_ROTEADORES@", "127.0.0.0/24")
        # Desks ask from an address of their own, which is no router's.
        nas = nas.replace("@REDE_DAS_MESAS@", "127.0.1.1").replace("@SEGREDO_DAS_MESAS@", COUNTERS_SECRET)
        (self.folder / "nas.conf").write_text(nas)
        if stock:
            (self.folder / "sql.conf").write_text(stock)

    def _site(self, db_auth: str, db_acct: str) -> Attributes:
        """Every line of the shipped site.conf, with the values of this place."""
        shipped = (SHIPPED / "site.conf").read_text("utf-8")
        names = re.findall(r"^(\w+) = ", shipped, re.MULTILINE)
        lines = dict(re.findall(r"^(\w+) = (.*)$", shipped, re.MULTILINE))
        assert len(names) == len(lines)
        return lines | {
            "db_auth": self._conninfo(db_auth),
            "db_acct": self._conninfo(db_acct),
            "listen_address": "127.0.0.1",
            "auth_port": str(self.auth_port),
            "acct_port": str(self.acct_port),
            "nas_lifetime": "1",
            "reject_delay": "0",
            "run_user": "root" if os.geteuid() == 0 else os.environ["USER"],
            "run_group": "root" if os.geteuid() == 0 else os.environ["USER"],
            "confdir": str(self.folder),
            "logdir": str(self.folder),
            "run_dir": str(self.folder),
        }

    def _conninfo(self, dsn: str) -> str:
        """The connection string as site.conf has it: without the password, which the server would log."""
        known = conninfo_to_dict(dsn)
        known.pop("password")
        known["passfile"] = str(self.folder / "pgpass")
        return '"' + make_conninfo("", **known) + '"'

    def _keep_password(self, dsn: str) -> None:
        known = conninfo_to_dict(dsn)
        text = (SHIPPED / "pgpass").read_text("utf-8")
        text = text.replace("@BANCO@", str(known["dbname"])).replace("@SENHA@", str(known["password"]))
        file = self.folder / "pgpass"
        file.touch(mode=0o600)
        file.write_text(text)

    def check(self) -> None:
        """Have the server read its configuration and say what it thinks of it."""
        done = subprocess.run([PROGRAM, "-C", "-X", "-d", self.folder], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr

    def written(self) -> str:
        """Everything the server has written into its folder so far; the configuration was there before."""
        ours = {path.name for path in SHIPPED.iterdir()}
        files = [path for path in self.folder.rglob("*") if path.is_file() and path.name not in ours]
        return "".join(path.read_text(errors="replace") for path in files)

    def ask(self, attributes: Attributes, *, source: str = "127.0.0.1", signed: bool = True, **how: Any) -> Answer:
        """Send an Access-Request as a router at `source` would."""
        more = {"Message-Authenticator": "0x00"} if signed else {}
        return self._send("auth", self.auth_port, attributes | more, source, **how)

    def account(self, attributes: Attributes, *, source: str = "127.0.0.1", **how: Any) -> Answer:
        """Send an Accounting-Request."""
        return self._send("acct", self.acct_port, attributes, source, **how)

    def _send(
        self, kind: str, port: int, attributes: Attributes, source: str, *, secret: str = "", silent: bool = False
    ) -> Answer:
        shared = self.folder / f"secret-{secrets.token_hex(4)}"
        shared.write_text(f"{secret or self.secret}\n")
        wait = SILENCE_SECONDS if silent else ANSWER_SECONDS
        command = ["radclient", "-x", "-r", "1", "-t", str(wait), "-S", str(shared), f"127.0.0.1:{port}", kind]
        lines = [f"{name} = {value}" for name, value in ({"Packet-Src-IP-Address": source} | attributes).items()]
        done = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True, check=False)
        shared.unlink()
        code, _, rest = done.stdout.partition("\nReceived ")[2].partition(" ")
        found = re.findall(r"^\t(\S+) = (.*)$", rest, re.MULTILINE)
        return Answer(code, dict(found), tuple(found))


@contextlib.contextmanager
def running(database: Database, *, db: str = "", **how: Any) -> Iterator[FreeRadius]:
    """A server over this database, with one router at 127.0.0.1 that knows the server's secret."""
    admin = database.admin()
    admin.execute(f"ALTER ROLE radius PASSWORD '{password_of('radius')}'")
    router = a_routing_server(database, nas_address="127.0.0.1")
    server = FreeRadius(db or database.dsn("radius"), **how)
    server.secret = secrets.token_hex(8)
    a_secret(database, "nas", router.id, server.secret, clear=True)
    with server:
        yield server


def pap(login: str, password: str, **more: str) -> Attributes:
    """The password itself, hidden by the shared secret."""
    return {"User-Name": _text(login), "User-Password": _text(password)} | _named(more)


def chap(login: str, password: str, **more: str) -> Attributes:
    """Radclient works out the CHAP response from the password."""
    return {"User-Name": _text(login), "CHAP-Password": _text(password)} | _named(more)


def mschap2(login: str, password: str, **more: str) -> Attributes:
    """MS-CHAPv2 by RFC 2759, which radclient does not know."""
    ours, peer = secrets.token_bytes(16), secrets.token_bytes(16)
    response = b"\0\0" + peer + bytes(8) + nt_response(ours, peer, login, nt_hash(password))
    attributes = {"MS-CHAP-Challenge": f"0x{ours.hex()}", "MS-CHAP2-Response": f"0x{response.hex()}"}
    return {"User-Name": _text(login)} | attributes | _named(more)


def nt_hash(password: str) -> bytes:
    """MD4 of the password in UTF-16; today's OpenSSL has no MD4, but FreeRADIUS brings a tool."""
    done = subprocess.run(["smbencrypt", password], capture_output=True, text=True, check=True)
    return bytes.fromhex(done.stdout.split()[-1])


def nt_response(authenticator: bytes, peer: bytes, login: str, hashed: bytes) -> bytes:
    """GenerateNTResponse of RFC 2759: the challenge, encrypted by each third of the hash."""
    challenge = hashlib.sha1(peer + authenticator + login.encode()).digest()[:8]
    keys = hashed.ljust(21, b"\0")
    return b"".join(_des(keys[at : at + 7], challenge) for at in (0, 7, 14))


def _des(seven: bytes, block: bytes) -> bytes:
    bits = int.from_bytes(seven)
    key = bytes((bits >> (49 - 7 * at) & 0x7F) << 1 for at in range(8))
    encryptor = Cipher(TripleDES(key * 3), modes.ECB()).encryptor()
    return encryptor.update(block) + encryptor.finalize()


def _text(value: str) -> str:
    """A value between quotes, as radclient reads it."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _named(more: dict[str, str]) -> Attributes:
    """Keyword names to attribute names: Calling_Station_Id to Calling-Station-Id."""
    return {name.replace("_", "-"): value if value.startswith("0x") else _text(value) for name, value in more.items()}


def _free_ports() -> tuple[int, int]:
    with socket.socket(type=socket.SOCK_DGRAM) as one, socket.socket(type=socket.SOCK_DGRAM) as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1]), int(other.getsockname()[1])
