#!/usr/bin/env python3
"""One entrance for developers and CI: python dev.py demo | test | check | shots | bench | installer | lock.

Standard library only, and understood by any Python from 3.9 on: it looks for an interpreter that Desk supports, keeps a
virtual environment equal to requirements.lock, and installs what Debian must bring.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements.lock"
WINDOWS = sys.platform == "win32"
SUPPORTED = ((3, 11), (3, 12), (3, 13))
NODE_CLIENT = ROOT / "tests" / "integrations" / "node"

# "a|b" means: either will do; the first one that the release offers is installed.
QT = [
    "libdbus-1-3",
    "libegl1",
    "libfontconfig1",
    "libgl1",
    "libglib2.0-0t64|libglib2.0-0",
    "libwayland-cursor0",
    "libx11-xcb1",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-randr0",
    "libxcb-render-util0",
    "libxcb-shape0",
    "libxcb-util1",
    "libxcb-xkb1",
    "libxkbcommon-x11-0",
    "libxkbcommon0",
]
DAEMONS = [
    "postgresql-15|postgresql",
    "freeradius",
    "freeradius-postgresql",
    "freeradius-utils",
    *("krb5-kdc", "krb5-admin-server", "krb5-user"),
]
# PyInstaller asks for them; Debian's Python has its library apart.
FREEZING = ["binutils", "libcups2t64|libcups2", "libpython3.13|libpython3.11"]
WORKERS = ["-n", "2"]
APT_OPTIONS = ["-qq", "-y", "-o", "Dpkg::Use-Pty=0"]
WINE = [
    *("fonts-dejavu-core", "fonts-wine", "gcc-mingw-w64-x86-64", "libwine", "msitools", "openbox", "osslsigncode"),
    *("wine", "wine64", "wixl", "xauth", "xvfb"),
]
# Not asked again on the other Python and the embedded server: `installer` runs the screens on that Python, in Wine,
# and what is said to devices is the same whatever the server.
ONCE = ["tests/ui", "tests/installer", "tests/test_habits.py", "tests/test_selftest.py", "tests/test_admin_docs.py"]
AGAIN = "test_daemon_views.py"  # of tests/integrations: SQL that FreeRADIUS sends
PACKAGES = {
    "installer": QT + DAEMONS + FREEZING + WINE,
    "demo": QT,
    "shots": QT,
    "test": QT + DAEMONS + FREEZING,
    "bench": QT + DAEMONS,
    "check": [],
    "lock": [],
}


class Failed(Exception):
    """A step that stops everything, with a text for the person at the terminal."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.code = code


class NoPython(Failed):
    """No interpreter of the version that was asked for."""


def say(text: str) -> None:
    print(text, flush=True)


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Name the step before it runs, and its seconds after."""
    say(f"→ {title}")
    began = time.monotonic()
    yield
    say(f"  {title}: {time.monotonic() - began:.1f} s")


def run(command: Sequence[object], env: dict[str, str] | None = None, quiet: bool = False) -> None:
    """Run a tool in the project's folder and stop with its exit code when it fails; quiet ones speak only then."""
    words = [str(word) for word in command]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT} if quiet else {}
    try:
        process = subprocess.Popen(words, cwd=ROOT, env=env, **streams)
    except OSError as error:
        raise Failed(f"não foi possível executar {words[0]}: {error.strerror}") from error
    said, interrupted = wait(process)
    if interrupted:
        raise KeyboardInterrupt
    if process.returncode:
        if quiet:
            say(said.decode(errors="replace")[-3000:])
        code = process.returncode if process.returncode > 0 else 128 - process.returncode
        raise Failed(f"falhou (código {code}): {' '.join(words[:4])}", code)


@contextlib.contextmanager
def beside(command: Sequence[object], log: Path) -> Iterator[None]:
    """On Linux, a tool at work while the body is; afterwards come its words, and it must have succeeded."""
    if not sys.platform.startswith("linux"):
        yield
        return
    words = [str(word) for word in command]
    with log.open("wb") as said:
        process = subprocess.Popen(words, cwd=ROOT, env=child_env(), stdout=said, stderr=subprocess.STDOUT)
        try:
            yield
            say(f"→ {log.stem}: à espera do que ainda falta")
            _, interrupted = wait(process)
        finally:
            process.terminate()  # where the body failed; one that has ended does not mind
            process.wait()
    if interrupted:
        raise KeyboardInterrupt
    say(log.read_text(encoding="utf-8", errors="replace"))
    if process.returncode:
        raise Failed(f"falhou (código {process.returncode}): {' '.join(words[:4])}")


