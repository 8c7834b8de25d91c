"""docs/proofs.md and docs/proofs-windows.md name tests and steps that there are."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# The page, and how many names it has at least.
PAGES = {"proofs.md": 100, "proofs-windows.md": 120}
NAMED = re.compile(r"`((?:[\w.-]+/)+[\w.-]+)?::([\w.]+)`")
FILES = re.compile(r"`((?:tests|installer|desk|\.github)/[\w./-]+)(?:::[\w.]+)?`")
MOST_LINES = 150


def text_of(page: str) -> str:
    return (ROOT / "docs" / page).read_text(encoding="utf-8")


def named(page: str) -> list[tuple[str, str]]:
    """File and test, in the page's order; a name alone belongs to the file before it in its row."""
    found = []
    for row in text_of(page).splitlines():
        file = ""
        for own, test in NAMED.findall(row):
            file = own or file
            found.append((file, test))
    return found


def names_in(file: Path) -> set[str]:
    """Functions of a module, methods as Class.method; jobs and steps of a workflow."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".yml":
        return set(re.findall(r"^(?:  |      - name: )(\w+):?$", text, re.MULTILINE))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    tree = ast.parse(text).body
    # Some tests are there on Windows alone.
    tree += [each for node in tree if isinstance(node, ast.If) for each in node.body]
    own = {node.name for node in tree if isinstance(node, functions)}
    classes = [node for node in tree if isinstance(node, ast.ClassDef)]
    return own | {f"{one.name}.{each.name}" for one in classes for each in one.body if isinstance(each, functions)}


@pytest.mark.parametrize("page", PAGES)
def test_every_test_and_step_that_the_page_names_exists(page: str) -> None:
    rows = named(page)
    assert len(rows) > PAGES[page]
    for file in FILES.findall(text_of(page)):
        assert (ROOT / file).is_file() or (ROOT / file).is_dir(), file
    names = {file: names_in(ROOT / file) for file, _ in rows}
    assert [f"{file}::{name}" for file, name in rows if name not in names[file]] == []


@pytest.mark.parametrize("page", PAGES)
def test_it_stays_a_page(page: str) -> None:
    assert len(text_of(page).splitlines()) < MOST_LINES
