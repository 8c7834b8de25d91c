"""Suspensão Temporária (ST-15): its days, and on the plan the two moments of the one that is not over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and the two columns."""
    for name in ("suspended_from", "suspended_until"):
        op.add_column("customer_plans", sa.Column(name, sa.DateTime(timezone=True), nullable=True), schema="desk")
    op.create_check_constraint(
        "suspended",
        "customer_plans",
        "(suspended_from IS NULL) = (suspended_until IS NULL) AND (suspended_until > suspended_from) IS NOT FALSE",
        schema="desk",
    )
    op.execute(
        "CREATE TABLE desk.plan_suspensions (id BIGINT GENERATED ALWAYS AS IDENTITY, plan_id BIGINT NOT NULL,"
        " starts_on DATE NOT NULL, ends_on DATE NOT NULL, reason VARCHAR(80) NOT NULL,"
        " note VARCHAR(500) DEFAULT '' NOT NULL, planned_by VARCHAR(63) NOT NULL,"
        " planned_at TIMESTAMP WITH TIME ZONE NOT NULL, started_at TIMESTAMP WITH TIME ZONE, ended_on DATE,"
        " ended_at TIMESTAMP WITH TIME ZONE, ended_by VARCHAR(63), CONSTRAINT pk_plan_suspensions PRIMARY KEY (id),"
        " CONSTRAINT ck_plan_suspensions_days CHECK (starts_on < ends_on),"
        " CONSTRAINT ck_plan_suspensions_ended_on CHECK (ended_on BETWEEN starts_on AND ends_on),"
        " CONSTRAINT ck_plan_suspensions_ended_at CHECK ((ended_on IS NULL) = (ended_at IS NULL)),"
        " CONSTRAINT ex_plan_suspensions_days EXCLUDE USING gist"
        " (plan_id WITH =, daterange(starts_on, COALESCE(ended_on, ends_on)) WITH &&),"
        " CONSTRAINT fk_plan_suspensions_plan_id FOREIGN KEY(plan_id)"
        " REFERENCES desk.customer_plans (id) ON DELETE CASCADE)"
    )
    op.execute("CREATE UNIQUE INDEX uq_plan_suspensions_open ON desk.plan_suspensions (plan_id) WHERE ended_on IS NULL")


def downgrade() -> None:
    """Remove all of it."""
    op.execute("DROP TABLE desk.plan_suspensions")
    # Views and triggers of the wall that read them go along; the wall of the older program puts up its own.
    op.execute("ALTER TABLE desk.customer_plans DROP suspended_until CASCADE, DROP suspended_from CASCADE")
