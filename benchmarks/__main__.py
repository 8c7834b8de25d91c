"""`python -m benchmarks [--customers N] [--logins N] [name…]`: figures as ratios to a floor of the same run."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import cold_start, customer_tab, event_loop, radius_decisions, search, sessions, suspend
from desk.db.bootstrap import prepare
from desk.db.operators import set_password
from desk.demo import load_large
from tests.postgres import Cluster, password_of

PERFORMANCE = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- figures -->", "<!-- /figures -->"
Figures = list[tuple[str, str, str, str]]  # what, ours, floor, ratio


@contextmanager
def provider(customers: int) -> Iterator[Cluster]:
    """A throw-away PostgreSQL with the large demo provider in its database "large"."""
    cluster = Cluster()
    try:
        cluster.start()
        prepare(cluster.dsn(), "large", cluster.master_key, company="Banco de medidas", demo=True)
        load_large(cluster.dsn("large"), customers=customers)
        yield cluster
    finally:
        cluster.stop()


def radius(cluster: Cluster, logins: int) -> Figures:
    """RADIUS decisions against stock tables."""
    prepare(cluster.dsn(), "radius", cluster.master_key, company="Banco de medidas", demo=True)
    found = radius_decisions.run(cluster.dsn("radius"), logins=logins)
    return [(f"decisão RADIUS, {logins} logins: {name}", f"{value}", "", "") for name, value in found.items()]


def connections(cluster: Cluster, count: int) -> Figures:
    """Questions about the connections of a year, and what they cost accounting."""
    prepare(cluster.dsn(), "sessions", cluster.master_key, company="Banco de medidas", demo=True)
    set_password(cluster.dsn("sessions"), "desk_worker", password_of("desk_worker"))
    return sessions.run(cluster.dsn("sessions"), cluster.dsn("sessions", "desk_worker"), count)


def main(argv: list[str]) -> int:
    """Run what was named, or everything; print the table and write it into docs/performance.md."""
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--logins", type=int, default=200_000)
    parser.add_argument("--sessions", type=int, default=sessions.WHOLE // 10)
    parser.add_argument("--write", action="store_true", help="escreve a tabela em docs/performance.md")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args(argv)
    figures: Figures = []
    wanted = set(options.names) or {
        "search",
        "customer_tab",
        "cold_start",
        "radius",
        "suspend",
        "event_loop",
        "sessions",
    }
    if "cold_start" in wanted:
        figures += cold_start.run()
    if wanted & {"search", "customer_tab", "radius", "suspend", "event_loop", "sessions"}:
        with provider(options.customers if wanted & {"search", "customer_tab"} else 100) as cluster:
            parts: dict[str, Callable[[], Figures]] = {
                "search": lambda: search.run(cluster),
                "customer_tab": lambda: customer_tab.run(cluster),
                "radius": lambda: radius(cluster, options.logins),
                "suspend": lambda: suspend.run(cluster),
                "event_loop": lambda: event_loop.run(cluster),
                "sessions": lambda: connections(cluster, options.sessions),
            }
            for name, part in parts.items():
                if name in wanted:
                    figures += part()
    rows = [f"| {what} | {ours} | {floor} | {ratio} |" for what, ours, floor, ratio in figures]
    table = "\n".join(["| O quê | Nosso | Piso | Razão |", "| --- | --- | --- | --- |", *rows])
    print(table)
    if options.write:
        text = PERFORMANCE.read_text(encoding="utf-8")
        head, tail = text[: text.index(BEGIN)], text[text.index(END) :]
        note = f"\nMedido em {dt.date.today():%d/%m/%Y}, {options.customers} clientes.\n\n"
        PERFORMANCE.write_text(f"{head}{BEGIN}\n{note}{table}\n\n{tail}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
