"""Whether a database still is what `desk db upgrade` made of it: a restore or a hand may have changed that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, text

from desk.db.connections import require_superuser, transaction
from desk.db.errors import DatabaseProblem
from desk.db.installed import carries_this_wall, master_key_path
from desk.db.master_key import KEY_BYTES, key_readable
from desk.db.radius import unseen
from desk.db.retention import months_ahead, overdue
from desk.db.revisions import HEAD, compatible
from desk.db.texts import explain
from desk.models import wall
from desk.models.wall_roles import ROLES

FEWEST_MONTHS: Final = 3
SCHEMAS: Final = (*wall.SCHEMAS, "radius_api")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    ok: bool
    text: str


def check(dsn: str) -> list[Finding]:
    """Look at everything that keeps the wall up; only reads."""
    with transaction(dsn) as connection:
        connection.execute(text("SET TRANSACTION READ ONLY"))
        require_superuser(connection)
        try:
            compatible(connection)
        except DatabaseProblem as problem:
            return [Finding(False, explain(problem))]
        return [
            Finding(True, f"Tabelas na revisão {HEAD}"),
            _wall(connection),
            *(_none(connection, good, bad, query) for good, bad, query in _QUESTIONS),
            *_roles(connection),
            _master_key(connection),
            _radius(connection),
            _swept(connection),
            _months(connection),
        ]


def _wall(connection: Connection) -> Finding:
    if carries_this_wall(connection):
        return Finding(True, "Muralha igual à deste programa")
    return Finding(False, "A muralha no banco não é a deste programa. Execute: desk db upgrade")


def _none(connection: Connection, good: str, bad: str, query: str) -> Finding:
    """The query names what is wrong, and should find nothing."""
    found = list(connection.scalars(text(query), {"schemas": list(SCHEMAS)}))
    return Finding(not found, f"{bad}: {', '.join(found)}" if found else good)


def _roles(connection: Connection) -> list[Finding]:
    found = {row.rolname: row for row in connection.execute(text("SELECT * FROM pg_roles"))}
    missing = [name for name in ROLES if name not in found]
    strong = [
        name
        for name, options in ROLES.items()
        if name in found
        and (found[name].rolsuper or found[name].rolbypassrls or (found[name].rolcanlogin and "NOLOGIN" in options))
    ]
    return [
        Finding(not missing, f"Faltam papéis: {', '.join(missing)}" if missing else "Todos os papéis existem"),
        Finding(not strong, f"Papéis que podem demais: {', '.join(strong)}" if strong else "Nenhum papel pode demais"),
    ]


def _master_key(connection: Connection) -> Finding:
    path = master_key_path(connection)
    if path is None:
        return Finding(False, "O banco não diz onde está a chave-mestra. Execute: desk db upgrade")
    if key_readable(connection, path):
        return Finding(True, f"Chave-mestra legível em {path}")
    return Finding(False, f"O servidor não lê uma chave-mestra de {KEY_BYTES} bytes em {path}")


def _radius(connection: Connection) -> Finding:
    hidden = unseen(connection)
    if hidden:
        return Finding(False, f"Senhas que o FreeRADIUS não vê: {hidden}. Execute: desk db rebuild-radius")
    return Finding(True, "O FreeRADIUS vê todas as senhas")


def _swept(connection: Connection) -> Finding:
    late = overdue(connection)
    if late:
        return Finding(
            False, f"Já deveria ter sido apagado: {', '.join(late)}. O serviço desk worker está funcionando?"
        )
    return Finding(True, "Nada guardado além do prazo")


def _months(connection: Connection) -> Finding:
    months = months_ahead(connection)
    if months < FEWEST_MONTHS:
        return Finding(False, f"O log tem tabelas para mais {months} meses. Execute: desk db check --repair")
    return Finding(True, f"O log tem tabelas para mais {months} meses")


_TO_PUBLIC = "CROSS JOIN aclexplode(coalesce(datacl, acldefault('d', datdba))) a WHERE a.grantee = 0"
_QUESTIONS: Final = (
    (
        "Ninguém entra neste banco sem ser chamado",
        "Direitos de PUBLIC neste banco",
        f"SELECT DISTINCT privilege_type FROM pg_database {_TO_PUBLIC} AND datname = current_database()",
    ),
    (
        "Ninguém trabalha no banco ao lado",
        "Bancos abertos a PUBLIC",
        f"SELECT DISTINCT datname::text FROM pg_database {_TO_PUBLIC} AND datname IN ('postgres', 'template1')",
    ),
    (
        "O grupo das pessoas entra neste banco",
        "Papéis sem entrada neste banco",
        "SELECT rolname::text FROM pg_roles WHERE rolname IN ('desk_operator', 'radius', 'desk_backup')"
        " AND NOT has_database_privilege(oid, current_database(), 'CONNECT')",
    ),
    (
        "Ajustes do banco no lugar",
        "Ajustes do banco que faltam",
        "SELECT wanted FROM unnest(ARRAY['jit=off']) wanted WHERE NOT EXISTS (SELECT FROM pg_db_role_setting"
        " JOIN pg_database d ON d.oid = setdatabase AND d.datname = current_database()"
        " WHERE setrole = 0 AND wanted = ANY (setconfig))",
    ),
    (
        "Ninguém cria objetos nos esquemas",
        "Esquemas em que pessoas criam objetos",
        "SELECT nspname::text FROM pg_namespace WHERE nspname !~ '^pg_'"
        " AND has_schema_privilege('desk_operator', oid, 'CREATE')",
    ),
    (
        "Todas as guardas ligadas",
        "Gatilhos desligados",
        "SELECT DISTINCT tgrelid::regclass || '.' || tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid"
        " WHERE c.relnamespace::regnamespace::text = ANY (:schemas) AND tgenabled NOT IN ('O', 'A')",
    ),
    (
        "Toda tabela que pessoas gravam tem guarda",
        "Tabelas graváveis sem guarda",
        "SELECT c.oid::regclass::text FROM pg_class c WHERE relkind IN ('r', 'p')"
        " AND relnamespace::regnamespace::text = ANY (:schemas)"
        " AND has_any_column_privilege('desk_operator', c.oid, 'INSERT, UPDATE')"
        " AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal)",
    ),
    (
        "Nenhuma função nossa está aberta a todos",
        "Funções abertas a PUBLIC",
        "SELECT DISTINCT p.oid::regprocedure::text FROM pg_proc p"
        " CROSS JOIN aclexplode(coalesce(proacl, acldefault('f', proowner))) a"
        " WHERE a.grantee = 0 AND pronamespace::regnamespace::text = ANY (:schemas) AND p.prosecdef",
    ),
    (
        "Toda função com direitos de dono tem search_path fixo",
        "Funções sem search_path fixo",
        "SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.prosecdef"
        " AND pronamespace::regnamespace::text = ANY (:schemas)"
        " AND NOT EXISTS (SELECT FROM unnest(proconfig) s WHERE s LIKE 'search_path=%')",
    ),
    (
        "Ninguém pertence a outro grupo além do seu",
        "Pessoas em grupos a mais",
        "SELECT r.rolname || ' em ' || m.roleid::regrole FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member"
        " JOIN desk.people p ON p.role = r.rolname WHERE m.roleid <> to_regrole('desk_operator')",
    ),
    (
        "A tela de pessoas alcança todas elas",
        "Pessoas que a tela de pessoas não alcança",
        "SELECT p.role FROM desk.people p JOIN pg_roles r ON r.rolname = p.role WHERE NOT p.service"
        " AND NOT EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = r.oid AND m.admin_option"
        " AND m.member = to_regrole('desk_people'))",
    ),
    (
        "Toda pessoa tem seu papel",
        "Pessoas sem papel no servidor",
        "SELECT role FROM desk.people WHERE to_regrole(quote_ident(role)) IS NULL",
    ),
)
