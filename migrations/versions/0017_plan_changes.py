"""Mudar Plano: one row for each change of the catalogue plan, with what billing will reckon it from."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; the wall's triggers fill it."""
    op.execute(
        "CREATE TABLE desk.plan_changes (id BIGINT GENERATED ALWAYS AS IDENTITY, plan_id BIGINT NOT NULL,"
        " new_catalog_plan_id BIGINT NOT NULL, new_value NUMERIC(12, 2) NOT NULL, mode VARCHAR(40) NOT NULL,"
        " keeps_details BOOLEAN DEFAULT false NOT NULL, reason VARCHAR(80) NOT NULL,"
        " note VARCHAR(500) DEFAULT '' NOT NULL, old_catalog_plan_id BIGINT NOT NULL,"
        " old_value NUMERIC(12, 2) NOT NULL, changed_on DATE NOT NULL, start_date DATE NOT NULL,"
        " last_close_date DATE, due_day INTEGER NOT NULL, status VARCHAR(32) NOT NULL, details JSONB NOT NULL,"
        " at TIMESTAMP WITH TIME ZONE NOT NULL, who VARCHAR(63) NOT NULL, xid BIGINT NOT NULL,"
        " CONSTRAINT pk_plan_changes PRIMARY KEY (id),"
        " CONSTRAINT ck_plan_changes_new_value CHECK (new_value >= 0),"
        " CONSTRAINT ck_plan_changes_another CHECK (old_catalog_plan_id <> new_catalog_plan_id),"
        " CONSTRAINT ck_plan_changes_change_mode"
        " CHECK (mode IN ('PROPORCIONAL', 'PROXIMO_FECHAMENTO', 'IMEDIATO_INTEGRAL')),"
        " CONSTRAINT fk_plan_changes_plan_id FOREIGN KEY(plan_id)"
        " REFERENCES desk.customer_plans (id) ON DELETE CASCADE,"
        " CONSTRAINT fk_plan_changes_new_catalog_plan_id FOREIGN KEY(new_catalog_plan_id)"
        " REFERENCES desk.catalog_plans (id),"
        " CONSTRAINT fk_plan_changes_old_catalog_plan_id FOREIGN KEY(old_catalog_plan_id)"
        " REFERENCES desk.catalog_plans (id))"
    )
    op.execute("CREATE INDEX ix_plan_changes_plan_id_at ON desk.plan_changes (plan_id, at)")
    op.execute("CREATE INDEX ix_plan_changes_new_catalog_plan_id ON desk.plan_changes (new_catalog_plan_id)")
    op.execute("CREATE INDEX ix_plan_changes_old_catalog_plan_id ON desk.plan_changes (old_catalog_plan_id)")


def downgrade() -> None:
    """Remove it."""
    op.execute("DROP TABLE desk.plan_changes")
