"""Personalizar Composição: the parts of a plan whose composition is its own."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; that the parts add up to the plan's value is the wall's to hold."""
    op.execute(
        "CREATE TABLE desk.plan_composition_items (id BIGINT GENERATED ALWAYS AS IDENTITY, plan_id BIGINT NOT NULL,"
        " position INTEGER NOT NULL, description VARCHAR(80) NOT NULL, service_class VARCHAR(40) NOT NULL,"
        " amount NUMERIC(12, 2) NOT NULL, CONSTRAINT pk_plan_composition_items PRIMARY KEY (id),"
        " CONSTRAINT uq_plan_composition_items_position UNIQUE (plan_id, position),"
        " CONSTRAINT ck_plan_composition_items_amount CHECK (amount >= 0),"
        " CONSTRAINT ck_plan_composition_items_description CHECK (btrim(description) <> ''),"
        " CONSTRAINT ck_plan_composition_items_service_class"
        " CHECK (service_class IN ('SCM', 'STFC', 'SeAC', 'SVA', 'outro')),"
        " CONSTRAINT fk_plan_composition_items_plan_id FOREIGN KEY(plan_id)"
        " REFERENCES desk.customer_plans (id) ON DELETE CASCADE)"
    )


def downgrade() -> None:
    """Remove it; a plan without parts of its own follows the catalogue again. Guards ask nobody for this."""
    op.execute("DROP TABLE desk.plan_composition_items CASCADE")
    op.execute("ALTER TABLE desk.customer_plans DISABLE TRIGGER USER")
    op.execute("UPDATE desk.customer_plans SET composition_customized = false WHERE composition_customized")
    op.execute("ALTER TABLE desk.customer_plans ENABLE TRIGGER USER")
