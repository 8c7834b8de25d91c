"""A PostgreSQL as a company's IT runs it: TLS by its own authority, and rules for who may come in."""

from __future__ import annotations

from pathlib import Path

from psycopg.conninfo import make_conninfo

from tests.postgres import SUPERUSER, Cluster
from tests.standins.certificates import Authority, Issued

# The superuser comes in as everywhere in the tests; the lines about people are what each test is about.
_ADMIN = f"host all {SUPERUSER} 127.0.0.1/32 scram-sha-256\n"
_EVERYBODY = "hostssl all all 127.0.0.1/32 scram-sha-256\n"


class CompanyServer(Cluster):
    """One more server, for tests that need their own pg_hba.conf or certificate."""

    def __init__(self) -> None:
        super().__init__(which="debian")  # the embedded server has neither TLS nor Kerberos
        self.authority = Authority()

    def start(self) -> None:
        """Begin with TLS for localhost and passwords for everybody."""
        super().start()
        self.present(self.authority.issue("localhost", "127.0.0.1"))
        self.let_in(_EVERYBODY)

    def let_in(self, rules: str, *, ident: str = "") -> None:
        """Have pg_hba.conf say this, and pg_ident.conf that."""
        self._replace("pg_hba.conf", (_ADMIN + rules).encode())
        self._replace("pg_ident.conf", ident.encode())
        self.reload()

    def present(self, certificate: Issued) -> None:
        """Show this certificate to whoever connects from now on."""
        self._replace("server.crt", certificate.certificate)
        self._replace("server.key", certificate.key)
        self.set(ssl="on")

    def set(self, **settings: str) -> None:
        """Change settings of the server, and have it read them."""
        with self.admin() as admin:
            for name, value in settings.items():
                admin.execute(f"ALTER SYSTEM SET {name} = '{value}'".encode())
        self.reload()

    def append(self, name: str, text: str) -> None:
        """Add lines to a file of the server, and have it read them."""
        self._replace(name, (self.data / name).read_bytes() + b"\n" + text.encode())
        self.reload()

    def reload(self) -> None:
        """Read the files again; the postmaster does it before it takes the next connection."""
        self._run("pg_ctl", "-D", str(self.data), "reload")

    def address(self, dbname: str, role: str, root: Path, **more: str) -> str:
        """A connection string with the certificate checked, as workstations have it."""
        known = {"host": "localhost", "sslmode": "verify-full", "sslrootcert": str(root)}
        text: str = make_conninfo(self.dsn(dbname, role), **known | more)
        return text

    def _replace(self, name: str, content: bytes) -> None:
        path = self.data / name
        path.unlink(missing_ok=True)
        self._write(path, content)