def wait(process: subprocess.Popen[bytes]) -> tuple[bytes, bool]:
    """What the tool said, and whether somebody pressed Ctrl+C or ended us; the tool ends by itself, in order."""
    interrupted = False
    before = signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    try:
        while True:
            try:
                return process.communicate()[0] or b"", interrupted
            except KeyboardInterrupt:
                interrupted = True  # the terminal told the tool too
    finally:
        signal.signal(signal.SIGTERM, before)


def child_env(**more: str) -> dict[str, str]:
    """What every tool of ours sees: UTF-8 everywhere, and no foreign Python path."""
    foreign = ("PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE")  # without its cache each start compiles all anew
    env = {name: value for name, value in os.environ.items() if name not in foreign}
    return {**env, "PYTHONUTF8": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore", **more}


# Python and its packages


def candidates(wanted: str | None) -> Iterator[list[str]]:
    """Commands that may start a fit interpreter, the present one first."""
    versions = [wanted] if wanted else [f"{major}.{minor}" for major, minor in SUPPORTED]
    if not wanted or sys.version_info[:2] == tuple(int(part) for part in wanted.split(".")):
        yield [sys.executable]
    for version in versions:
        if WINDOWS:
            yield ["py", f"-{version}"]
        yield [f"python{version}"]
        pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
        for folder in sorted(pyenv.glob(f"{version}.*"), reverse=True):
            yield [str(folder / ("python.exe" if WINDOWS else "bin/python"))]


def version_of(command: Sequence[str], modules: str = "venv, ensurepip") -> tuple[int, int] | None:
    """Version of an interpreter, or None when it does not start or lacks what we need of it."""
    probe = f"import sys, {modules}; print(*sys.version_info[:2])"
    with contextlib.suppress(OSError, ValueError, subprocess.SubprocessError):
        done = subprocess.run([*command, "-c", probe], capture_output=True, text=True, timeout=30, check=True)
        major, minor = done.stdout.split()
        return int(major), int(minor)
    return None


def fit_python(wanted: str | None) -> list[str]:
    """The interpreter that the virtual environment is made with."""
    for attempt in (1, 2):
        for command in candidates(wanted):
            if version_of(command) in SUPPORTED:
                return command
        # Debian keeps venv in a package of its own.
        if attempt == 1 and not wanted and any(version_of(command, "os") in SUPPORTED for command in candidates(None)):
            system_packages(["python3-venv"], "ambiente virtual")
    raise NoPython(f"é preciso o Python {wanted or '3.11, 3.12 ou 3.13'}, com o módulo venv")


def tool(venv: Path, name: str) -> Path:
    return venv / ("Scripts" if WINDOWS else "bin") / (name + (".exe" if WINDOWS else ""))


def environment(wanted: str | None) -> Path:
    """The virtual environment, equal to the lock; nothing is asked of the network when it already is."""
    venv = ROOT / (f".venv-{wanted}" if wanted else ".venv")
    stamp = venv / ".desk-lock"
    python = tool(venv, "python")
    version = version_of([str(python)], "os") if python.exists() else None
    mark = f"{version} {hashlib.sha256(LOCK.read_bytes()).hexdigest()}"
    if version in SUPPORTED and stamp.exists() and stamp.read_text(encoding="utf-8") == mark:
        return venv
    if version not in SUPPORTED:
        with step(f"ambiente virtual em {venv.name}"):
            if venv.exists():
                shutil.rmtree(venv)
            run([*fit_python(wanted), "-m", "venv", venv], child_env())
        version = version_of([str(python)], "os")
        mark = f"{version} {hashlib.sha256(LOCK.read_bytes()).hexdigest()}"
    with step("dependências de requirements.lock"):
        run([python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", LOCK], child_env())
    stamp.write_text(mark, encoding="utf-8")
    return venv


def lock() -> None:
    """Write requirements.lock anew: one file for Linux and Windows and for every supported Python."""
    home = ROOT / ".desk-dev" / "lock"
    with step("resolvendo as dependências"):
        if not tool(home, "uv").exists():
            run([*fit_python(None), "-m", "venv", home], child_env())
            run([tool(home, "python"), "-m", "pip", "install", "--quiet", "uv"], child_env())
        fresh = home / "requirements.lock"
        # The old lock beside it keeps versions that are still allowed: only what pyproject.toml asks for moves.
        if LOCK.exists():
            shutil.copy(LOCK, fresh)
        options = ["--universal", "--python-version", "3.11", "--extra", "dev", "--generate-hashes", "--quiet"]
        quiet = ["--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--no-header"]
        run([tool(home, "uv"), "pip", "compile", *options, *quiet, "pyproject.toml", "-o", fresh], child_env())
        text = fresh.read_text(encoding="utf-8")
        if "://" in text:
            raise Failed("o arquivo de versões conteria endereços; nada foi gravado")
        LOCK.write_bytes(f"# Written by `python dev.py lock` from pyproject.toml.\n{text}".encode())


# System packages of Debian


def installed(package: str) -> bool:
    done = subprocess.run(["dpkg-query", "-Wf", "${Status}", package], capture_output=True, text=True, check=False)
    return done.returncode == 0 and done.stdout.endswith(" installed")


def offered(package: str) -> bool:
    done = subprocess.run(["apt-cache", "show", package], capture_output=True, text=True, check=False)
    return done.returncode == 0 and bool(done.stdout.strip())


@contextlib.contextmanager
def daemons_stay_down() -> Iterator[None]:
    """A policy under which installing a server does not start it; taken away again afterwards."""
    policy = Path("/usr/sbin/policy-rc.d")
    if policy.exists():
        yield
        return
    policy.write_text("#!/bin/sh\nexit 101\n", encoding="utf-8")
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink(missing_ok=True)


def system_packages(wanted: Sequence[str], purpose: str) -> None:
    """Have Debian's packages installed: by ourselves when root, else with one line that says which are missing."""
    if not Path("/etc/debian_version").exists() or not shutil.which("apt-get") or not shutil.which("dpkg-query"):
        return
    missing = [choice for choice in wanted if not any(installed(name) for name in choice.split("|"))]
    if not missing:
        return
    if os.geteuid() != 0:
        names = " ".join(choice.split("|")[-1] for choice in missing)
        say(f"Faltam pacotes do sistema ({purpose}): sudo apt-get install --no-install-recommends {names}")
        return
    with step(f"pacotes do sistema ({purpose})"):
        env = child_env(DEBIAN_FRONTEND="noninteractive")
        run(["apt-get", "-qq", "update"], env, quiet=True)
        names = [next((name for name in choice.split("|") if offered(name)), choice) for choice in missing]
        with daemons_stay_down():
            run(["apt-get", *APT_OPTIONS, "install", "--no-install-recommends", *names], env, quiet=True)


def node_client() -> None:
    """Install the Node client that checks the router stand-in, once per state of its lock file."""
    wanted = NODE_CLIENT / "package-lock.json"
    if not wanted.exists():
        return
    absent = [package for package, program in (("nodejs", "node"), ("npm", "npm")) if not shutil.which(program)]
    system_packages(absent, "cliente Node dos testes")
    npm = shutil.which("npm")
    stamp = NODE_CLIENT / "node_modules" / ".desk-lock"
    mark = hashlib.sha256(wanted.read_bytes()).hexdigest()
    if npm and not (stamp.exists() and stamp.read_text(encoding="utf-8") == mark):
        with step("cliente Node dos testes"):
            run([npm, "ci", "--prefix", NODE_CLIENT, "--silent", "--no-audit", "--no-fund"], child_env())
        stamp.write_text(mark, encoding="utf-8")


# Commands


def check(venv: Path) -> None:
    """Format, lint, types and imports."""
    python = tool(venv, "python")
    env = child_env()
    with step("ruff format --check"):
        run([python, "-m", "ruff", "format", "--check", "--quiet", "."], env)
    with step("ruff check"):
        run([python, "-m", "ruff", "check", "--quiet", "."], env)
    with step("mypy --strict desk"):
        run([python, "-m", "mypy", "--strict", "--no-error-summary", "desk"], env)
    with step("lint-imports"):
        run([tool(venv, "lint-imports"), "--no-cache"], env)


def test(venv: Path, arguments: list[str], wanted: str | None) -> None:
    """The checks, and what speaks SQL on another Python and our own server, beside the frozen program; then every test.

    With arguments it is only what pytest is told to run, once.
    """
    node_client()
    if arguments:
        parallel = any(word in ("-n", "--pdb") or word.startswith("--numprocesses") for word in arguments)
        pytest(venv, [*([] if parallel else WORKERS), *arguments])
        return
    notes = ROOT / ".desk-dev" / "passes.txt"
    notes.parent.mkdir(exist_ok=True)
    notes.unlink(missing_ok=True)
    devices = (ROOT / "tests" / "integrations").glob("test_*.py")
    once = [f"--ignore={name}" for name in (*ONCE, *(file for file in devices if file.name != AGAIN))]
    # Freezing keeps one processor busy for a while; the others check and test meanwhile.
    with beside([tool(venv, "python"), "-m", "installer", "--only", "linux"], notes.with_name("installer.txt")):
        check(venv)
        other = venv if wanted else other_environment(venv)
        pytest(other, [*WORKERS, *once], DESK_TEST_NOTES=str(notes), DESK_TEST_PG="embedded")
    # Nothing is printed after this: pytest's closing line is the summary, and above it stands what each pass counted.
    pytest(venv, WORKERS, DESK_TEST_NOTES=str(notes))


def other_environment(venv: Path) -> Path:
    """An environment at the other end of the Pythons that Desk supports, or the same one where there is none."""
    have = version_of([str(tool(venv, "python"))], "os")
    major, minor = SUPPORTED[0] if have == SUPPORTED[-1] else SUPPORTED[-1]
    wanted = f"{major}.{minor}"
    try:
        return environment(wanted)
    except NoPython:
        say(f"Não há Python {wanted} nesta máquina: a segunda volta dos testes fica com o mesmo Python da primeira.")
        return venv


def pytest(venv: Path, arguments: Sequence[str], **more: str) -> None:
    say("→ pytest" + (", PostgreSQL embutido" if "DESK_TEST_PG" in more else ""))
    run([tool(venv, "python"), "-m", "pytest", *arguments], child_env(QT_QPA_PLATFORM="offscreen", **more))


def desk(venv: Path, arguments: Sequence[object], drawn_offscreen: bool) -> None:
    """Start the program on its embedded database with invented customers."""
    env = child_env(QT_QPA_PLATFORM="offscreen") if drawn_offscreen else child_env()
    run([tool(venv, "python"), "-m", "desk", "--demo", *arguments], env)


def demo(venv: Path, arguments: list[str]) -> None:
    desk(venv, arguments, drawn_offscreen="--shots" in arguments)


def has_display() -> bool:
    return sys.platform in ("win32", "darwin") or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def main() -> int:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(encoding="utf-8", errors="replace")  # a Windows console may be cp1252
    parser = argparse.ArgumentParser(
        prog="dev.py", allow_abbrev=False, description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("--python", metavar="3.NN", choices=[f"{major}.{minor}" for major, minor in SUPPORTED])
    parser.add_argument("command", choices=sorted(PACKAGES))
    options, arguments = parser.parse_known_args()
    arguments = arguments[1:] if arguments[:1] == ["--"] else arguments
    try:
        if options.command == "lock":
            lock()
            return 0
        if options.command == "demo" and "--shots" not in arguments and not has_display():
            raise Failed(
                "Aqui não há tela (DISPLAY e WAYLAND_DISPLAY estão vazios).\n"
                "Para ver o passeio guiado em imagens: python dev.py demo --shots PASTA",
                2,
            )
        venv = environment(options.python)
        system_packages(PACKAGES[options.command], options.command)
        if options.command == "test":
            test(venv, arguments, options.python)
        elif options.command == "check":
            check(venv)
        elif options.command == "demo":
            demo(venv, arguments)
        elif options.command == "installer":
            run([tool(venv, "python"), "-m", "installer", *arguments], child_env())
        elif options.command == "shots":
            desk(venv, ["--shots", Path("docs", "manual", "img"), *arguments], drawn_offscreen=True)
        else:
            run([tool(venv, "python"), "-m", "benchmarks", *arguments], child_env(QT_QPA_PLATFORM="offscreen"))
    except Failed as failure:
        print(f"dev.py: {failure}", file=sys.stderr, flush=True)
        return failure.code
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
