"""What somebody without a mouse, or without eyes, needs of every screen of the guided tour."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_names_for_narrator_letters_for_alt_and_the_way_of_tab(tmp_path: Path) -> None:
    told = tmp_path / "found.json"
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    walked = subprocess.run(
        [sys.executable, "-m", "tests.inspection", str(told)], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert walked.returncode == 0, walked.stderr[-2000:]
    screens: dict[str, list[str]] = json.loads(told.read_text(encoding="utf-8"))
    assert len(screens) > 45
    assert {name: found for name, found in screens.items() if found} == {}
