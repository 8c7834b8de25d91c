"""`desk --selftest DIR`: is this installation whole? Leaves result.json, result.txt and pictures in DIR."""

from __future__ import annotations

import argparse
import contextlib
import faulthandler
import importlib
import importlib.metadata
import json
import os
import platform
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desk import __version__

if TYPE_CHECKING:
    from types import TracebackType

    from desk.desktop import Desktop
    from desk.tour import Tour

# What is imported, and the distribution it comes from.
LIBRARIES = {
    "PySide6.QtNetwork": "PySide6-Essentials",
    "PySide6.QtPrintSupport": "PySide6-Essentials",
    "PySide6.QtSvg": "PySide6-Essentials",
    "PySide6.QtWidgets": "PySide6-Essentials",
    "alembic": "alembic",
    "cryptography.hazmat.primitives.ciphers.aead": "cryptography",
    "filelock": "filelock",
    "keyring": "keyring",
    "librouteros": "librouteros",
    "phonenumbers": "phonenumbers",
    "platformdirs": "platformdirs",
    "psutil": "psutil",
    "psycopg": "psycopg",
    "pydantic_settings": "pydantic-settings",
    "pyrad.client_async": "pyrad",
    "qtawesome": "qtawesome",
    "reportlab.pdfgen.canvas": "reportlab",
    "sqlalchemy.dialects.postgresql.psycopg": "SQLAlchemy",
    "superqt": "superqt",
    "validate_docbr": "validate-docbr",
}
# What those bring along, by the part that is carried, and its distribution.
BROUGHT = {
    "PIL.Image": "pillow",
    "_cffi_backend": "cffi",
    "annotated_types": "annotated-types",
    "charset_normalizer": "charset-normalizer",
    "dotenv": "python-dotenv",
    "jaraco.classes": "jaraco-classes",
    "jaraco.context": "jaraco-context",
    "jaraco.functools": "jaraco-functools",
    "mako.template": "mako",
    "markupsafe": "markupsafe",
    "more_itertools": "more-itertools",
    "packaging": "packaging",
    "psycopg_binary.pq": "psycopg-binary",
    "pydantic": "pydantic",
    "pydantic_core": "pydantic-core",
    "pygments": "pygments",
    "qtpy": "qtpy",
    "shiboken6": "shiboken6",
    "typing_extensions": "typing-extensions",
    "typing_inspection": "typing-inspection",
}
ON_WINDOWS = {"tzdata": "tzdata", "win32ctypes.pywin32": "pywin32-ctypes"}
if sys.platform == "win32":
    BROUGHT |= ON_WINDOWS
PICTURES = 10
LIMIT = 300.0  # seconds until a run that hangs is ended, with what each thread was doing


