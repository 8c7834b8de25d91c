"""No variable is set for nothing: it is read somewhere, or its line on the page says what it waits for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import desk
from desk.models.variables import Variable

ROOT = Path(desk.__file__).parent
DECLARED = {ROOT / "models" / "variables.py"}
TEXT = "\n".join(
    source.read_text("utf-8")
    for kind in ("*.py", "*.sql")
    for part in ("models", "services")
    for source in sorted((ROOT / part).rglob(kind))
    if source not in DECLARED
)


@pytest.mark.parametrize("variable", Variable, ids=lambda each: each.code)
def test_it_is_read_or_says_what_it_waits_for(variable: Variable) -> None:
    read = re.search(rf"\bVariable\.{variable.name}\b|'{variable.code}'", TEXT) is not None
    assert read is not bool(variable.waits_for)
