"""The words of customers' names, for what was meant by a typing error."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and fill it with the words there are; afterwards a trigger keeps it."""
    op.execute(
        'CREATE TABLE desk.name_words (word text COLLATE "C" NOT NULL, CONSTRAINT pk_name_words PRIMARY KEY (word))'
    )
    op.execute(
        "INSERT INTO desk.name_words SELECT DISTINCT word"
        " FROM desk.customers, unnest(string_to_array(name_key, ' ')) word"
        " WHERE length(word) >= 3"
    )
    op.execute("CREATE INDEX ix_name_words_word_part ON desk.name_words USING gin (word desk.gin_trgm_ops)")


def downgrade() -> None:
    """Remove it."""
    op.execute("DROP TABLE desk.name_words")
