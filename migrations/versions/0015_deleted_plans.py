"""Apagar Plano: when a plan was deleted and by whom, and codes that a deleted plan leaves free."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, and let the unique code be of plans that are there."""
    op.execute(
        "ALTER TABLE desk.customer_plans ADD COLUMN deleted_at TIMESTAMP WITH TIME ZONE,"
        " ADD COLUMN deleted_by VARCHAR(63)"
    )
    op.execute("ALTER TABLE desk.customer_plans DROP CONSTRAINT uq_customer_plans_identifier_code")
    op.execute(
        "CREATE UNIQUE INDEX uq_customer_plans_identifier_code ON desk.customer_plans (identifier_code)"
        " WHERE deleted_at IS NULL"
    )


def downgrade() -> None:
    """Put the constraint back; a code that two plans have by now stays with the one that is there."""
    op.execute("DROP INDEX desk.uq_customer_plans_identifier_code")
    op.execute("UPDATE desk.customer_plans SET identifier_code = NULL WHERE deleted_at IS NOT NULL")
    op.execute(
        "ALTER TABLE desk.customer_plans ADD CONSTRAINT uq_customer_plans_identifier_code UNIQUE (identifier_code)"
    )
    # Views and triggers of the wall that read them go along; the wall of the older program puts up its own.
    op.execute("ALTER TABLE desk.customer_plans DROP COLUMN deleted_at CASCADE, DROP COLUMN deleted_by CASCADE")
