"""Every expected failure has its text: what did not happen, why, what to do."""

from __future__ import annotations

import re
from pathlib import Path

from desk.embedded_errors import EmbeddedError
from desk.services import register_all
from desk.services.core import refusals
from desk.services.core.errors import DomainError
from desk.ui.core import messages
from desk.ui.shell import registry

SERVICES = Path(__file__).resolve().parents[2] / "desk" / "services"
VIOLATION = re.compile(r'Violation\(\s*f?"[^"]+",\s*f?"([a-z_]+)"')


def loaded() -> None:
    register_all()
    assert refusals  # sign-in's own; no capability brings them
    registry.all_actions()


def test_every_error_has_its_text(qapp: object) -> None:
    loaded()
    assert not list(messages.untold(DomainError))


def test_every_refusal_of_the_local_database_has_its_text(qapp: object) -> None:
    loaded()
    assert not list(messages.untold(EmbeddedError))


def test_every_broken_rule_has_its_words(qapp: object) -> None:
    loaded()
    codes = {code for path in SERVICES.rglob("*.py") for code in VIOLATION.findall(path.read_text(encoding="utf-8"))}
    assert codes
    assert not {code for code in codes if code not in messages.VIOLATIONS}


def test_texts_name_what_failed_and_never_ask_whether_one_is_sure(qapp: object) -> None:
    loaded()
    for code, text in messages.TEXTS.items():
        assert text.what, code
        assert not text.what.lower().startswith("erro"), code
        assert "tem certeza" not in f"{text.what} {text.do}".lower(), code
