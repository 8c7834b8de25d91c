"""The first tables, the name folding that search relies on, and the extensions of its indexes."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from desk.db.extensions import ensure_extension

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = Path(__file__).resolve().parents[1] / "sql" / "0001_first_tables.sql"

# Core functions only, fully qualified by nature: the same result in Python, on every server and after a restore.
# Accents go before lower(), which then sees ASCII and no longer depends on the collation.
FOLD = r"""
CREATE FUNCTION desk.fold(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT btrim(regexp_replace(
    lower(regexp_replace(normalize($1, NFKD), U&'[\0300-\036f]', '', 'g')), '[^a-z0-9]+', ' ', 'g')) $$
"""


def upgrade() -> None:
    """Make everything."""
    connection = op.get_bind()
    op.execute("CREATE SCHEMA desk_vault")
    for extension in ("pg_trgm", "btree_gist"):
        ensure_extension(connection, extension)
    connection.execution_options(no_parameters=True).exec_driver_sql(FOLD)
    connection.execution_options(no_parameters=True).exec_driver_sql(TABLES.read_text(encoding="utf-8"))
    op.execute("INSERT INTO desk.installation DEFAULT VALUES")


def downgrade() -> None:
    """Remove everything but the schema that holds alembic's own table."""
    connection = op.get_bind()
    op.execute("DROP SCHEMA desk_vault CASCADE")
    tables = connection.exec_driver_sql(
        "SELECT string_agg(oid::regclass::text, ', ') FROM pg_class"
        " WHERE relnamespace = 'desk'::regnamespace AND relkind IN ('r', 'p') AND relname <> 'alembic_version'"
    ).scalar_one()
    op.execute(f"DROP TABLE {tables} CASCADE")
    op.execute("DROP FUNCTION desk.fold(text)")
    op.execute("DROP EXTENSION btree_gist, pg_trgm")
