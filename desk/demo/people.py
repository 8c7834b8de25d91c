"""The demo provider's staff: database roles with the permissions their work needs (domain 2.1, 2.3)."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import Connection, sql

from desk.models.people import Permission

P = Permission


@dataclass(frozen=True)
class Employee:
    """One person of the demo."""

    role: str
    full_name: str
    job: str
    permissions: frozenset[Permission]
    seller: bool = False


_COUNTER = frozenset(
    {
        P.CUSTOMERS,
        P.EDIT_CUSTOMER,
        P.CONTRACT,
        P.ADD_PLAN,
        P.CANCEL_PLAN,
        P.EDIT_PLAN,
        P.EDIT_PLAN_STATUS,
        P.CHANGE_CATALOG_PLAN,
        P.TRANSFER_MENU,
        P.TRANSFER_PLAN,
        P.EDIT_DUE_DAY,
        P.EDIT_RADIUS_PASSWORD,
        P.CREATE_SERVICE,
        P.PRINT_SLIP,
        P.RECEIPT,
        P.FIND_ASSET,
        P.TASKS,
        P.ALLOW_CIRCUIT,
        P.ALLOW_TV,
    }
)
_SUPPORT = frozenset(
    {
        P.CUSTOMERS,
        P.EDIT_PLAN,
        P.EDIT_PLAN_STATUS,
        P.EDIT_PLAN_IP,
        P.EDIT_RADIUS_PASSWORD,
        P.SEE_RADIUS_PASSWORD,
        P.SEE_MAIL_PASSWORD,
        P.SEE_FTP_PASSWORD,
        P.DELETE_RADIUS_LOGIN,
        P.DELETE_VOICE_TERMINAL,
        P.ACCESS_POINTS,
        P.ROUTING_SERVERS,
        P.EQUIPMENT,
        P.FIND_ASSET,
        P.TASKS,
        P.SCHEDULED_TASKS,
        P.ALLOW_CIRCUIT,
        P.ALLOW_TV,
    }
)
_FINANCE = frozenset(
    {
        P.CUSTOMERS,
        P.EDIT_CUSTOMER,
        P.CONTRACT,
        P.EDIT_PLAN,
        P.EDIT_PLAN_STATUS,
        P.ENABLE_SUSPENDED,
        P.EDIT_DUE_DAY,
        P.EDIT_LAST_CLOSE,
        P.DISCOUNT,
        P.EDIT_CONTRACT_FINE,
        P.EDIT_FINE_IN_CONTRACT,
        P.CANCEL_PLAN,
        P.EDIT_CANCEL_BILLING,
        P.WITHHOLDING_TABLE,
        P.SEE_PAYABLES,
        P.DISCOUNT_RECEIVABLE,
        P.RECEIPT,
        P.PRINT_SLIP,
        P.INSTALMENTS,
        P.CREATE_SERVICE,
    }
)
_SALES = frozenset(
    {P.CUSTOMERS, P.EDIT_CUSTOMER, P.ADD_PLAN, P.CONTRACT, P.EDIT_NEW_VALUE, P.EDIT_INSTALLATION_FEE, P.TASKS}
)
EMPLOYEES = (
    Employee(
        "administrador",
        "Carla Menezes",
        "Administração",
        frozenset(permission for permission in Permission if not permission.negative),
    ),
    Employee("atendente", "Ana Paula Ribeiro", "Atendimento", _COUNTER, seller=True),
    Employee("suporte", "Thiago Yamashita", "Suporte técnico", _SUPPORT),
    Employee("financeiro", "Sônia Beltrão", "Financeiro", _FINANCE),
    Employee("vendas", "Rogério Amaral", "Vendas", _SALES, seller=True),
)
# As the people screen sets them: a forgotten session of a clerk must not hold locks for ever.
LIMITS = (
    ("statement_timeout", "60s"),
    ("lock_timeout", "5s"),
    ("idle_in_transaction_session_timeout", "60s"),
)


def engage(connection: Connection, password_of: dict[str, str]) -> None:
    """Make the roles and their rows; a role that the cluster already has gets the password named here."""
    for employee in EMPLOYEES:
        _role(connection, employee.role, password_of[employee.role])
    connection.execute("SET ROLE desk_job")
    for employee in EMPLOYEES:
        connection.execute(
            "INSERT INTO desk.people (role, full_name, job, seller) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (role) DO UPDATE SET full_name = EXCLUDED.full_name, job = EXCLUDED.job,"
            " seller = EXCLUDED.seller",
            (employee.role, employee.full_name, employee.job, employee.seller),
        )
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO desk.person_permissions (role, permission) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                sorted((employee.role, permission.code) for permission in employee.permissions),
            )
    connection.execute("RESET ROLE")


def _role(connection: Connection, role: str, password: str) -> None:
    verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    name = sql.Identifier(role)
    known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
    if known is None:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN INHERIT CONNECTION LIMIT 8").format(name))
    connection.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(name, sql.Literal(verifier)))
    connection.execute(sql.SQL("GRANT desk_operator TO {}").format(name))
    if connection.info.server_version < 160000:
        # From 16 on the maker of a role administers it; here the people screen must be given that.
        connection.execute(sql.SQL("GRANT {} TO desk_people WITH ADMIN OPTION").format(name))
    else:
        connection.execute(sql.SQL("GRANT {} TO desk_people WITH ADMIN TRUE, INHERIT FALSE, SET FALSE").format(name))
    for setting, value in LIMITS:
        connection.execute(
            sql.SQL("ALTER ROLE {} SET {} = {}").format(name, sql.Identifier(setting), sql.Literal(value))
        )
