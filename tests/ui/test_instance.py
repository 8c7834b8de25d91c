"""One desk for each person and computer, its links, its place on the screen, and what a defect leaves behind."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desk.__main__ import main as program
from desk.desktop import Desktop
from desk.no_secrets import NoSecrets
from desk.server import Server
from desk.ui.core.app import LOG_BYTES, LOG_FILES, Bugs, write_logs
from desk.ui.core.crash_report import KEPT, crashes, write_report
from desk.ui.core.instance import Instance, customer_of
from desk.ui.core.places import Place

ROOT = Path(__file__).parents[2]
SECOND = """
import sys
from desk.ui.core.instance import Instance
other = Instance("desk-test", sys.argv[1])
print("first" if other.claim() else "handed over" if other.hand_over("desk://customer/42") else "alone")
"""


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    """The one desk of a person, under a name of this test's own."""
    made = Instance("desk-test", str(tmp_path))
    assert made.claim()
    yield made
    made.release()


def second(name: str) -> subprocess.Popen[str]:
    """Another start, in a process of its own."""
    return subprocess.Popen([sys.executable, "-c", SECOND, name], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_a_second_start_hands_its_link_over_and_leaves(qtbot: QtBot, instance: Instance, tmp_path: Path) -> None:
    instance.listen()
    with qtbot.waitSignal(instance.asked, timeout=20_000) as heard:
        other = second(str(tmp_path))
    assert heard.args == ["desk://customer/42"]
    assert other.communicate(timeout=20)[0] == "handed over\n"


def test_after_the_first_has_gone_the_place_is_free(instance: Instance, tmp_path: Path) -> None:
    instance.release()
    assert second(str(tmp_path)).communicate(timeout=20)[0] == "first\n"


@pytest.mark.parametrize(
    ("link", "customer"),
    [
        ("desk://customer/123", 123),
        ("DESK://Customer/123/", 123),
        ("desk://customer/12x", None),
        ("desk://customer/123;drop", None),
        ("http://customer/123", None),
        ("desk://customer/" + "9" * 30, None),
        ("", None),
        ("desk://customer/-1", None),
        ("desk://customer/1/../../plans/2", None),
        ("desk://customer/1?name=x", None),
        ("desk://customer/1#2", None),
        ("desk://customer/%31", None),
        ("desk://customer/1\ndesk://customer/2", None),
        ("desk://customer/1 --demo", None),
        ("desk://ana@customer/1", None),
        ("desk:customer/1", None),
        ("desk://customer/" + "1" * 10_000, None),
        ("javascript:desk://customer/1", None),
    ],
)
def test_only_links_to_customers_are_followed(link: str, customer: int | None) -> None:
    assert customer_of(link) == customer


@pytest.mark.parametrize(
    "said",
    [
        ["desk://customer/1", "--selftest", "C:\\Windows\\Temp"],
        ["DESK:x", "--shots", "C:\\x"],
        ["desk://customer/1", "--demo"],
        ["desk://db", "db", "upgrade"],
    ],
)
def test_what_a_link_smuggles_past_its_quotation_marks_is_no_order(
    said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[list[str]] = []
    monkeypatch.setattr("desk.desktop.main", lambda given: heard.append(list(given)) or 0)
    for other in ("desk.selftest.main", "desk.tour.main", "desk.db.cli.main"):
        monkeypatch.setattr(other, lambda given: pytest.fail(f"obeyed: {given}"))
    monkeypatch.setattr("desk.__main__.gc", SimpleNamespace(disable=lambda: None))
    assert program(said) == 0
    assert heard == [said[:1]]


def test_a_later_start_brings_the_window_forward_and_opens_its_customer(
    qtbot: QtBot, instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the real way: another process, the socket, the desk that is open."""
    monkeypatch.setattr("desk.desktop.remembered", lambda: QSettings(str(tmp_path / "d"), QSettings.Format.IniFormat))
    window = QWidget()
    qtbot.addWidget(window)
    window.showMinimized()
    opened: list[int] = []
    app = SimpleNamespace(bugs=Bugs(), close=lambda: None)
    monkeypatch.setattr(app.bugs, "install", lambda: None)
    desktop = Desktop(app, Server("localhost"), company="")  # type: ignore[arg-type]
    desktop.take_place(instance, "")
    instance.listen()
    try:
        hidden = QWidget()  # of a tool tip's kind: it must not be shown in the window's place
        hidden.setWindowFlag(Qt.WindowType.ToolTip)
        qtbot.addWidget(hidden)
        hidden.show()
        shell = SimpleNamespace(open_customer=opened.append)
        other = second(str(tmp_path))
        qtbot.waitUntil(lambda: not window.isMinimized(), timeout=20_000)
        assert other.communicate(timeout=20)[0] == "handed over\n"
        assert desktop._wanted == 42 and opened == []  # nobody has signed in: kept until somebody has
        desktop.session = SimpleNamespace(shell=shell, close=lambda: None)  # type: ignore[assignment]
        desktop.asked("desk://customer/7")
        for hostile in ("desk://customer/7;8", "http://customer/9", "", "desk://customer/" + "9" * 40):
            desktop.asked(hostile)
        assert opened == [7]
    finally:
        desktop.close()


def test_a_window_of_a_screen_that_is_gone_opens_on_one_that_is_there(qtbot: QtBot, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "desk.ini"), QSettings.Format.IniFormat)
    room = QGuiApplication.primaryScreen().availableGeometry()
    far = room.right() + 3000
    for left, top, width, maximized in ((far, 200, 640, False), (-4000, -2000, 640, False), (far, 9, 640, True)):
        before, after = QWidget(), QWidget()
        for window in (before, after):
            qtbot.addWidget(window)
        before.setGeometry(left, top, width, 400)
        if maximized:
            before.setWindowState(Qt.WindowState.WindowMaximized)
        settings.setValue("places/main", before.saveGeometry())
        Place(after, settings, "main")
        shown = after.normalGeometry() if maximized else after.geometry()
        assert room.contains(shown), (left, top, shown)
        assert after.isMaximized() is maximized


def test_a_window_opens_where_it_was_left(qtbot: QtBot, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "desk.ini"), QSettings.Format.IniFormat)
    for width in (640, 480):
        window = QWidget()
        qtbot.addWidget(window)
        Place(window, settings, "main")
        if width == 640:
            window.resize(width, 333)
        assert (window.width(), window.height()) == (640, 333)
        window.show()
        window.close()


def test_a_defect_leaves_a_report_without_secrets_and_only_the_last_ones_stay(tmp_path: Path) -> None:
    for at in range(KEPT + 3):
        try:
            raise ValueError("connection failed: host=db1 password=hunter2 user=ana")
        except ValueError as error:
            path = write_report(tmp_path, f"1124-{at:04d}-ABCD", error, NoSecrets())
    assert path is not None
    text = path.read_text(encoding="utf-8")
    assert f"Defeito 1124-{KEPT + 2:04d}-ABCD" in text
    assert "Traceback" in text
    assert "hunter2" not in text
    assert len(list(tmp_path.glob("defeito-*.txt"))) == KEPT
    assert not logging.getLogger("desk").handlers


CRASH = """
import ctypes, sys
from pathlib import Path
from desk.ui.core.crash_report import Watch
watch = Watch(Path(sys.argv[1]))
if sys.argv[2] == "crash":
    password = "hunter2"
    ctypes.string_at(0)
watch.close()
"""


@pytest.mark.parametrize("end", ["crash", "order"])
def test_a_desk_that_crashed_leaves_a_report_that_the_next_start_tells_of(
    qtbot: QtBot, tmp_path: Path, end: str
) -> None:
    (tmp_path / f"queda-{os.getpid()}.txt").write_text("somebody else's, alive", encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", CRASH, str(tmp_path), end], cwd=ROOT, check=False, timeout=60)
    assert bool(done.returncode) is (end == "crash")
    numbers = crashes(tmp_path)
    assert len(numbers) == (end == "crash")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("queda")] == [f"queda-{os.getpid()}.txt"]
    bugs = Bugs()
    for number in numbers:
        text = (tmp_path / f"defeito-{number}.txt").read_text(encoding="utf-8")
        assert f"Defeito {number}" in text and "string_at" in text and "hunter2" not in text
        with qtbot.waitSignal(bugs.happened) as said:
            bugs.tell_of_crash(number)
        assert said.args is not None and said.args[0].code == number
    assert crashes(tmp_path) == []


def test_where_nothing_can_be_written_the_desk_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert write_report(tmp_path / "file", "1124-0000-ABCD", ValueError("x"), NoSecrets()) is None
    bugs = Bugs()
    assert bugs.write_into(tmp_path / "file") == []
    assert bugs.folder is None


def test_the_log_turns_over_and_stays_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (LOG_FILES + 1) * LOG_BYTES <= 6_000_000  # as the pages for IT say
    small = 5_000
    monkeypatch.setattr("desk.ui.core.app.LOG_BYTES", small)
    log = logging.getLogger("desk")
    level, stop = log.level, write_logs(tmp_path)
    try:
        for at in range(2 * LOG_FILES):
            logging.getLogger("desk.test").info("%d %s", at, "x" * (small - 200))
    finally:
        stop()
        log.setLevel(level)
    found = sorted(path.name for path in tmp_path.iterdir())
    assert found == ["desk.log", *(f"desk.log.{at}" for at in range(1, LOG_FILES + 1))]
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= (LOG_FILES + 1) * small
