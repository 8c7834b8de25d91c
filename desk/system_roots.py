"""Makes `sslrootcert=system` mean the roots that this computer trusts.

libpq comes with an OpenSSL of its own, which looks for roots where no system keeps them: on Linux below a folder of its
builder's, on Windows never in the certificate store. SSL_CERT_FILE is the one word that it listens to.
"""

from __future__ import annotations

import contextlib
import os
import ssl
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

SYSTEM: Final = "system"
VARIABLE: Final = "SSL_CERT_FILE"
_SERVERS: Final = "1.3.6.1.5.5.7.3.1"  # the purpose of a certificate that servers show
_BUNDLES: Final = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


def lend_system_roots() -> None:
    """Tell this process's OpenSSL where the roots are, unless somebody already did; from any thread."""
    if VARIABLE in os.environ or "SSL_CERT_DIR" in os.environ:
        return
    file = system_roots()
    if file is not None:
        os.environ[VARIABLE] = str(file)


def system_roots() -> Path | None:
    """One PEM file with them; on Windows a copy of the store, made anew by each process."""
    if sys.platform == "win32":
        rows = [row for store in ("ROOT", "CA") for row in ssl.enum_certificates(store)]
        return _written(as_pem(rows), _own_folder())
    else:
        known = (ssl.get_default_verify_paths().cafile, *_BUNDLES)
        return next((Path(each) for each in known if each and os.path.isfile(each)), None)


def as_pem(rows: Iterable[tuple[bytes, str, set[str] | bool]]) -> str:
    """Those of a store's certificates that may prove a server."""
    trusted = (der for der, kind, purpose in rows if kind == "x509_asn" and _for_servers(purpose))
    return "".join(ssl.DER_cert_to_PEM_cert(der) for der in dict.fromkeys(trusted))


def _for_servers(purpose: set[str] | bool) -> bool:
    return purpose if isinstance(purpose, bool) else _SERVERS in purpose


def _own_folder() -> Path:
    """Inside the person's profile, which nobody else writes to."""
    local = os.environ.get("LOCALAPPDATA")
    return Path(local, "Desk") if local else Path(tempfile.mkdtemp(prefix="desk-roots-"))


def _written(text: str, folder: Path) -> Path | None:
    file = folder / "roots.pem"
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        fresh = folder / f"roots-{os.getpid()}.pem"
        fresh.write_text(text, encoding="ascii")
        fresh.replace(file)
    return file if file.is_file() else None
