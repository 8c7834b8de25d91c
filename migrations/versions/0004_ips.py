"""Ranges of access points, the IPs of plans, and how a router enforces them."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = Path(__file__).resolve().parents[1] / "sql" / "0004_ips.sql"
MADE = ("ip_gaps", "ip_holdings", "customer_ip_macs", "customer_ips", "ip_options", "ip_ranges")


def upgrade() -> None:
    """Make them."""
    op.execute(
        "ALTER TABLE desk.access_points ADD COLUMN interface VARCHAR(60) DEFAULT '' NOT NULL,"
        " ADD COLUMN sets_address BOOLEAN DEFAULT false NOT NULL, ADD COLUMN sets_queue BOOLEAN DEFAULT false NOT NULL,"
        " ADD COLUMN sets_arp BOOLEAN DEFAULT false NOT NULL, ADD COLUMN allowed_list VARCHAR(60) DEFAULT '' NOT NULL,"
        " ADD COLUMN blocked_list VARCHAR(60) DEFAULT '' NOT NULL, ADD CONSTRAINT ck_access_points_interface"
        " CHECK (interface <> '' OR NOT (sets_address OR sets_arp))"
    )
    op.execute("ALTER TABLE desk.catalog_plans ADD COLUMN allows_ip BOOLEAN DEFAULT true NOT NULL")
    connection = op.get_bind().execution_options(no_parameters=True)
    connection.exec_driver_sql(TABLES.read_text(encoding="utf-8"))


def downgrade() -> None:
    """Remove them."""
    op.execute(f"DROP TABLE {', '.join(f'desk.{name}' for name in MADE)}")
    op.execute("ALTER TABLE desk.catalog_plans DROP COLUMN allows_ip")
    op.execute(
        "ALTER TABLE desk.access_points DROP CONSTRAINT ck_access_points_interface, DROP COLUMN interface,"
        " DROP COLUMN sets_address, DROP COLUMN sets_queue, DROP COLUMN sets_arp, DROP COLUMN allowed_list,"
        " DROP COLUMN blocked_list"
    )
