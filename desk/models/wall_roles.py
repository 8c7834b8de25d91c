"""Roles and ground of the wall: what a database and its server must look like before anything is granted."""

from __future__ import annotations

from collections.abc import Iterator

# Roles belong to the server, and several databases may share one; so they are made only when missing.
ROLES = {
    "desk_owner": "NOLOGIN",
    "desk_job": "NOLOGIN",
    "desk_log": "NOLOGIN",
    "desk_vault": "NOLOGIN",
    "desk_people": "NOLOGIN NOINHERIT CREATEROLE",
    "desk_signal": "NOLOGIN",
    "desk_operator": "NOLOGIN",
    "desk_worker": "LOGIN CONNECTION LIMIT 8",
    "radius": "LOGIN",
    "desk_backup": "LOGIN",
}
INTERNAL = ("desk_owner", "desk_job", "desk_log", "desk_vault", "desk_people", "desk_signal")
# Only the log's owner may write these.
LOG_TABLES = ("change_log", "history_entries", "deleted_items", "plan_status_history")
# What FreeRADIUS needs in the clear: no operator reads it, no copy of the database carries it.
CLEAR_TABLES = ("radius_clear", "nas_clear")
# Large objects are storage that no quota covers; advisory locks are a way to hold others up.
# Not pg_logical_emit_message: 17 gave it another signature, and a dump carries such grants, so it would not fit.
CLOSED_FUNCTIONS = (
    "lo_creat",
    "lo_create",
    "lo_from_bytea",
    "lo_open",
    "lowrite",
    "lo_put",
    "lo_unlink",
    "lo_import",
    "lo_export",
)


def role_ddl(existing: set[str], server_version: int) -> Iterator[str]:
    """Missing roles, and the memberships that the functions live from."""
    for role, options in ROLES.items():
        if role not in existing:
            yield f"CREATE ROLE {role} {options}"
    how = "ADMIN OPTION" if server_version < 160000 else "ADMIN TRUE, INHERIT FALSE, SET FALSE"
    yield f"GRANT desk_operator TO desk_people WITH {how}"
    yield "GRANT pg_signal_backend, pg_read_all_stats TO desk_signal"
    yield "GRANT desk_operator TO desk_worker"


def database_ddl(database: str) -> Iterator[str]:
    """Rights and settings of the database itself, which neither a dump nor a template carries over."""
    yield f"REVOKE ALL ON DATABASE {database} FROM PUBLIC"
    yield f"GRANT CONNECT ON DATABASE {database} TO desk_operator, radius, desk_backup"
    yield f"ALTER DATABASE {database} SET jit = off"
    yield f"ALTER DATABASE {database} SET log_parameter_max_length = 0"
    yield f"ALTER DATABASE {database} SET log_parameter_max_length_on_error = 0"


def neighbour_ddl(databases: set[str]) -> Iterator[str]:
    """Nobody works next door, where no wall stands."""
    for name in ("postgres", "template1"):
        if name in databases:
            yield f"REVOKE CONNECT, TEMPORARY ON DATABASE {name} FROM PUBLIC"


def schema_ddl() -> Iterator[str]:
    """Schemas with their owners; nobody at a desk may create anything in any of them."""
    yield "REVOKE ALL ON SCHEMA public FROM PUBLIC"
    for schema, owner in (("desk", "desk_owner"), ("desk_guard", "desk_owner"), ("desk_vault", "desk_vault")):
        yield f"CREATE SCHEMA IF NOT EXISTS {schema}"
        yield f"ALTER SCHEMA {schema} OWNER TO {owner}"
        yield f"REVOKE ALL ON SCHEMA {schema} FROM PUBLIC, desk_operator"
    yield (
        "GRANT USAGE ON SCHEMA desk TO desk_operator, desk_job, desk_log, desk_vault, desk_people, desk_signal,"
        " desk_backup"
    )
    yield "GRANT USAGE ON SCHEMA desk_vault TO desk_owner, desk_backup"
    yield "GRANT USAGE ON SCHEMA desk_guard TO desk_backup"
    for role in INTERNAL:
        yield f"ALTER DEFAULT PRIVILEGES FOR ROLE {role} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC"


def vault_ddl() -> Iterator[str]:
    """What FreeRADIUS needs in the clear: for the owner of its views alone, and no dump may carry it along."""
    yield "CREATE SEQUENCE IF NOT EXISTS desk_vault.secret_version"
    yield "ALTER SEQUENCE desk_vault.secret_version OWNER TO desk_vault"
    for table in CLEAR_TABLES:
        yield f"ALTER TABLE desk_vault.{table} ENABLE ROW LEVEL SECURITY"
        yield f"DROP POLICY IF EXISTS views_only ON desk_vault.{table}"
        yield f"CREATE POLICY views_only ON desk_vault.{table} TO desk_owner USING (true)"
        yield f"GRANT SELECT ON desk_vault.{table} TO desk_owner"


def helper_grants() -> Iterator[str]:
    """What the internal roles may touch; they own functions, and those do no more than they are for."""
    yield "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA desk TO desk_job"
    yield "REVOKE INSERT, UPDATE, DELETE ON desk.ip_assignments FROM desk_job"
    for table in LOG_TABLES:
        yield f"REVOKE ALL ON desk.{table} FROM desk_job"
        yield f"GRANT SELECT ON desk.{table} TO desk_job"
    # who, at and xid come from defaults, which a job may not set.
    yield "GRANT INSERT (command, app, tbl, op, key, before, after) ON desk.change_log TO desk_job"
    yield "GRANT USAGE ON SEQUENCE desk.change_log_id TO desk_job"
    yield "GRANT SELECT ON desk.customer_plans, desk.radius_logins TO desk_log, desk_vault"
    yield (
        "GRANT SELECT ON desk.access_points, desk.routing_servers, desk.radius_servers, desk.customer_ips TO desk_vault"
    )
    yield "GRANT SELECT ON desk.customer_ip_macs TO desk_log"
    yield "GRANT SELECT, INSERT, UPDATE ON desk.people TO desk_people"
    yield "GRANT SELECT, INSERT, UPDATE, DELETE ON desk.person_permissions TO desk_people"
    yield "GRANT SELECT ON desk.permissions TO desk_people"
    yield "GRANT SELECT ON desk.people TO desk_signal"
    for schema in ("desk", "desk_vault"):
        yield f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO desk_backup"
        yield f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO desk_backup"
