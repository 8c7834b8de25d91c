"""`python -m benchmarks [--customers N] [--logins N] [name…]`: figures as ratios to a floor of the same run."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from benchmarks import (
    cold_start,
    customer_tab,
    drift,
    event_loop,
    next_free,
    previews,
    radius_decisions,
    search,
    sessions,
    sessions_load,
    suspend,
)
from desk.db.bootstrap import prepare
from desk.demo import load_large
from tests.people import let_in
from tests.postgres import Cluster, started

PERFORMANCE = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- figures -->", "<!-- /figures -->"
Figures = list[tuple[str, str, str, str]]  # what, ours, floor, ratio
Part = Callable[[Cluster], Figures]


# A million customers with their indexes; less room than that in memory, and the database goes to the disk.
ROOM = 6 << 30


@contextmanager
def provider(customers: int) -> Iterator[Cluster]:
    """One with the large demo provider in its database "large"."""
    with started(Cluster(room=ROOM)) as cluster:
        prepare(cluster.dsn(), "large", cluster.master_key, company="Banco de medidas", demo=True)
        load_large(cluster.dsn("large"), customers=customers)
        yield cluster


def radius(cluster: Cluster, logins: int) -> Figures:
    """RADIUS decisions against stock tables."""
    prepare(cluster.dsn(), "radius", cluster.master_key, company="Banco de medidas", demo=True)
    found = radius_decisions.run(cluster.dsn("radius"), logins=logins)
    ours, stock = (f"{found[f'{side}_per_second']:.0f}/s" for side in ("ours", "stock"))
    what = f"decisão RADIUS, {logins} logins (orçamento ≥ {found['budget']})"
    return [(what, ours, stock, f"{found['ratio']:.2f}")]


def row(figure: tuple[str, str, str, str]) -> str:
    """One line of the table."""
    return f"| {' | '.join(figure)} |"


def shown(figures: Figures) -> Figures:
    """Print them as soon as they are there: all of it takes many minutes."""
    for figure in figures:
        print(row(figure), flush=True)
    return figures


def connections(cluster: Cluster, count: int) -> Figures:
    """Questions about the connections of a year, and what they cost accounting."""
    prepare(cluster.dsn(), "sessions", cluster.master_key, company="Banco de medidas", demo=True)
    let_in(cluster.dsn("sessions"), ("suporte",))
    return sessions.run(cluster.dsn("sessions"), count, clerk="suporte")


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
    large: dict[str, Part] = {"search": search.run, "customer_tab": customer_tab.run}
    # Their people are made by themselves, and people belong to the server: the large provider has its own.
    small: dict[str, Part] = {
        "radius": lambda cluster: radius(cluster, options.logins),
        "suspend": suspend.run,
        "event_loop": event_loop.run,
        "next_free": next_free.run,
        "previews": previews.run,
        "drift": drift.run,
    }
    many: dict[str, Part] = {"sessions": lambda cluster: connections(cluster, options.sessions)}
    known = {"cold_start", *large, *small, *many}
    wanted = set(options.names) or known
    if unknown := wanted - known:
        parser.error(f"não há medida chamada {', '.join(sorted(unknown))}")
    if "cold_start" in wanted:
        figures += shown(cold_start.run())
    places: list[tuple[dict[str, Part], Callable[[], AbstractContextManager[Cluster]]]] = [
        (large, lambda: provider(options.customers)),
        (small, lambda: started(Cluster())),
        # On the disk whatever memory there is: a year of connections may be more than it.
        (many, lambda: started(Cluster(*sessions_load.SERVER, room=sys.maxsize))),
    ]
    for parts, place in places:
        if wanted & parts.keys():
            with place() as cluster:
                for name, part in parts.items():
                    if name in wanted:
                        figures += shown(part(cluster))
    if options.write:
        table = "\n".join(["| O quê | Nosso | Piso | Razão |", "| --- | --- | --- | --- |", *map(row, figures)])
        text = PERFORMANCE.read_text(encoding="utf-8")
        head, tail = text[: text.index(BEGIN)], text[text.index(END) :]
        note = f"\nMedido em {dt.date.today():%d/%m/%Y}, {options.customers} clientes.\n\n"
        PERFORMANCE.write_text(f"{head}{BEGIN}\n{note}{table}\n\n{tail}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
