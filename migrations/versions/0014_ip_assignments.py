"""Whose an address was and is: the periods in which plans held their IPs."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and fill it with the IPs there are; afterwards triggers keep it.

    An IP that changed hands or addresses before is known to be so only since the last such change.
    """
    op.execute(
        "CREATE TABLE desk.ip_assignments (id BIGINT GENERATED ALWAYS AS IDENTITY, customer_ip_id BIGINT,"
        " plan_id BIGINT, customer_id BIGINT, block CIDR NOT NULL, started_at TIMESTAMP WITH TIME ZONE NOT NULL,"
        " ended_at TIMESTAMP WITH TIME ZONE, CONSTRAINT pk_ip_assignments PRIMARY KEY (id),"
        " CONSTRAINT ck_ip_assignments_period CHECK (ended_at >= started_at),"
        " CONSTRAINT fk_ip_assignments_customer_ip_id FOREIGN KEY(customer_ip_id)"
        " REFERENCES desk.customer_ips (id) ON DELETE SET NULL,"
        " CONSTRAINT fk_ip_assignments_plan_id FOREIGN KEY(plan_id)"
        " REFERENCES desk.customer_plans (id) ON DELETE SET NULL,"
        " CONSTRAINT fk_ip_assignments_customer_id FOREIGN KEY(customer_id)"
        " REFERENCES desk.customers (id) ON DELETE SET NULL)"
    )
    op.execute(
        "INSERT INTO desk.ip_assignments (customer_ip_id, plan_id, customer_id, block, started_at, ended_at)"
        " SELECT i.id, p.id, p.customer_id, i.block, LEAST(GREATEST(i.created_at,"
        " (SELECT max(g.at) FROM desk.change_log g WHERE g.tbl = 'customer_ips' AND g.key = i.id::text AND g.op = 'U'"
        " AND (g.after ? 'block' OR g.after ? 'plan_id')),"
        " (SELECT max(g.at) FROM desk.change_log g WHERE g.tbl = 'customer_plans' AND g.key = p.id::text"
        " AND g.op = 'U' AND g.after ? 'customer_id' AND g.at < COALESCE(i.deleted_at, 'infinity'))), i.deleted_at),"
        " i.deleted_at"
        " FROM desk.customer_ips i JOIN desk.customer_plans p ON p.id = i.plan_id ORDER BY i.id"
    )
    op.execute("CREATE INDEX ix_ip_assignments_block ON desk.ip_assignments USING spgist (block inet_ops)")
    op.execute("CREATE INDEX ix_ip_assignments_ended_at ON desk.ip_assignments (ended_at)")
    op.execute("CREATE INDEX ix_ip_assignments_customer_ip_id ON desk.ip_assignments (customer_ip_id)")
    op.execute("CREATE INDEX ix_ip_assignments_plan_id ON desk.ip_assignments (plan_id)")
    op.execute("CREATE INDEX ix_ip_assignments_customer_id ON desk.ip_assignments (customer_id)")


def downgrade() -> None:
    """Remove it."""
    op.execute("DROP TABLE desk.ip_assignments")
