"""Who let a plan onto an access point that was full (PL-12)."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.execute(
        "CREATE TABLE desk.place_approvals (id BIGINT GENERATED ALWAYS AS IDENTITY, access_point_id BIGINT NOT NULL,"
        " customer_id BIGINT NOT NULL, plan_id BIGINT, catalog_plan_id BIGINT NOT NULL,"
        " customer_limit INTEGER NOT NULL, linked INTEGER NOT NULL, by VARCHAR(63) NOT NULL,"
        " at TIMESTAMP WITH TIME ZONE NOT NULL, used_at TIMESTAMP WITH TIME ZONE, used_by VARCHAR(63),"
        " used_for BIGINT, CONSTRAINT pk_place_approvals PRIMARY KEY (id),"
        " CONSTRAINT fk_place_approvals_access_point_id FOREIGN KEY(access_point_id)"
        " REFERENCES desk.access_points (id) ON DELETE CASCADE,"
        " CONSTRAINT fk_place_approvals_customer_id FOREIGN KEY(customer_id)"
        " REFERENCES desk.customers (id) ON DELETE CASCADE,"
        " CONSTRAINT fk_place_approvals_plan_id FOREIGN KEY(plan_id)"
        " REFERENCES desk.customer_plans (id) ON DELETE CASCADE)"
    )
    op.execute("CREATE INDEX ix_place_approvals_access_point_id ON desk.place_approvals (access_point_id)")
    op.execute("CREATE INDEX ix_place_approvals_customer_id ON desk.place_approvals (customer_id)")


def downgrade() -> None:
    """Remove it."""
    op.execute("DROP TABLE desk.place_approvals")
