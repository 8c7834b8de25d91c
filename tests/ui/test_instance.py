"""One desk for each person and computer, its links, its place on the screen, and what a defect leaves behind."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desk.no_secrets import NoSecrets
from desk.ui.core.crash_report import KEPT, write_report
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
    ],
)
def test_only_links_to_customers_are_followed(link: str, customer: int | None) -> None:
    assert customer_of(link) == customer


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


def test_where_nothing_can_be_written_the_desk_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert write_report(tmp_path / "file", "1124-0000-ABCD", ValueError("x"), NoSecrets()) is None
