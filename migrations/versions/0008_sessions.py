"""Connections: how they end, who used an address, what a login used a day, and whom a desk asks to try a login."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

UP = (
    "ALTER TABLE desk.access_points ADD disconnect_by VARCHAR(40) DEFAULT 'API do roteador' NOT NULL"
    " CONSTRAINT ck_access_points_disconnect_by CHECK (disconnect_by IN ('API do roteador', 'CoA (RADIUS)'))",
    "ALTER TABLE desk.routing_servers ADD coa_port INTEGER DEFAULT 3799 NOT NULL"
    " CONSTRAINT ck_routing_servers_coa_port CHECK (coa_port BETWEEN 1 AND 65535)",
    "ALTER TABLE desk.radius_sessions ADD rate_limit TEXT",
    "DROP INDEX desk.ix_radius_sessions_login_id_started_at",
    "CREATE INDEX ix_radius_sessions_login_id_started_at_id ON desk.radius_sessions (login_id, started_at, id)"
    " INCLUDE (stopped_at)",
    "CREATE INDEX ix_radius_sessions_framed_ip ON desk.radius_sessions (framed_ip, started_at)"
    " INCLUDE (stopped_at, id)",
    "CREATE INDEX ix_radius_sessions_framed_ipv6 ON desk.radius_sessions (framed_ipv6, started_at)"
    " INCLUDE (stopped_at, id) WHERE framed_ipv6 IS NOT NULL",
    "CREATE INDEX ix_radius_sessions_framed_ipv6_prefix ON desk.radius_sessions (framed_ipv6_prefix, started_at)"
    " INCLUDE (stopped_at, id) WHERE framed_ipv6_prefix IS NOT NULL",
    "CREATE INDEX ix_radius_sessions_delegated_ipv6_prefix ON desk.radius_sessions (delegated_ipv6_prefix, started_at)"
    " INCLUDE (stopped_at, id) WHERE delegated_ipv6_prefix IS NOT NULL",
    "CREATE INDEX ix_radius_sessions_started_at ON desk.radius_sessions USING brin (started_at)",
    "CREATE TABLE desk.radius_usage (login_id BIGINT NOT NULL, day DATE NOT NULL, in_octets BIGINT NOT NULL,"
    " out_octets BIGINT NOT NULL, CONSTRAINT pk_radius_usage PRIMARY KEY (login_id, day))",
    "CREATE INDEX ix_radius_usage_day ON desk.radius_usage USING brin (day)",
    # Of what was counted before, only the end of each connection is known: it stands on the day of its last report.
    "INSERT INTO desk.radius_usage (login_id, day, in_octets, out_octets)"
    " SELECT s.login_id, (COALESCE(s.stopped_at, s.updated_at, s.started_at) AT TIME ZONE i.zone)::date,"
    " sum(COALESCE(s.in_octets, 0)), sum(COALESCE(s.out_octets, 0)) FROM desk.radius_sessions s, desk.installation i"
    " WHERE s.login_id IS NOT NULL AND s.started_at IS NOT NULL GROUP BY 1, 2",
    "ALTER TABLE desk.customer_plans ADD throttled_until TIMESTAMP WITH TIME ZONE,"
    " ADD speed_until TIMESTAMP WITH TIME ZONE, ADD speed_at TIMESTAMP WITH TIME ZONE",
    "ALTER TABLE desk.catalog_plans ADD allows_speed_restore BOOLEAN DEFAULT true NOT NULL",
    "CREATE TABLE desk.radius_servers (id BIGINT GENERATED ALWAYS AS IDENTITY, name VARCHAR(60) NOT NULL,"
    " host VARCHAR(253) NOT NULL, port INTEGER DEFAULT 1812 NOT NULL, active BOOLEAN DEFAULT true NOT NULL,"
    " created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,"
    " created_by VARCHAR(63) DEFAULT session_user NOT NULL, version INTEGER DEFAULT 1 NOT NULL,"
    " CONSTRAINT pk_radius_servers PRIMARY KEY (id), CONSTRAINT uq_radius_servers_name UNIQUE (name),"
    " CONSTRAINT ck_radius_servers_port CHECK (port BETWEEN 1 AND 65535))",
)
KEEP = (
    "ALTER TABLE desk.retention DROP CONSTRAINT ck_retention_keep_days",
    "ALTER TABLE desk.retention ADD CONSTRAINT ck_retention_keep_days CHECK (keep_days = 0"
    " OR what = 'log' AND keep_days >= 365 OR what = 'looks' AND keep_days >= 365"
    " OR what = 'device_looks' AND keep_days >= 30{sessions}"
    " OR what = 'commands' AND keep_days >= 7 OR what = 'pending' AND keep_days >= 1)",
)
DOWN = (
    "DELETE FROM desk.retention WHERE what = 'sessions'",
    "ALTER TABLE desk.customer_plans DROP throttled_until, DROP speed_until, DROP speed_at",
    "ALTER TABLE desk.catalog_plans DROP allows_speed_restore",
    "DROP TABLE desk.radius_servers",
    "DROP TABLE desk.radius_usage",
    "DROP INDEX desk.ix_radius_sessions_started_at, desk.ix_radius_sessions_delegated_ipv6_prefix,"
    " desk.ix_radius_sessions_framed_ipv6_prefix, desk.ix_radius_sessions_framed_ipv6,"
    " desk.ix_radius_sessions_framed_ip, desk.ix_radius_sessions_login_id_started_at_id",
    "CREATE INDEX ix_radius_sessions_login_id_started_at ON desk.radius_sessions (login_id, started_at)",
    "ALTER TABLE desk.radius_sessions DROP rate_limit",
    "ALTER TABLE desk.routing_servers DROP coa_port",
    "ALTER TABLE desk.access_points DROP disconnect_by",
)


def upgrade() -> None:
    """Make them."""
    for statement in (*UP, *KEEP):
        op.execute(statement.format(sessions=" OR what = 'sessions' AND keep_days >= 365"))


def downgrade() -> None:
    """Remove them."""
    for statement in (*DOWN, *KEEP):
        op.execute(statement.format(sessions=""))
