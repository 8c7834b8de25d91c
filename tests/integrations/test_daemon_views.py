"""The real FreeRADIUS over our views: what is saved decides the next request, and it learns nothing else."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row

from desk.models.catalog import StatusCode
from desk.models.daemon_views import DROP, VIEWS, search_path_sql
from tests.builders import Login, a_catalog_plan, a_login, a_plan, a_secret
from tests.postgres import Database
from tests.standins.freeradius import Attributes, FreeRadius, chap, mschap2, nt_hash, nt_response, pap, running

PASSWORD = "s3nha do cliente"
MAC = "aa:bb:cc:dd:ee:ff"
# A looked-up secret must age, and a pool tries a lost database again after five seconds.
PATIENCE_SECONDS = 30
# What Debian ships, over our views: an installation may keep its own configuration.
STOCK = """
sql sql_auth {{
  dialect = "postgresql"
  driver = "rlm_sql_postgresql"
  radius_db = ${{db_{name}}}
  acct_table1 = "radacct"
  acct_table2 = "radacct"
  postauth_table = "radpostauth"
  authcheck_table = "radcheck"
  authreply_table = "radreply"
  groupcheck_table = "radgroupcheck"
  groupreply_table = "radgroupreply"
  usergroup_table = "radusergroup"
  client_table = "nas"
  read_groups = yes
  group_attribute = "sql_{name}-SQL-Group"
  pool {{
    start = 1
  }}
  $INCLUDE ${{modconfdir}}/sql/main/postgresql/queries.conf
}}
"""


@pytest.fixture
def radius_server(database: Database) -> Iterator[FreeRadius]:
    """FreeRADIUS as shipped, over the test's database."""
    with running(database) as server:
        yield server


def change(database: Database, table: str, id_: Any, **values: Any) -> None:
    """Update one row as a job would."""
    assign = sql.SQL(", ").join(sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder()) for name in values)
    key = "code" if table == "plan_statuses" else "id"
    statement = sql.SQL("UPDATE {} SET {} WHERE {} = %s").format(
        sql.Identifier("desk", table), assign, sql.Identifier(key)
    )
    with database.admin().transaction():
        database.admin().execute("SET LOCAL ROLE desk_job")
        assert database.admin().execute(statement, [*values.values(), id_]).rowcount == 1


