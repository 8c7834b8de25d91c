"""Runs our own tests as a Windows program under Wine, on two platforms of Qt, against Debian's PostgreSQL."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from installer.console import StepFailed, expect, run, say, side_by_side
from installer.windows_python import WindowsPython
from installer.wine_prefix import Wine
from tests.postgres import Cluster

# What cannot be run on any Windows, and why. Each line is said aloud in every run; none is skipped in silence.
NOT_ON_WINDOWS = {
    "tests/services/core/test_outbox.py::test_a_desk_killed_between_commit_and_settling_leaves_its_debt_to_others": (
        "ends a process by SIGKILL, which Windows has not"
    ),
    "tests/services/core/test_outbox.py::test_a_desk_killed_while_it_settles_holds_its_debt_until_the_lease_is_over": (
        "ends a process by SIGKILL, which Windows has not"
    ),
    "tests/services/test_doctor.py": "starts a company's server with certificates, from Debian's own programs",
    "tests/ui/test_goldens.py": "compares pixel by pixel with pictures that were drawn with Linux's letters",
    "tests/ui/test_plans.py::test_shift_f10_opens_the_menu_of_the_plan_and_a_letter_the_card": (
        "Windows itself makes the request for a menu out of Shift+F10; keys that a test invents never pass through it"
    ),
    "tests/ui/test_logins.py::test_the_menu_has_its_letter_for_a_new_password": (
        "Shift+F10 again: it must come from a keyboard"
    ),
    "tests/ui/test_no_internet.py": "starts FreeRADIUS, from Debian's own programs",
    **dict.fromkeys(
        (
            "tests/ui/test_unblocked.py::test_a_database_that_stops_for_a_moment_keeps_what_was_typed_and_does_it_once",
            "tests/ui/test_unblocked.py::test_a_database_that_stays_silent_is_told_and_what_was_typed_waits_for_it",
            "tests/ui/test_unblocked.py::test_whoever_waits_no_longer_gets_the_screen_back_and_it_is_done_once",
        ),
        "stops the server by SIGSTOP, which Windows has not",
    ),
    **dict.fromkeys(
        (
            "tests/ui/test_sessions.py::test_the_statement_goes_to_a_printer",
            "tests/ui/test_sessions.py::test_the_answer_about_an_address_goes_to_a_printer",
        ),
        "Windows' own dialog for printing does not open without a printer, and a server need not have one",
    ),
    "tests/ui/core/test_guards.py": "tests the tests' own guards by starting pytest once more for each",
}
# What Wine lacks besides.
NOT_UNDER_WINE = NOT_ON_WINDOWS | {
    "tests/ui/core/test_tree.py::test_five_hundred_plans_are_shown_and_painted_in_time": (
        "measures milliseconds, and Wine's are not Windows'"
    ),
    "tests/ui/test_search_typing.py::test_an_answer_that_was_overtaken_is_never_shown": (
        "holds one process of the server, which stands outside"
    ),
    "tests/ui/test_unblocked.py::test_a_mute_router_holds_up_nobody": (
        "measures milliseconds, and Wine's are not Windows'"
    ),
    "tests/ui/test_from_empty.py": "begins with the key that lies on the server, which stands outside",
    **dict.fromkeys(
        (
            "tests/services/test_import.py::test_as_many_as_are_allowed_in_a_few_statements",
            "tests/services/test_search.py::test_no_branch_scans_a_table_or_walks_an_index_to_its_end",
            "tests/services/test_sessions.py::test_no_question_reads_the_whole_table",
            "tests/services/test_sessions.py::test_nor_does_the_one_that_leaves_a_trace",
            "tests/ui/test_drift.py::test_twenty_thousand_differences_are_drawn_and_marked_at_once",
        ),
        "fills large tables for a question to the server alone, or measures: half a minute each, the same everywhere",
    ),
    "tests/ui/test_news.py::test_an_address_is_read_by_https_with_its_certificate_checked": (
        "Windows' own TLS, as Wine has it, trusts no authority that a program brings along"
    ),
}
# Offscreen runs what stands above the wall and the parts that screens are made of; the real platform every screen.
FOLDERS = {"offscreen": ("tests/services", "tests/ui/core"), "windows": ("tests/ui",)}
# Under Wine the parts are drawn on one of the two; Wine is slow, and the screens are made of them.
ONCE = {"offscreen": [], "windows": ["--ignore=tests/ui/core"]}
# Beside all other tests, where all of it would not fit into CI's time: what touches Windows itself.
SHORT = {
    "offscreen": ("tests/services/core",),
    "windows": (
        "tests/ui/core",
        *(
            f"tests/ui/test_{name}.py"
            for name in (
                *("customer_tabs", "desktop", "instance", "jump_list", "kept_passwords", "lost_connection"),
                *("news", "outgrown", "places", "sign_in", "windows"),
            )
        ),
    ),
}
LEAST = {"offscreen": 1200, "windows": 300}
LEAST_SHORT = {"offscreen": 40, "windows": 550}


def run_tests(places: Mapping[str, Wine], python: WindowsPython, work: Path, short: bool = False) -> dict[str, int]:
    """Both platforms at once, each in its Windows, with a server of its own; how many tests passed on which."""
    say("  Não rodam no Wine, e por quê:")
    for name, reason in NOT_UNDER_WINE.items():
        say(f"    {name}: {reason}")
    chosen = SHORT if short else {name: (*folders, *ONCE[name]) for name, folders in FOLDERS.items()}
    passed: dict[str, int] = {}

    def asked(platform: str) -> None:
        passed[platform] = _one(places[platform], python, work, platform, chosen[platform])

    side_by_side(*(partial(asked, platform) for platform in chosen))
    for platform, count in passed.items():
        least = LEAST_SHORT if short else LEAST
        expect(count >= least[platform], f"só {count} testes na plataforma {platform}: a escolha encolheu?")
    return passed


def _one(wine: Wine, python: WindowsPython, work: Path, platform: str, folders: tuple[str, ...]) -> int:
    cluster = Cluster(which="embedded")  # what the installed program brings, on Linux
    try:
        cluster.start()
        env = {
            "DESK_TEST_DSN": cluster.dsn(),
            "DESK_TEST_MASTER_KEY": str(cluster.master_key),
            "DESK_TEST_PLATFORM": platform,
        }
        left_out = [f"--deselect={name}" for name in NOT_UNDER_WINE]
        words = [python.exe, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--durations=10", *left_out, *folders]
        # Wine cuts exit codes and some of its libraries end noisily, so the closing line is read too.
        said = run(
            ["wine", *words],
            env=wine.environment(env),
            limit=1800,
            log=work / f"tests-{platform}.log",
            accepted=(0, 1, 2),
        )
        return closing_line(said, platform)
    finally:
        cluster.stop()


def closing_line(said: str, platform: str) -> int:
    """How many passed; anything but "N passed" stops the chain."""
    found = re.findall(r"^(?:=+ )?((?:\d+ \w+(?:, )?)+) in [\d.]+s", said, re.MULTILINE)
    if not found:
        raise StepFailed(f"os testes na plataforma {platform} não chegaram ao fim:\n{said[-3000:]}")
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", found[-1])}
    if set(counts) - {"passed", "deselected", "warnings", "warning"}:
        short = said[said.rfind("short test summary info") :]
        raise StepFailed(f"testes na plataforma {platform}: {found[-1]}\n{short[-3000:]}")
    return counts["passed"]


def main() -> int:
    """`python -m installer.windows_tests`: what a real Windows leaves out, for windows-tests.ps1."""
    for name, reason in NOT_ON_WINDOWS.items():
        print(f"{name}: {reason}", file=sys.stderr)
        print(f"--deselect={name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
