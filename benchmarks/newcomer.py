"""Somebody who never saw the program suspends a plan: the real program under Xvfb, by keys alone, at a person's pace.

`python -m benchmarks.newcomer FOLDER` leaves a picture of every step in the folder and prints the clock.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

KEY_SECONDS = 0.12  # a person who types with two fingers
LOOK_SECONDS = 1.5  # what it takes to find one's way on a screen
PATIENCE = 60.0
SCREEN = "1366x768x24"


@dataclass
class Person:
    """Looks, presses keys, and waits for windows; sees nothing that a person would not see."""

    display: str
    folder: Path
    keys: int = 0
    looks: int = 0
    started: float = 0.0
    steps: list[tuple[float, str]] = field(default_factory=list)

    def run(self, *command: str) -> str:
        """A program of the X server's side, such as xdotool."""
        done = subprocess.run(
            command, env=os.environ | {"DISPLAY": self.display}, capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    def titles(self) -> list[str]:
        """Names of the windows in sight."""
        found = self.run("xdotool", "search", "--onlyvisible", "--name", ".+").split()
        return [self.run("xdotool", "getwindowname", each) for each in found]

    def flyouts(self) -> int:
        """How many windows are in sight, with menus and lists."""
        return len(self.run("xdotool", "search", "--onlyvisible", "--class", ".").split())

    def front(self) -> str:
        """Name of the window that has the keys."""
        return self.run("xdotool", "getwindowname", self.run("xdotool", "getactivewindow") or "0")

    def wait(self, seen: Callable[[], bool], what: str) -> None:
        """Until it is there."""
        deadline = time.monotonic() + PATIENCE
        while not seen():
            if time.monotonic() > deadline:
                self.run("import", "-window", "root", str(self.folder / "parado.png"))
                raise TimeoutError(f"{what}; in sight: {self.titles()}")
            time.sleep(0.02)

    def look(self, what: str) -> None:
        """Read a screen, as long as a newcomer needs."""
        time.sleep(LOOK_SECONDS)
        self.looks += 1
        passed = time.monotonic() - self.started
        self.steps.append((passed, what))
        self.run("import", "-window", "root", str(self.folder / f"{len(self.steps):02d}-{what.replace(' ', '-')}.png"))
        self.started += time.monotonic() - self.started - passed  # taking the picture is not the person's time

    def press(self, *keys: str) -> None:
        """One key after the other."""
        for key in keys:
            self.run("xdotool", "key", "--clearmodifiers", key)
            self.keys += 1
            time.sleep(KEY_SECONDS)

    def write(self, text: str) -> None:
        """Type a text."""
        self.press(*("space" if letter == " " else letter for letter in text))


@contextmanager
def screen() -> Iterator[str]:
    """A display of our own, with a window manager that gives new windows the keys."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", SCREEN, "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as told:
        display = f":{told.readline().strip()}"
    manager = subprocess.Popen(["openbox"], env=os.environ | {"DISPLAY": display}, stderr=subprocess.DEVNULL)
    try:
        yield display
    finally:
        for each in (manager, server):
            each.terminate()
            each.wait()


@contextmanager
def program(display: str, own: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The demonstration, with a data folder of its own."""
    environment = os.environ | {
        "DISPLAY": display,
        "QT_QPA_PLATFORM": "xcb",
        "DESK_DATA_FOLDER": str(own / "data"),
        "DESK_LOG_FOLDER": str(own / "log"),
        "XDG_CONFIG_HOME": str(own / "config"),
    }
    running = subprocess.Popen([sys.executable, "-m", "desk", "--demo"], env=environment)
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(timeout=30)
        except subprocess.TimeoutExpired:
            running.kill()


def suspend_a_plan(person: Person) -> None:
    """From the sign-in window to the plan that is suspended."""
    person.look("entrar")
    person.press("Return")  # name and password of the demonstration stand there already
    person.wait(lambda: person.front() == "Desk", "the main window")
    person.look("inicio")
    person.write("maria nogueira")  # the field has the keys already
    person.look("pesquisa")
    person.press("Return")
    person.wait(lambda: person.front().startswith("Maria Aparecida"), "the customer")
    person.look("planos")
    before = person.flyouts()
    person.press("shift+F10")
    person.wait(lambda: person.flyouts() > before, "the menu")
    person.look("menu")
    person.press("s")  # the underlined letter
    person.wait(lambda: person.front() == "Suspender Plano", "the change card")
    person.look("cartao")
    person.press("Return", "Return", "Return")  # reason, remark, button
    person.wait(lambda: "Suspender Plano" not in person.titles(), "the end")
    person.look("plano suspenso")


def main(folder: Path) -> int:
    """Run it once and tell the figures."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="desk-newcomer-") as name, screen() as display:
        own = Path(name)
        own.chmod(0o755)  # as root the server runs as somebody else, who must get in
        person = Person(display, folder)
        launched = time.monotonic()
        with program(display, own):
            person.wait(lambda: any(title.startswith("Entrar") for title in person.titles()), "the sign-in window")
            print(f"primeira partida da demonstração, com a carga do provedor: {time.monotonic() - launched:.1f} s")
            person.started = time.monotonic()
            suspend_a_plan(person)
            total = time.monotonic() - person.started
    for passed, what in person.steps:
        print(f"{passed:6.1f} s  {what}")
    print(f"{person.keys} teclas, {person.looks} telas, {total:.1f} s")
    return 0 if total < 30 else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
