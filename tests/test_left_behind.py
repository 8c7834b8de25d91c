"""What a stolen computer holds of Desk: where things were on the screen, and nothing that opens anything."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import desk

ROOT = Path(desk.__file__).parent
# Everything that is kept for a person. None of it names a customer, and none of it opens a door.
PLACES = {
    "plans/tree",
    "settings/page",
    "customer/page",
    "theme",
    "columns/",
    "sessions/folder",
    "access_points/folder",
}
# Where to sign in and, if wished, as whom; and the geometry of windows, whose key is each window's own.
PLACES |= {"server/", "role", "self._key"}
# Whose passwords the system's keyring holds: names, so that all can be removed (tests/ui/test_kept_passwords.py).
PLACES |= {"kept"}
CORE = """
import sys, desk.notice
from desk.__main__ import main
def told(arguments):
    if sys.platform != "win32":  # which has no such limit, and asks nobody for its own reports
        import resource
        assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)
    print("told")
desk.notice.main = told
main(["notice"])
"""


def _key(call: ast.Call, constants: dict[str, str]) -> str:
    first = call.args[0]
    if isinstance(first, ast.JoinedStr):
        return str(ast.literal_eval(first.values[0]))
    if isinstance(first, ast.Name):
        return constants.get(first.id, first.id)
    return str(first.value) if isinstance(first, ast.Constant) else ast.unparse(first)


def test_settings_hold_places_and_no_contents() -> None:
    kept: dict[str, str] = {}
    for source in ROOT.rglob("*.py"):
        tree = ast.parse(source.read_text("utf-8"))
        constants = {
            node.targets[0].id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Constant)
        }
        calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))
        for call in calls:
            where, _, what = ast.unparse(call.func).rpartition(".")
            if what == "setValue" and ("settings" in where or "remember" in where):
                kept[_key(call, constants)] = source.name
    assert "theme" in kept
    assert {key: where for key, where in kept.items() if key not in PLACES} == {}


def test_a_crash_leaves_no_memory_on_the_disk() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CORE], cwd=ROOT.parent, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "told"
