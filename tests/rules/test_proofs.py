"""docs/proofs.md names tests that there are."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "proofs.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)?::(\w+)`")
MOST_LINES = 150


def named() -> list[tuple[str, str]]:
    """File and test, in the page's order; a name alone belongs to the file before it in its row."""
    found = []
    for row in PAGE.read_text(encoding="utf-8").splitlines():
        file = ""
        for own, test in NAMED.findall(row):
            file = own or file
            found.append((file, test))
    return found


def test_every_test_that_the_page_names_exists() -> None:
    rows = named()
    assert len(rows) > 100
    tests: dict[str, set[str]] = {}
    for file, _ in rows:
        if file not in tests:
            assert (ROOT / file).is_file(), file
            tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
            tests[file] = {each.name for each in tree.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert [f"{file}::{test}" for file, test in rows if test not in tests[file]] == []


def test_it_stays_a_page() -> None:
    assert len(PAGE.read_text(encoding="utf-8").splitlines()) < MOST_LINES
