"""Fixtures of every test: a server per worker, a database per test, and guards against what a test leaves behind."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.people import let_in
from tests.postgres import TEMPLATE, Cluster, Database, RunningCluster, started

# Wine hands no QT_… variable on to Windows programs, so there the platform comes under another name.
os.environ.setdefault("QT_QPA_PLATFORM", os.environ.get("DESK_TEST_PLATFORM", "offscreen"))
if os.name == "nt":
    # There is no fontconfig that would tell the offscreen platform where letters are.
    os.environ.setdefault("QT_QPA_FONTDIR", str(Path(__file__).parents[1] / "resources" / "fonts"))

pytest_plugins = ["tests.guards", "tests.passes", "tests.previewed", "tests.rings"]


def pytest_configure(config: pytest.Config) -> None:
    """Words that tests may mark themselves with."""
    config.addinivalue_line("markers", "logs_warnings: this test is about a warning in the log")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL of this worker's own, or the throw-away one that DESK_TEST_DSN names."""
    with started(RunningCluster() if os.environ.get("DESK_TEST_DSN") else Cluster()) as server:
        yield server


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    """Name of the database that each test gets a copy of: migrated, walled, with the people of the tests."""
    from desk.db.bootstrap import prepare

    prepare(cluster.dsn(), TEMPLATE, cluster.master_key, company="Provedor Exemplo", demo=False)
    let_in(cluster.dsn(TEMPLATE))
    cluster.remember_roles()
    return TEMPLATE


@pytest.fixture
def database(cluster: Cluster, template: str) -> Iterator[Database]:
    """A fresh database for one test."""
    fresh = Database(cluster, cluster.clone(template))
    try:
        yield fresh
    finally:
        fresh.close()
        cluster.drop(fresh.name)
        cluster.restore_roles()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter, unlike pytest's own: as root the embedded server runs as somebody else."""
    with tempfile.TemporaryDirectory(prefix="desk-open-") as own:
        Path(own).chmod(0o755)
        yield Path(own)
