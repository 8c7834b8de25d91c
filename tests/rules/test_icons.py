"""Every icon the screens name is in the family; a missing one would only show when it is painted."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.ui.core import icons

UI = Path(__file__).resolve().parents[2] / "desk" / "ui"
FIRST = {"IconLabel", "icon_button", "EmptyState", "set_icon", "icon"}
SECOND = {"Fact": "icon", "Part": "icon"}
KEYWORDS = {"icon", "verb_icon", "act_icon"}


def strings(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


def named_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in FIRST and node.args:
            yield from _icons_of(node.args[0])
        if name == "Part" and len(node.args) > 2:
            yield from _icons_of(node.args[2])
        if name == "set" and len(node.args) > 2:
            yield from _icons_of(node.args[2])
        for keyword in node.keywords:
            if keyword.arg in KEYWORDS:
                yield from _icons_of(keyword.value)


def _icons_of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _icons_of(node.body)
        yield from _icons_of(node.orelse)
    elif isinstance(node, ast.Lambda):
        yield from _icons_of(node.body)


@pytest.mark.parametrize("path", sorted(UI.rglob("*.py")), ids=lambda path: str(path.relative_to(UI)))
def test_icons_exist(path: Path, qapp: object) -> None:
    missing = sorted({name for name in named_in(path) if name and not icons.known(name)})
    assert not missing, f"{path.name} names icons that the family does not have"


def test_icons_of_tables_exist(qapp: object) -> None:
    tables = [*icons.NODE_ICONS.values(), *icons.ACTION_ICONS.values()]
    tables += [look[0] for look in (*icons.STATUS_ICONS.values(), *icons.MARKER_ICONS.values())]
    assert not [name for name in tables if not icons.known(name)]
