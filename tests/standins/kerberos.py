"""A real MIT Kerberos KDC on a free loopback port, with a realm of the company's and a foreign one that it trusts."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

REALM = "PROVEDOR.TESTE"
FOREIGN = "VIZINHO.TESTE"  # trusted by the company's: its people get tickets for the company's services
STRANGE = "LONGE.TESTE"  # not trusted
REALMS = (REALM, FOREIGN, STRANGE)
START_SECONDS = 20

_CLIENT = """[libdefaults]
 default_realm = {realm}
 dns_lookup_realm = false
 dns_lookup_kdc = false
 dns_uri_lookup = false
 dns_canonicalize_hostname = false
 rdns = false
 clockskew = 1
[realms]
{realms}[domain_realm]
 localhost = {realm}
"""


class Kdc:
    """The KDC, its people, and the tickets they fetch; everything is in one folder that goes with it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f"desk-kdc-{os.getpid()}-"))
        self.folder.chmod(0o755)  # the database server reads its keytab here as another user
        self.port = _free_port()
        self.config = self.folder / "krb5.conf"
        client = "".join(f" {realm} = {{\n  kdc = 127.0.0.1:{self.port}\n }}\n" for realm in REALMS)
        self.config.write_text(_CLIENT.format(realm=REALM, realms=client))
        served = "".join(
            f" {realm} = {{\n  database_name = {self.folder}/{realm}.db\n  key_stash_file = {self.folder}/{realm}.key\n"
            f"  acl_file = {self.folder}/acl\n  max_life = 10h\n }}\n"
            for realm in REALMS
        )
        listen = f"127.0.0.1:{self.port}"
        (self.folder / "kdc.conf").write_text(
            f"[kdcdefaults]\n kdc_listen = {listen}\n kdc_tcp_listen = {listen}\n[realms]\n{served}"
            f"[logging]\n kdc = FILE:{self.folder}/kdc.log\n"
        )
        self.env = {
            "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin",
            "LC_ALL": "C",
            "KRB5_CONFIG": str(self.config),
            "KRB5_KDC_PROFILE": str(self.folder / "kdc.conf"),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        for realm in REALMS:
            self._run("kdb5_util", "-r", realm, "create", "-s", "-W", "-P", os.urandom(12).hex())
        trust = f"krbtgt/{REALM}@{FOREIGN}"
        for realm in (REALM, FOREIGN):
            self._admin(realm, f"addprinc -pw confianca-entre-reinos {trust}")
        command = ["krb5kdc", "-n", *(word for realm in REALMS for word in ("-r", realm))]
        with (self.folder / "out").open("wb") as out:
            self._process = subprocess.Popen(
                command, env=self.env, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=self.folder
            )
        deadline = time.monotonic() + START_SECONDS
        while "commencing operation" not in self.log:
            if self._process.poll() is not None or time.monotonic() > deadline:
                said = self.log + (self.folder / "out").read_text(errors="replace")
                self.__exit__(None, None, None)
                raise RuntimeError(f"the KDC did not start: {said[-2000:]}")
            try:
                self._process.wait(0.02)
            except subprocess.TimeoutExpired:
                continue
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def stop(self) -> None:
        """End the KDC: tickets already fetched go on, new ones are not to be had."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(10)

    @property
    def log(self) -> str:
        """What the KDC wrote down."""
        path = self.folder / "kdc.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def person(self, name: str, realm: str = REALM) -> None:
        """An account of the domain."""
        self._admin(realm, f"addprinc -pw {_password(name)} {name}@{realm}")

    def keytab(self, service: str, owner: str) -> Path:
        """The key file of a service, for the user that runs it."""
        path = self.folder / f"{service.replace('/', '-')}.keytab"
        self._admin(REALM, f"addprinc -randkey {service}@{REALM}")
        self._admin(REALM, f"ktadd -k {path} {service}@{REALM}")
        path.chmod(0o600)
        if os.geteuid() == 0:
            shutil.chown(path, owner)
        return path

    def ticket(self, name: str, realm: str = REALM, *, life: str = "1h") -> str:
        """Sign the person in to the domain; answers the ticket cache, for KRB5CCNAME."""
        cache = f"FILE:{self.folder}/cc-{os.urandom(4).hex()}"
        self._run("kinit", "-l", life, "-c", cache, f"{name}@{realm}", typed=_password(name))
        return cache

    def still_valid(self, cache: str) -> bool:
        """Whether the cache holds a ticket that has not run out."""
        done = subprocess.run(["klist", "-s", "-c", cache], env=self.env, check=False)
        return done.returncode == 0

    def no_ticket(self) -> str:
        """A cache that nobody has signed in to."""
        return f"FILE:{self.folder}/cc-nobody"

    def _admin(self, realm: str, query: str) -> None:
        # kadmin.local ends with 0 even when it refused
        said = self._run("kadmin.local", "-r", realm, "-p", f"root/admin@{realm}", "-q", query)
        if "while" in said and "no policy" not in said:
            raise RuntimeError(said)

    def _run(self, program: str, *arguments: str, typed: str = "") -> str:
        done = subprocess.run(
            [program, *arguments], env=self.env, input=f"{typed}\n", capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout[-500:]}{done.stderr[-1500:]}")
        return done.stdout + done.stderr


def _password(name: str) -> str:
    return f"{name}-do-dominio-1"


def _free_port() -> int:
    """Free for UDP and TCP alike, since a client may try either."""
    for _ in range(20):
        with socket.socket(type=socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
            udp.bind(("127.0.0.1", 0))
            port = int(udp.getsockname()[1])
            try:
                tcp.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no port that is free for UDP and TCP")