def eventually(check: Callable[[], bool]) -> bool:
    """Ask again until it is so; each asking is a packet to the server, so nothing spins."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not check():
        if time.monotonic() > deadline:
            return False
    return True


def sessions(database: Database) -> list[dict[str, Any]]:
    """What the accounting has written."""
    with database.admin().cursor(row_factory=dict_row) as cursor:
        return cursor.execute("SELECT * FROM desk.radius_sessions ORDER BY id").fetchall()


def report(kind: str, login: str, *, number: str = "81500001", mac: str = MAC, **more: str) -> Attributes:
    """An accounting packet as a MikroTik sends it."""
    always = {"User-Name": f'"{login}"', "Acct-Status-Type": kind, "Acct-Session-Id": f'"{number}"'}
    where = {"Calling-Station-Id": f'"{mac.upper()}"', "NAS-Port-Id": f'"<pppoe-{login}>"', "Class": "0x6162"}
    return always | where | {name.replace("_", "-"): value for name, value in more.items()}


def a_client(database: Database, login: str = "joao", **columns: Any) -> Login:
    """A login with a password, in an enabled plan of 100/50 Mbit/s."""
    return a_login(database, login=login, password=PASSWORD, **columns)


def test_our_mschap2_is_that_of_the_standard() -> None:
    """The vectors of RFC 2759, section 9.2."""
    authenticator = bytes.fromhex("5B5D7C7D7B3F2F3E3C2C602132262628")
    peer = bytes.fromhex("21402324255E262A28295F2B3A337C7E")
    hashed = nt_hash("clientPass")
    assert hashed.hex().upper() == "44EBBA8D5312B8D611474411F56989AE"
    response = nt_response(authenticator, peer, "User", hashed)
    assert response.hex().upper() == "82309ECD8D708B5EA08FAA3981CD83544233114A3D85D6DF"


@pytest.mark.parametrize("method", [pap, chap, mschap2])
def test_password_by_each_method(database: Database, radius_server: FreeRadius, method: Any) -> None:
    a_client(database, "Joao")
    answer = radius_server.ask(method("Joao", PASSWORD))
    assert answer.accepted
    # The router receives what the customer sends: upload first.
    assert answer.attributes["Mikrotik-Rate-Limit"] == '"50000k/100000k"'
    assert "Message-Authenticator" in answer.attributes
    assert answer.attributes.keys().isdisjoint({"Cleartext-Password", "Framed-IP-Address", "Session-Timeout"})
    assert ("MS-CHAP2-Success" in answer.attributes) == (method is mschap2)

    wrong = radius_server.ask(method("Joao", "outra"))
    assert wrong.rejected
    assert "Message-Authenticator" in wrong.attributes
    assert "Mikrotik-Rate-Limit" not in wrong.attributes
    assert radius_server.ask(method("ninguem", PASSWORD)).rejected


@pytest.mark.parametrize("login", ["JOÃO.Ávila", "d'avila+1@isp.com.br", 'a=27b\\"$#&', "=41"])
def test_login_of_any_letters_in_any_case(database: Database, radius_server: FreeRadius, login: str) -> None:
    made = a_client(database, login)
    assert radius_server.ask(pap(login, PASSWORD)).accepted
    assert radius_server.ask(pap(login.lower(), PASSWORD)).accepted
    asked = pap(login, PASSWORD)["User-Name"]
    assert radius_server.account(report("Start", "x") | {"User-Name": asked}).code == "Accounting-Response"
    (session,) = sessions(database)
    assert (session["username"], session["login_id"]) == (login, made.id)


def test_what_is_saved_decides_the_next_request(database: Database, radius_server: FreeRadius) -> None:
    catalog = a_catalog_plan(database)
    plan = a_plan(database, catalog_plan=catalog)
    login = a_client(database, plan_id=plan.id, fixed_ip="100.64.0.7")
    ask = pap("joao", PASSWORD)
    assert radius_server.ask(ask).attributes["Framed-IP-Address"] == "100.64.0.7"

    change(database, "catalog_plans", catalog.id, down_kbps=300_000, radius_profile="fibra-300")
    answer = radius_server.ask(ask)
    assert answer.attributes["Mikrotik-Rate-Limit"] == '"50000k/300000k"'
    assert answer.attributes["Mikrotik-Group"] == '"fibra-300"'

    change(database, "customer_plans", plan.id, throttled=True)
    assert radius_server.ask(ask).attributes["Mikrotik-Rate-Limit"] == '"5000k/30000k"'
    change(database, "catalog_plans", catalog.id, up_kbps=600, down_kbps=0)
    assert radius_server.ask(ask).attributes["Mikrotik-Rate-Limit"] == '"128k/128k"'
    change(database, "customer_plans", plan.id, throttled=False)
    assert radius_server.ask(ask).attributes["Mikrotik-Rate-Limit"] == '"600k/0"'
    change(database, "catalog_plans", catalog.id, up_kbps=0)
    assert "Mikrotik-Rate-Limit" not in radius_server.ask(ask).attributes

    a_secret(database, "radius", login.id, "trocada", clear=True)
    assert radius_server.ask(ask).rejected
    assert radius_server.ask(pap("joao", "trocada")).accepted

    change(database, "radius_logins", login.id, deleted_at=dt.datetime.now(dt.UTC))
    gone = radius_server.ask(pap("joao", "trocada"))
    assert gone.rejected and not gone.message
    again = a_client(database, "JOAO")
    assert again.id != login.id and radius_server.ask(ask).accepted


def test_suspended_and_enabled_again(database: Database, radius_server: FreeRadius) -> None:
    plan = a_plan(database)
    a_client(database, plan_id=plan.id, fixed_ip="100.64.0.7")
    change(database, "customer_plans", plan.id, status=StatusCode.SUSPENDED_DEBT)
    for method in (pap, chap, mschap2):
        answer = radius_server.ask(method("joao", PASSWORD))
        assert answer.rejected and answer.message == "Acesso bloqueado: Suspenso por Débito"
        assert "Framed-IP-Address" not in answer.attributes
    change(database, "customer_plans", plan.id, status=StatusCode.ENABLED)
    assert radius_server.ask(pap("joao", PASSWORD)).accepted


def test_provisional_permission_ends_by_itself(database: Database, radius_server: FreeRadius) -> None:
    plan = a_plan(database, status=StatusCode.SUSPENDED_DEBT)
    a_client(database, plan_id=plan.id)
    now = dt.datetime.now(dt.UTC)
    change(database, "customer_plans", plan.id, provisional_until=now + dt.timedelta(hours=2))
    answer = radius_server.ask(pap("joao", PASSWORD))
    assert answer.accepted
    assert 7000 < int(answer.attributes["Session-Timeout"]) <= 7200
    change(database, "customer_plans", plan.id, provisional_until=now - dt.timedelta(seconds=1))
    assert radius_server.ask(pap("joao", PASSWORD)).message == "Acesso bloqueado: Suspenso por Débito"


def test_accounting_becomes_a_session(database: Database, radius_server: FreeRadius) -> None:
    login = a_client(database)
    radius_server.account(report("Start", "Joao", Framed_IP_Address="100.64.0.7"))
    (session,) = sessions(database)
    assert (session["login_id"], session["mac"], session["username"]) == (login.id, MAC, "Joao")
    assert (str(session["framed_ip"]), str(session["nas_address"])) == ("100.64.0.7", "127.0.0.1")
    assert session["nas_port_id"] == "<pppoe-Joao>" and session["stopped_at"] is None

    counters = {"Acct_Input_Octets": "5", "Acct_Input_Gigawords": "3", "Acct_Output_Octets": "7"}
    radius_server.account(report("Interim-Update", "Joao", Acct_Session_Time="300", **counters))
    (session,) = sessions(database)
    assert (session["in_octets"], session["out_octets"], session["session_seconds"]) == (3 * 2**32 + 5, 7, 300)
    assert str(session["framed_ip"]) == "100.64.0.7"

    # A stop that counts nothing leaves what was counted.
    stop = report("Stop", "Joao", Acct_Session_Time="301", Acct_Terminate_Cause="User-Request")
    radius_server.account(stop)
    (session,) = sessions(database)
    assert session["stopped_at"] is not None and session["terminate_cause"] == "User-Request"
    assert session["in_octets"] == 3 * 2**32 + 5

    # Late copies are acknowledged, and change nothing.
    for late in (report("Start", "Joao"), report("Interim-Update", "Joao", Acct_Session_Time="299"), stop):
        assert radius_server.account(late).code == "Accounting-Response"
    assert sessions(database) == [session]

    # A stop whose start was lost still makes a session, begun when it says.
    radius_server.account(report("Stop", "joao", number="81500002", Acct_Session_Time="3600"))
    lost = sessions(database)[1]
    assert lost["stopped_at"] - lost["started_at"] == dt.timedelta(hours=1) and lost["login_id"] == login.id

    # A router that starts anew has no session left.
    radius_server.account(report("Start", "joao", number="81500003"))
    radius_server.account({"Acct-Status-Type": "Accounting-On"})
    assert [row["terminate_cause"] for row in sessions(database)][2] == "NAS-Reboot"


@pytest.mark.parametrize("station", ["192.168.100.101", "modem da sala", "aabbccddeeff00"])
def test_a_station_that_is_no_mac_is_no_error(database: Database, radius_server: FreeRadius, station: str) -> None:
    a_client(database)
    assert radius_server.ask(pap("joao", PASSWORD, Calling_Station_Id=station)).accepted
    assert radius_server.account(report("Start", "joao", mac=station)).code == "Accounting-Response"
    assert sessions(database)[0]["mac"] is None


def test_mac_lock_in_any_spelling(database: Database, radius_server: FreeRadius) -> None:
    a_client(database, mac_lock=MAC)
    for spelling in (MAC, MAC.upper(), "AA-BB-CC-DD-EE-FF", "aabb.ccdd.eeff", "AABBCCDDEEFF", "AA-BB-CC-DD-EE-FF:wifi"):
        assert radius_server.ask(pap("joao", PASSWORD, Calling_Station_Id=spelling)).accepted, spelling
    for method in (pap, chap, mschap2):
        answer = radius_server.ask(method("joao", PASSWORD, Calling_Station_Id="AA:BB:CC:DD:EE:00"))
        assert answer.rejected and answer.message == "Acesso bloqueado: equipamento não autorizado"
    assert radius_server.ask(pap("joao", PASSWORD)).rejected


def test_simultaneous_use(database: Database, radius_server: FreeRadius) -> None:
    catalog = a_catalog_plan(database, simultaneous_use=1)
    a_client(database, plan_id=a_plan(database, catalog_plan=catalog).id)
    radius_server.account(report("Start", "joao"))
    other = pap("JOAO", PASSWORD, Calling_Station_Id="00:11:22:33:44:55")
    answer = radius_server.ask(other)
    assert answer.rejected and answer.message == "Acesso bloqueado: já conectado em outro equipamento"
    # The same equipment dials again before the end of its old session was reported.
    assert radius_server.ask(pap("joao", PASSWORD, Calling_Station_Id=MAC)).accepted
    change(database, "catalog_plans", catalog.id, simultaneous_use=2)
    assert radius_server.ask(other).accepted
    change(database, "catalog_plans", catalog.id, simultaneous_use=1)
    radius_server.account(report("Stop", "joao"))
    assert radius_server.ask(other).accepted

    # A session whose end never came does not lock the customer out for ever.
    radius_server.account(report("Start", "joao", number="81500002"))
    assert radius_server.ask(other).rejected
    database.admin().execute("UPDATE desk.radius_sessions SET updated_at = now() - interval '2 hours'")
    assert radius_server.ask(other).accepted


def test_only_known_routers_with_their_secret_are_answered(database: Database, radius_server: FreeRadius) -> None:
    a_client(database)
    ask = pap("joao", PASSWORD)
    assert radius_server.ask(ask).accepted
    assert radius_server.ask(ask, source="127.0.0.2", silent=True).code == ""
    assert radius_server.ask(ask, signed=False, silent=True).code == ""

    (router,) = database.admin().execute("SELECT id FROM desk.routing_servers").fetchone() or (0,)
    radius_server.secret = "segredo novo"
    a_secret(database, "nas", router, radius_server.secret, clear=True)
    assert eventually(lambda: radius_server.ask(ask, silent=True).accepted)
    change(database, "routing_servers", router, active=False)
    assert eventually(lambda: radius_server.ask(ask, silent=True).code == "")


def test_it_tells_a_router_that_it_lives(radius_server: FreeRadius) -> None:
    answer = radius_server._send("status", radius_server.auth_port, {"Message-Authenticator": "0x00"}, "127.0.0.1")
    assert answer.accepted


def test_without_the_database_there_is_silence_and_no_refusal(database: Database) -> None:
    a_client(database)
    ask = pap("joao", PASSWORD)
    with running(database, site={"nas_lifetime": "600"}) as server:
        assert server.ask(ask).accepted
        with database.cluster.admin() as admin:
            name = sql.Identifier(database.name)
            admin.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'radius' AND datname = %s",
                (database.name,),
            )
            assert server.ask(ask, silent=True).code == ""
            assert server.account(report("Start", "joao"), silent=True).code == ""
            admin.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))
        assert eventually(lambda: server.ask(ask, silent=True).accepted)


def test_logins_go_on_while_nothing_can_be_written(database: Database) -> None:
    """Two instances: the one that decides may be on a standby."""
    a_client(database)
    nowhere = psycopg.conninfo.make_conninfo(database.dsn("radius"), dbname="nao_existe")
    with running(database, db_acct=nowhere) as server:
        assert server.ask(pap("joao", PASSWORD)).accepted
        assert server.account(report("Start", "joao"), silent=True).code == ""


def test_what_was_typed_stays_nowhere(database: Database) -> None:
    typed = ("digitada-por-engano-1", "digitada-por-engano-2")
    a_client(database)
    database.admin().execute(
        "INSERT INTO radius_api.radpostauth (username, pass, reply) VALUES ('joao', %s, 'Access-Reject')", (typed[0],)
    )
    with running(database) as server:
        for method in (pap, chap, mschap2):
            for word in typed:
                assert server.ask(method("joao", word)).rejected
            assert server.ask(method("joao", PASSWORD)).accepted
        secret = server.secret
    kept = [*typed, PASSWORD, secret, "radius-senha-1"]
    assert "Login incorrect" in server.said and not [word for word in kept if word in server.said]
    holders = set()
    for schema, table in tables(database, "desk", "desk_vault", "radius_api"):
        query = sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(schema, table))
        text = "\n".join(row[0] for row in database.admin().execute(query))
        assert not [word for word in typed if word in text], table
        if PASSWORD in text:
            holders.add(table)
    assert holders == {"radius_clear", "radcheck", "decisions", "plain_decisions"}


def tables(database: Database, *schemas: str) -> list[tuple[str, str]]:
    """Tables and views of these schemas."""
    query = (
        "SELECT n.nspname::text, c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = ANY (%s) AND c.relkind IN ('r', 'p', 'v') ORDER BY 1, 2"
    )
    return database.admin().execute(query, (list(schemas),)).fetchall()


def test_the_daemon_reads_nothing_else(database: Database) -> None:
    a_client(database)
    database.admin().execute("ALTER ROLE radius PASSWORD 'radius-senha-1'")
    radius = database.connect("radius")
    shown = {"radcheck", "radreply", "radusergroup", "radgroupcheck", "radgroupreply", "radacct", "nas", "nasreload"}
    for schema, table in tables(database, "desk", "desk_vault", "desk_guard", "radius_api"):
        query = sql.SQL("SELECT * FROM {}").format(sql.Identifier(schema, table))
        if schema == "radius_api" and table in shown:
            radius.execute(query)
        else:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                radius.execute(query)
    for act in (
        "DELETE FROM radius_api.radacct",
        "UPDATE desk.radius_sessions SET username = 'x'",
        "TRUNCATE desk.radius_sessions",
        "CREATE TABLE radius_api.mine ()",
        "CREATE TEMP TABLE mine ()",
        "SELECT radius_api.typed('x')",
        "SELECT desk.me()",
        "SET ROLE desk_owner",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            radius.execute(act)
    # A table of the same name put in front does not fool the functions.
    assert radius.execute("SELECT count(*) FROM radius_api.decide('JOAO', '')").fetchone() == (4,)


def test_no_operator_reads_the_daemons_views(database: Database) -> None:
    administrator = database.connect("administrador")
    for act in (
        "SELECT * FROM radius_api.radcheck",
        "SELECT * FROM radius_api.nas",
        "SELECT radius_api.decide('joao', '')",
        "INSERT INTO radius_api.radacct (acctsessionid, acctuniqueid, nasipaddress) VALUES ('1', '1', '127.0.0.1')",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            administrator.execute(act)


def test_views_say_the_same_as_the_function(database: Database) -> None:
    for status in StatusCode:
        catalog = a_catalog_plan(database, radius_profile=f"perfil-{status}", simultaneous_use=2)
        plan = a_plan(database, status=status, catalog_plan=catalog, throttled=status is StatusCode.ENABLED)
        a_login(database, plan_id=plan.id, password=None if status is StatusCode.TRIAL else PASSWORD)
    admin = database.admin()
    views = "SELECT {} FROM radius_api.radcheck UNION ALL SELECT {} FROM radius_api.radreply".replace(
        "{}", "id, username, attribute, value, op::text"
    )
    said = "SELECT d.* FROM desk.radius_logins l, LATERAL radius_api.decide(upper(l.login), '') d"
    assert sorted(admin.execute(views).fetchall()) == sorted(admin.execute(said).fetchall())


def test_debians_own_queries_work_over_the_views(database: Database) -> None:
    database.admin().execute(search_path_sql(database.name))
    plan = a_plan(database)
    login = a_client(database, plan_id=plan.id, mac_lock=MAC)
    stock = STOCK.format(name="auth") + STOCK.format(name="acct").replace("sql sql_auth", "sql sql_acct")
    with running(database, stock=stock) as server:
        mine = pap("joao", PASSWORD, Calling_Station_Id="AA-BB-CC-DD-EE-FF")
        answer = server.ask(mine)
        assert answer.accepted and answer.attributes["Mikrotik-Rate-Limit"] == '"50000k/100000k"'
        assert server.ask(pap("joao", PASSWORD, Calling_Station_Id="00:11:22:33:44:55")).rejected
        for kind in ("Start", "Interim-Update", "Stop"):
            assert server.account(report(kind, "joao", Acct_Session_Time="10")).code == "Accounting-Response"
        change(database, "customer_plans", plan.id, status=StatusCode.SUSPENDED)
        assert server.ask(mine).message == "Acesso bloqueado: Suspenso"
    (session,) = sessions(database)
    assert session["login_id"] == login.id and session["stopped_at"] is not None


def test_views_are_dropped_and_made_again(database: Database) -> None:
    with database.admin().transaction():
        for _ in range(2):
            for statement in (*DROP, *VIEWS):
                database.admin().execute(statement.encode())
    owners = database.admin().execute(
        "SELECT DISTINCT pg_get_userbyid(relowner)::text FROM pg_class WHERE relnamespace = 'radius_api'::regnamespace"
    )
    assert owners.fetchall() == [("desk_owner",)]


def test_the_shipped_configuration_is_sound(database: Database) -> None:
    with running(database) as server:
        server.check()
