"""Which routers hold a secret of a login: what must be taken away again does not depend on how long the log is kept."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and note down every router that may hold one now."""
    op.execute(
        "CREATE TABLE desk.login_places ("
        " login_id bigint NOT NULL, routing_server_id bigint NOT NULL,"
        " CONSTRAINT pk_login_places PRIMARY KEY (login_id, routing_server_id),"
        " CONSTRAINT fk_login_places_login_id FOREIGN KEY (login_id)"
        " REFERENCES desk.radius_logins (id) ON DELETE CASCADE,"
        " CONSTRAINT fk_login_places_routing_server_id FOREIGN KEY (routing_server_id)"
        " REFERENCES desk.routing_servers (id) ON DELETE CASCADE)"
    )
    op.execute("CREATE INDEX ix_login_places_routing_server_id ON desk.login_places (routing_server_id)")
    # Where the login is, and where the log says that its plan has been.
    op.execute(
        "INSERT INTO desk.login_places (login_id, routing_server_id)"
        " SELECT l.id, r.id FROM desk.radius_logins l JOIN desk.customer_plans p ON p.id = l.plan_id"
        " JOIN LATERAL (SELECT p.access_point_id AS id UNION"
        " SELECT (g.before ->> 'access_point_id')::bigint FROM desk.change_log g"
        " WHERE g.tbl = 'customer_plans' AND g.key = p.id::text AND g.before ? 'access_point_id') x ON true"
        " JOIN desk.access_points a ON a.id = x.id"
        " JOIN desk.routing_servers r ON r.id = a.routing_server_id AND r.local_secrets"
        " WHERE l.deleted_at IS NULL ON CONFLICT DO NOTHING"
    )


def downgrade() -> None:
    """Remove it; the log goes on saying where plans have been."""
    op.execute("DROP TABLE desk.login_places")
