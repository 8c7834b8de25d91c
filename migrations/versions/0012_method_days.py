"""Days that a way of paying asks for between two provisional speeds (domain 6.13)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Empty: the variable counts, as before."""
    op.add_column("payment_methods", sa.Column("speed_gap_days", sa.Integer(), nullable=True), schema="desk")
    op.create_check_constraint("speed_gap_days", "payment_methods", "speed_gap_days BETWEEN 0 AND 365", schema="desk")


def downgrade() -> None:
    """Remove it."""
    op.drop_column("payment_methods", "speed_gap_days", schema="desk")
