"""A hot standby of a throw-away server, as daemons and desks meet it in a failover."""

from __future__ import annotations

import time

from psycopg.conninfo import make_conninfo

from tests.postgres import SUPERUSER, Cluster

# What a primary needs so that a standby may follow, and be followed back by pg_rewind.
PRIMARY = ("-c", "wal_level=replica", "-c", "max_wal_senders=5", "-c", "hot_standby=on", "-c", "wal_log_hints=on")
# A commit is answered only when the standby has it too.
SYNCHRONOUS = ("-c", "synchronous_commit=on")
WAIT_SECONDS = 30.0


class Standby(Cluster):
    """Follows `primary` by streaming, and can be promoted."""

    def __init__(self, primary: Cluster) -> None:
        super().__init__(*primary.options)
        self.primary, self.password = primary, primary.password

    def _make_data(self) -> None:
        source = make_conninfo(
            host="127.0.0.1", port=self.primary.port, user=SUPERUSER, password=self.password, application_name="standby"
        )
        with self.primary.admin() as admin:
            admin.execute("SELECT pg_create_physical_replication_slot('standby')")
        self._run(
            "pg_basebackup", "-d", source, "-D", str(self.data), "-R", "-X", "stream", "-S", "standby", "-c", "fast"
        )

    def start(self) -> None:
        """Follow, and make the primary wait for this standby with each commit from now on."""
        super().start()
        with self.primary.admin() as admin:
            admin.execute("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
            admin.execute("SELECT pg_reload_conf()")
            deadline = time.monotonic() + WAIT_SECONDS
            while admin.execute("SELECT sync_state FROM pg_stat_replication").fetchall() != [("sync",)]:
                assert time.monotonic() < deadline, "the standby did not become synchronous"

    def promote(self) -> None:
        """Become the primary; waits for nobody any more."""
        self._run("pg_ctl", "-D", str(self.data), "-w", "promote")
        with self.admin() as admin:
            admin.execute("ALTER SYSTEM RESET synchronous_standby_names")
            admin.execute("SELECT pg_reload_conf()")
