"""An index for what stands in the middle of an e-mail address before the @."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    op.execute(
        "CREATE INDEX ix_customers_email_part ON desk.customers"
        " USING gin (split_part(lower(email), '@', 1) desk.gin_trgm_ops)"
    )


def downgrade() -> None:
    """Remove it."""
    op.execute("DROP INDEX desk.ix_customers_email_part")