class Report:
    """What was found, part by part; written anew after each, so that a crash leaves what came before it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lines: list[str] = []
        self.found: dict[str, Any] = {"ok": False, "failures": []}

    def part(self, name: str, title: str) -> Part:
        """One part of the test: what it raises is written down, and the next one still runs."""
        return Part(self, name, title)

    def say(self, line: str) -> None:
        """A line for people, on the terminal too where there is one."""
        self._lines.append(line)
        if sys.stdout is not None:
            print(line, flush=True)

    def write(self) -> None:
        """Leave the present state in the folder."""
        text = json.dumps(self.found, ensure_ascii=False, indent=2, default=str)
        (self._folder / "result.json").write_text(text + "\n", encoding="utf-8")
        (self._folder / "result.txt").write_text("\n".join(self._lines) + "\n", encoding="utf-8")


class Part:
    """One part of the test while it runs."""

    def __init__(self, report: Report, name: str, title: str) -> None:
        self._report, self._name, self._title = report, name, title
        self.facts: dict[str, Any] = {}
        self._began = 0.0

    def __enter__(self) -> dict[str, Any]:
        self._began = time.monotonic()
        self._report.found[self._name] = {"running": True}
        self._report.write()
        return self.facts

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> bool:
        seconds = round(time.monotonic() - self._began, 2)
        self._report.found[self._name] = self.facts | {"seconds": seconds}
        if error is None:
            self._report.say(f"✓ {self._title} ({seconds:.1f} s)")
        else:
            self._report.found["failures"].append(self._name)
            self._report.found[self._name]["error"] = "".join(traceback.format_exception(error))
            self._report.say(f"✗ {self._title}: {type(error).__name__}: {error}")
        self._report.write()
        return isinstance(error, Exception)


def main(argv: Sequence[str]) -> int:
    """Every part in turn; 0 when all is well, 1 when anything failed, 2 when the folder cannot be written."""
    parser = argparse.ArgumentParser(prog="desk", description="Confere se esta instalação está inteira.")
    parser.add_argument("--selftest", type=Path, metavar="DIR", required=True)
    parser.add_argument("--platform", default="", help="plataforma do Qt, como offscreen")
    options = parser.parse_args(argv)
    folder: Path = options.selftest
    try:
        folder.mkdir(parents=True, exist_ok=True)
        hung = (folder / "hung.txt").open("w", encoding="utf-8")
    except OSError:
        return 2
    with hung:
        faulthandler.dump_traceback_later(LIMIT, exit=True, file=hung)
        _qt_platform(options.platform)
        report = Report(folder)
        with report.part("program", "versões") as facts:
            facts.update(_program())
        with report.part("libraries", f"{len(LIBRARIES) + len(BROUGHT)} bibliotecas") as facts:
            for module, distribution in LIBRARIES.items():
                importlib.import_module(module)
                facts[distribution] = importlib.metadata.version(distribution)
            for module in BROUGHT:
                importlib.import_module(module)
        with report.part("demo", "banco local, telas e entrega a um roteador de ensaio") as facts:
            _demo(folder, facts)
        with report.part("database", "banco local fechado e íntegro") as facts:
            _database(folder, facts)
        report.found["ok"] = not report.found["failures"]
        report.say("Tudo certo." if report.found["ok"] else f"Com defeito; veja {folder / 'result.json'}")
        report.write()
        faulthandler.cancel_dump_traceback_later()
    return 0 if report.found["ok"] else 1


def _qt_platform(name: str) -> None:
    """Choose before Qt loads; the offscreen one must be told where letters are where no fontconfig knows."""
    if name:
        os.environ["QT_QPA_PLATFORM"] = name
    if sys.platform == "win32" and os.environ.get("QT_QPA_PLATFORM") == "offscreen":
        home = Path(getattr(sys, "_MEIPASS", "") or Path(__file__).resolve().parents[1])
        os.environ.setdefault("QT_QPA_FONTDIR", str(home / "resources" / "fonts"))


def _program() -> dict[str, Any]:
    from desk.settings import Settings

    return {
        "desk": __version__,
        "python": platform.python_version(),
        "system": f"{sys.platform} {platform.machine()}",
        "frozen": bool(getattr(sys, "frozen", False)),
        "executable": sys.executable,
        "settings": Settings().server._asdict(),
    }


def _demo(folder: Path, facts: dict[str, Any]) -> None:
    from desk import desktop, tour, tour_walk
    from desk.settings import Settings
    from desk.ui.core.theme import Scheme

    pictures = folder / "telas"
    facts["created"] = not (folder / "banco" / "data").exists()

    def use(shown: Desktop) -> int:
        facts["platform"] = shown.app.qt.platformName()
        facts["fonts"] = tour.letters()
        walk = tour.Tour(shown, pictures, ((Scheme.LIGHT, "claro"),))
        with contextlib.ExitStack() as failed:
            failed.callback(shown.close)  # else its connections would keep the database open
            _walk(walk, tour_walk)
            facts["delivery"] = _delivery(walk)
            failed.pop_all()
        return 0

    with _reachable(folder):
        code = desktop.demo(Settings(log_folder=folder / "log"), use, folder / "banco", attended=False)
    if code:
        raise RuntimeError(f"a demonstração terminou com o código {code}")
    facts["pictures"] = {path.name: tour.colours(path) for path in sorted(pictures.glob("*.png"))}
    if len(facts["pictures"]) < PICTURES or min(facts["pictures"].values()) < 16:
        raise RuntimeError("há telas vazias ou faltando")


def _walk(walk: Tour, steps: Any) -> None:
    """Those steps of the tour that leave the demo as they found it, so that the next run can take them too."""
    steps.sign_in(walk)
    steps.search(walk)
    page = steps.customer(walk, steps.MARIA)
    walk.draw("principal", walk.shell.window)
    steps.menus(walk, page)
    for name, area in (("cadastro", "record"), ("historico", "history"), ("planos", "plans")):
        walk.shell.window.current.go(area)
        walk.calm()
        walk.draw(name, walk.shell.window)
    steps.program_dialogs(walk)
    steps.delivery(walk, page)


def _delivery(walk: Tour) -> dict[str, str]:
    """What became of the tour's last act: each of its steps must have been seen at the router's stand-in."""
    strip = walk.shell.window.current.strip
    walk.until(lambda: len(strip.delivery.steps) > 1 and strip.delivery.finished, "the delivery")
    states = {step.name: step.state for step in strip.delivery.steps}
    if "done" not in states.values():
        raise RuntimeError(f"nada foi entregue ao roteador de ensaio: {states}")
    return states


def _database(folder: Path, facts: dict[str, Any]) -> None:
    """After the tour the server must be down; opened once more it still holds the provider."""
    import psycopg

    from desk.embedded import EmbeddedServer

    with _reachable(folder):
        server = EmbeddedServer(folder / "banco")
        if (server.data / "postmaster.pid").exists():
            raise RuntimeError("o banco local continuou aberto")
        address = server.start()
        try:
            where = psycopg.conninfo.conninfo_to_dict(address)
            with psycopg.connect(server.dsn("desk", int(str(where["port"])))) as connection:
                facts["server"] = connection.info.parameter_status("server_version")
                row = connection.execute("SELECT count(*), max(id) FROM desk.customers").fetchone()
                facts["customers"] = row[0] if row else 0
                zone = connection.execute("SELECT timestamptz '2026-07-01 12:00Z' AT TIME ZONE 'America/Sao_Paulo'")
                facts["zone"] = str(zone.fetchone())
        finally:
            facts["closed"] = server.stop_if_last().down
    if not facts["closed"] or not facts["customers"]:
        raise RuntimeError("o banco local não fechou ou está vazio")


@contextlib.contextmanager
def _reachable(folder: Path) -> Iterator[None]:
    """As root the server runs as somebody else, who must be able to enter the folder; only a new one is opened."""
    if sys.platform != "win32" and os.geteuid() == 0 and not (folder / "banco").exists():
        folder.chmod(0o755)
    yield
