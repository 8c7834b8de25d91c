"""How `desk db` speaks at a terminal: its exit codes, its parser in Portuguese, and questions that show nothing."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable
from typing import Final, NoReturn

DONE, REFUSED, MISUSED, UNREACHABLE = range(4)
DEFAULT_KEY: Final = "/etc/desk/master.key"

Run = Callable[[argparse.Namespace], int]


class Parser(argparse.ArgumentParser):
    """argparse speaks English only; this one says in Portuguese that it did not understand."""

    def error(self, message: str) -> NoReturn:
        del message
        self.print_usage(sys.stderr)
        self.exit(MISUSED, f"Não compreendi os argumentos. Veja: {self.prog} --help\n")

    def format_usage(self) -> str:
        return super().format_usage().replace("usage:", "uso:", 1)

    def format_help(self) -> str:
        return super().format_help().replace("usage:", "uso:", 1)


def asked(question: str, differ: str = "") -> str | None:
    """Asked at a terminal, twice where `differ` says what to say of two answers; one line of the input otherwise.

    Never an argument: other users of the machine could read it.
    """
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass(question)
    if not differ or getpass.getpass("Outra vez: ") == first:
        return first
    print(differ, file=sys.stderr)
    return None
