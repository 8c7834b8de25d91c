"""Says who signed the Windows CPython, and signs what we build: osslsigncode, with roots that are pinned here."""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from installer.console import StepFailed, expect, run

# Microsoft Identity Verification Root Certificate Authority 2020: signs CPython since 2024, and Debian does not carry
# it. It travels inside the signature; this is its SHA-256 as its owner publishes it.
MICROSOFT_ROOT = "5367f20c7ade0e2bca790915056d086b720c33c1fa2a2661acf787e3292e1270"
DEBIAN_ROOTS = Path("/etc/ssl/certs/ca-certificates.crt")
PSF = "Python Software Foundation"
# The runtime of the compiler is signed by Microsoft itself, whose root for it is neither here nor in the file.
MICROSOFT_RUNTIME = ("vcruntime140.dll", "vcruntime140_1.dll")
LEAST_SIGNED = 20


@cache
def _ignoring_crl() -> tuple[str, ...]:
    """Newer osslsigncode would fetch revocation lists from the network unless told not to; older knows no such word."""
    said = run(["osslsigncode", "verify", "--help"], accepted=(0, 1, 255))
    return ("-ignore-crl",) if "ignore-crl" in said else ()


def verify_python(home: Path, work: Path) -> int:
    """Every program of CPython's own is signed by its foundation and unchanged; returns how many were looked at."""
    roots = _roots(home / "python.exe", work)
    own = [path for path in _programs(home) if path.name not in MICROSOFT_RUNTIME]
    with ThreadPoolExecutor(2) as pool:
        verdicts = list(pool.map(lambda path: _verdict(path, roots), own))
    bad = [f"{path.relative_to(home)}: {verdict}" for path, verdict in zip(own, verdicts, strict=True) if verdict]
    expect(not bad, "assinaturas do Python para Windows:\n" + "\n".join(bad))
    expect(len(own) >= LEAST_SIGNED, f"só {len(own)} programas assinados em {home}")
    expect(_verdict(_changed(own[0], work), roots), f"um byte mudado em {own[0].name} passaria despercebido")
    for name in MICROSOFT_RUNTIME:
        said = run(["osslsigncode", "verify", *_ignoring_crl(), "-in", home / name], accepted=(0, 1))
        stored, computed = re.findall(r"message digest\s*:\s*([0-9A-F]+)", said)[:2]
        expect("Microsoft" in said and stored == computed, f"{name}: {said[-500:]}")
    return len(own)


def _programs(home: Path) -> list[Path]:
    """What will be frozen: the interpreter and its extension modules. Launchers of pip and its kind are not."""
    places = [*home.glob("*.exe"), *home.glob("*.dll"), *(home / "DLLs").glob("*")]
    return sorted(path for path in places if path.suffix in (".exe", ".dll", ".pyd"))


def _changed(path: Path, work: Path) -> Path:
    """A copy with one letter of its first lines changed, which no signature may cover."""
    copy = work / f"changed-{path.name}"
    copy.write_bytes(path.read_bytes().replace(b"This program", b"That program", 1))
    return copy


def _roots(sample: Path, work: Path) -> Path:
    """Debian's roots and the one pinned above."""
    work.mkdir(parents=True, exist_ok=True)
    signature, roots = work / "signature.pem", work / "roots.pem"
    signature.unlink(missing_ok=True)
    run(["osslsigncode", "extract-signature", "-pem", "-in", sample, "-out", signature])
    printed = run(["openssl", "pkcs7", "-print_certs", "-in", signature])
    for found in re.findall(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", printed, re.DOTALL):
        der = subprocess.run(
            ["openssl", "x509", "-outform", "DER"], input=found.encode(), capture_output=True, check=True
        )
        if hashlib.sha256(der.stdout).hexdigest() == MICROSOFT_ROOT:
            roots.write_text(DEBIAN_ROOTS.read_text(encoding="ascii") + found, encoding="ascii")
            return roots
    raise StepFailed("a raiz fixada da Microsoft não está na assinatura do Python para Windows")


def _verdict(path: Path, roots: Path) -> str:
    """Empty when the signature is good and the foundation's, else what is wrong."""
    options = ["-CAfile", roots, "-TSA-CAfile", roots, *_ignoring_crl()]
    said = run(["osslsigncode", "verify", *options, "-in", path], accepted=(0, 1))
    if "Signature verification: ok" not in said or "MISMATCH" in said:
        return said[-300:]
    subjects = re.findall(r"Subject: (.*)", said)
    return "" if any(PSF in subject for subject in subjects) else f"de outra pessoa: {subjects}"


@dataclass(frozen=True)
class Signer:
    """A certificate made for one run; a release takes the real one in its place."""

    folder: Path

    def make(self) -> Signer:
        """Root, signer and a time stamp of our own, good for a day."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._certificate("root", "Desk Test Root", "basicConstraints=critical,CA:TRUE", by=None)
        self._certificate("leaf", "Desk Test Signer", "extendedKeyUsage=codeSigning", by="root")
        self._certificate("tsa", "Desk Test Time Stamp", "extendedKeyUsage=critical,timeStamping", by="root")
        return self

    def sign(self, target: Path, *, msi: bool = False) -> None:
        """Sign in place and read the signature back."""
        at, signed = self.folder, target.with_name(f"{target.name}.signed")
        signed.unlink(missing_ok=True)
        who = ["-certs", at / "leaf.pem", "-key", at / "leaf.key", "-ac", at / "root.pem", "-h", "sha256", "-n", "Desk"]
        stamp = ["-TSA-certs", at / "tsa.pem", "-TSA-key", at / "tsa.key"] if _stamps_alone() else []
        extra = ["-add-msi-dse"] if msi else []
        run(["osslsigncode", "sign", *who, *stamp, *extra, "-in", target, "-out", signed])
        signed.replace(target)
        self.verify([target])

    def verify(self, targets: Iterable[Path]) -> None:
        """The signature is ours and the file unchanged."""
        root = self.folder / "root.pem"
        for target in targets:
            run(["osslsigncode", "verify", "-CAfile", root, "-TSA-CAfile", root, *_ignoring_crl(), "-in", target])

    def _certificate(self, name: str, subject: str, extension: str, by: str | None) -> None:
        key, certificate = self.folder / f"{name}.key", self.folder / f"{name}.pem"
        issuer = ["-CA", self.folder / f"{by}.pem", "-CAkey", self.folder / f"{by}.key"] if by else []
        new = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={subject}", "-addext", extension]
        run(["openssl", "req", *new, *issuer, "-keyout", key, "-out", certificate])


@cache
def _stamps_alone() -> bool:
    """Whether this osslsigncode can play the time stamping authority itself."""
    return "TSA-key" in run(["osslsigncode", "sign", "--help"], accepted=(0, 1, 255))
