"""Where the database is. Apart from the settings that say so: reading those takes longer than showing a window."""

from __future__ import annotations

from typing import NamedTuple


class Server(NamedTuple):
    """Address of a database server, without anybody's password."""

    host: str = ""
    port: str = "5432"
    database: str = "desk"
    sslmode: str = "verify-full"
    sslrootcert: str = ""
    single_sign_on: bool = False

    @property
    def label(self) -> str:
        """As the sign-in window and the status bar name it."""
        return self.host.split(",")[0] or "local"

    def each(self) -> list[Server]:
        """The same installation with one host each, as libpq pairs them: one port for all, or one for each."""
        hosts = [host.strip() for host in self.host.split(",") if host.strip()]
        ports = [port.strip() or "5432" for port in (self.port or "5432").split(",")]
        return [
            self._replace(host=host, port=ports[at] if at < len(ports) else ports[0]) for at, host in enumerate(hosts)
        ]

    @property
    def verified(self) -> bool:
        """Whether TLS proves that it is the right server."""
        return self.sslmode == "verify-full"
