"""No console window ever flashes over a person's work: whatever the desktop program starts on Windows is told so."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
STARTERS = {"run", "Popen", "call", "check_call", "check_output"}
# Only `desk db` uses it, which runs in the console of desk-admin.exe.
AT_THE_TERMINAL = "desk/db/programs.py"


def starts() -> Iterator[tuple[str, ast.Call]]:
    """Every place of the program that starts another one."""
    for path in sorted((ROOT / "desk").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id == "subprocess" and node.func.attr in STARTERS:
                yield path.relative_to(ROOT).as_posix(), node


def only_elsewhere(call: ast.Call) -> bool:
    """A shell of Unix, which Windows never comes to."""
    words = call.args[0]
    first = words.elts[0] if isinstance(words, ast.List) else None
    return isinstance(first, ast.Constant) and first.value == "/bin/sh"


def test_each_start_carries_the_flag() -> None:
    found = list(starts())
    assert len(found) >= 5
    for place, call in found:
        told = any(word.arg is None and ast.unparse(word.value).endswith(".options") for word in call.keywords)
        assert told or only_elsewhere(call) or place == AT_THE_TERMINAL, f"{place}:{call.lineno}"


def test_the_flag_is_windows_own() -> None:
    source = (ROOT / "desk" / "embedded_programs.py").read_text(encoding="utf-8")
    assert '{"creationflags": subprocess.CREATE_NO_WINDOW}' in source


def test_no_other_way_of_starting_programs_is_used() -> None:
    words = ("os.system(", "os.popen(", "os.spawn", "QProcess", "startfile(", "os.exec")
    used = [
        (path.name, word)
        for path in (ROOT / "desk").rglob("*.py")
        for word in words
        if word in path.read_text(encoding="utf-8")
    ]
    assert used == []


def test_what_runs_at_the_terminal_is_not_reached_from_a_window() -> None:
    users = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "desk").rglob("*.py")
        if "desk.db.programs import" in path.read_text(encoding="utf-8")
    ]
    assert users == ["desk/db/backups.py"]
    windows = [*list((ROOT / "desk" / "ui").rglob("*.py")), ROOT / "desk" / "desktop.py"]
    assert not [path for path in windows if "desk.db.backups" in path.read_text(encoding="utf-8")]
