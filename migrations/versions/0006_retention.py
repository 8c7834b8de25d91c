"""How long each kind of looking back is kept."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; the kinds are rows that `desk.db.seed` adds."""
    op.execute(
        """
        CREATE TABLE desk.retention (
          what character varying(20) NOT NULL,
          keep_days integer NOT NULL,
          swept_at timestamp with time zone,
          CONSTRAINT pk_retention PRIMARY KEY (what),
          CONSTRAINT ck_retention_keep_days CHECK (keep_days = 0
            OR what = 'log' AND keep_days >= 365
            OR what = 'looks' AND keep_days >= 365
            OR what = 'device_looks' AND keep_days >= 30
            OR what = 'commands' AND keep_days >= 7
            OR what = 'pending' AND keep_days >= 1)
        )
        """
    )


def downgrade() -> None:
    """Remove it."""
    op.execute("DROP TABLE desk.retention")
