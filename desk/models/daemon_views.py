"""What FreeRADIUS may read and write: schema `radius_api`, views over our own tables (design D4).

Nothing is copied to the daemon, so a saved change decides the very next request. `desk.models.wall` runs `DROP` before
the migrations and `VIEWS` after them, in one transaction; every statement of `DROP` also works on an empty database.
"""

from __future__ import annotations

from desk.models.access import allowed, slow, suspended_now

ROLE = "radius"
OWNER = "desk_owner"

# A throttled plan keeps this share of its speed, unless the variable of that code says otherwise.
THROTTLE_PERCENT = 10
THROTTLE_VARIABLE = "throttle_percent"
# Below this a page no longer opens, and the customer cannot even read how to pay.
THROTTLE_FLOOR_KBPS = 128
# How often a router reports an open session, and after how long a silent one no longer counts as open: a lost
# accounting stop must not lock a customer out for ever.
INTERIM_SECONDS = 300
SILENT_SECONDS = 3600
# The cause of a connection that Desk closed in the records, since its router no longer listed it.
LOST_STOP = "Lost-Stop"

_SAFE = "SET search_path = pg_catalog, pg_temp"


def search_path_sql(dbname: str) -> str:
    """The statement that lets the role `radius` find its views by their bare names in this database."""
    quoted = '"' + dbname.replace('"', '""') + '"'
    return f"ALTER ROLE {ROLE} IN DATABASE {quoted} SET search_path = radius_api"


def _station_mac(column: str) -> str:
    """SQL for the MAC that a Calling-Station-Id begins with, in any of its spellings; null where there is none."""
    # Not every station is a MAC: over L2TP it is an IP address, and a cast of that would fail the whole packet.
    mac = "^((?:[0-9A-Fa-f]{2}[:.-]?){5}[0-9A-Fa-f]{2})(?![0-9A-Fa-f])"
    return f"""regexp_replace(substring({column} COLLATE "C" from '{mac}'), '[:.-]', '', 'g')::macaddr"""


# Throttled now: not over yet, and not given its speed back for a while.
_SLOW = slow(now="now()")


def _speed(column: str) -> str:
    """SQL for one direction as the router writes it: 0 is no limit; a throttled plan keeps a share of what it has."""
    percent = f"""COALESCE((SELECT v.value::bigint FROM desk.variables v WHERE v.code = '{THROTTLE_VARIABLE}'),
      {THROTTLE_PERCENT})"""
    full = f"COALESCE(a.{column}, c.{column})"  # an IP's own speed stands above the catalogue's
    kbps = f"""CASE WHEN NOT {_SLOW} THEN {full} WHEN {full} = 0 THEN {THROTTLE_FLOOR_KBPS}
      ELSE least({full}, greatest({THROTTLE_FLOOR_KBPS}, {full} * {percent} / 100)) END"""
    return f"COALESCE(NULLIF({kbps}, 0)::text || 'k', '0')"


# FreeRADIUS replaces a character outside its safe list, such as the quote in d'avila, by = and two hex digits; a
# backslash and a double quote it puts a backslash before.
_TYPED = rf"""
CREATE FUNCTION radius_api.typed(name text) RETURNS text LANGUAGE plpgsql IMMUTABLE {_SAFE} AS $$
DECLARE
  at int := 1;
  plain text := '';
  code text;
BEGIN
  IF strpos(name, '=') = 0 THEN
    RETURN name;
  END IF;
  name := regexp_replace(name, '=5C=(5C|22)', '=\1', 'g');
  WHILE at <= length(name) LOOP
    code := substring(substr(name, at, 3) COLLATE "C" from '^=([2-7][0-9A-F])$');
    IF code IS NULL OR code = '7F' THEN
      plain := plain || substr(name, at, 1);
      at := at + 1;
    ELSE
      plain := plain || chr(('x' || code)::bit(8)::int);
      at := at + 3;
    END IF;
  END LOOP;
  RETURN plain;
END $$"""

# The IPs that this login's session brings; one whose switch blocks it is not given out.
_ADDRESSES = """
    SELECT min(host(i.block)) FILTER (WHERE family(i.block) = 4 AND masklen(i.block) = 32) AS ip,
           array_agg(i.block::text || ' 0.0.0.0 1' ORDER BY i.id)
             FILTER (WHERE family(i.block) = 4 AND masklen(i.block) < 32) AS routes,
           array_agg(i.block::text ORDER BY i.id) FILTER (WHERE family(i.block) = 6) AS prefixes,
           (array_agg(i.down_kbps ORDER BY i.id) FILTER (WHERE i.down_kbps IS NOT NULL))[1] AS down_kbps,
           (array_agg(i.up_kbps ORDER BY i.id) FILTER (WHERE i.down_kbps IS NOT NULL))[1] AS up_kbps
      FROM desk.customer_ips i
     WHERE i.login_id = l.id AND i.deleted_at IS NULL AND NOT EXISTS (
       SELECT FROM desk.ip_options o WHERE o.code = ANY (i.options) AND o.active AND o.effect = 'bloqueia o acesso')"""

# Most logins bring none, and gathering nothing would cost them half as much again as all the rest.
_NO_ADDRESSES = """
    SELECT NULL::text AS ip, NULL::text[] AS routes, NULL::text[] AS prefixes, NULL::int AS down_kbps,
           NULL::int AS up_kbps"""
_WITHOUT_IPS = """
   AND NOT EXISTS (SELECT FROM desk.customer_ips i WHERE i.login_id = l.id AND i.deleted_at IS NULL)"""


# One row for each live login, with everything a decision needs. Not granted to the daemon.
# The router names speeds from its own side: what it receives is the customer's upload, and comes first.
def _decisions(name: str, addresses: str, only: str = "") -> str:
    return f"""
CREATE VIEW radius_api.{name} AS
SELECT l.id AS login_id,
       lower(l.login::text) AS username,
       k.cleartext::text AS secret,
       {allowed(now="now()")} AS granted,
       CASE WHEN now() < p.suspended_from THEN p.suspended_from
            WHEN NOT s.grants_access THEN p.provisional_until END AS granted_until,
       CASE WHEN {suspended_now(now="now()")} THEN (SELECT t.description::text FROM desk.plan_statuses t
              WHERE t.code = 'SUSPENSAO_TEMPORARIA') ELSE s.description::text END AS status,
       l.mac_lock::macaddr AS mac_lock,
       COALESCE(host(l.fixed_ip), a.ip) AS fixed_ip,
       a.routes,
       a.prefixes,
       CASE WHEN c.simultaneous_use > 0 THEN c.simultaneous_use::text END AS simultaneous_use,
       NULLIF(c.radius_profile::text, '') AS profile,
       CASE WHEN {_SLOW} OR COALESCE(a.up_kbps, c.up_kbps) > 0 OR COALESCE(a.down_kbps, c.down_kbps) > 0
            THEN {_speed("up_kbps")} || '/' || {_speed("down_kbps")} END AS rate_limit
  FROM desk.radius_logins l
  JOIN desk.customer_plans p ON p.id = l.plan_id AND p.deleted_at IS NULL
  JOIN desk.plan_statuses s ON s.code = p.status
  JOIN desk.catalog_plans c ON c.id = p.catalog_plan_id
  LEFT JOIN desk_vault.radius_clear k ON k.login_id = l.id
  LEFT JOIN LATERAL ({addresses}) a ON true
 WHERE l.deleted_at IS NULL{only}"""


# What is asked of a login, and what it is given; only the function knows which equipment asks.
_CHECKS = """
  (0, 'Cleartext-Password', ':=', d.secret),
  (1, 'Auth-Type', ':=', CASE WHEN NOT {allowed} THEN 'Reject' END),
  (2, 'Simultaneous-Use', ':=', CASE WHEN {allowed} THEN d.simultaneous_use END)"""
_MAC_CHECK = """,
  (3, 'Calling-Station-Id', '=~', '(?i)^' || replace(d.mac_lock::text, ':', '[:.-]?') || '([^0-9a-f]|$)')"""
# A rejected customer is told why, and nothing about his speed or address. Session-Timeout ends a provisional
# permission at its minute without anybody having to disconnect.
_REPLIES = f"""
  (8, 'Reply-Message', ':=', CASE WHEN NOT d.granted THEN 'Acesso bloqueado: ' || d.status
                                  WHEN NOT {{allowed}} THEN 'Acesso bloqueado: equipamento não autorizado' END),
  (9, 'Mikrotik-Rate-Limit', ':=', CASE WHEN {{allowed}} THEN d.rate_limit END),
  (10, 'Framed-IP-Address', ':=', CASE WHEN {{allowed}} THEN d.fixed_ip END),
  (11, 'Mikrotik-Group', ':=', CASE WHEN {{allowed}} THEN d.profile END),
  (12, 'Session-Timeout', ':=', CASE WHEN {{allowed}} AND d.granted_until IS NOT NULL THEN
      greatest(1, least(2147483647, ceil(extract(epoch FROM d.granted_until - now()))))::bigint::text END),
  (13, 'Acct-Interim-Interval', ':=', CASE WHEN {{allowed}} THEN '{INTERIM_SECONDS}' END)"""
# Of these there may be several, each added to the ones before it.
_SEVERAL = """
  UNION ALL SELECT 14, 'Framed-Route', '+=', r FROM unnest(d.routes) r WHERE {allowed}
  UNION ALL SELECT 15, 'Delegated-IPv6-Prefix', '+=', r FROM unnest(d.prefixes) r WHERE {allowed}"""


def _view(name: str, rows: str, several: str = "") -> str:
    """A table of FreeRADIUS' own shape, one row for each attribute of each login."""
    values = f"{rows}{several}".format(allowed="d.granted")
    return f"""
CREATE VIEW radius_api.{name} AS
SELECT d.login_id * 16 + v.n AS id, d.username, v.attribute, v.op::varchar(2) AS op, v.value
  FROM radius_api.decisions d CROSS JOIN LATERAL (VALUES {values}) AS v (n, attribute, op, value)
 WHERE v.value IS NOT NULL"""


def _answers(view: str, several: str) -> str:
    """Everything that is asked of one login, and given to it, by one of the two views."""
    values = f"{_CHECKS},{_REPLIES}{several}".format(allowed="d.allowed")
    return f"""
  SELECT d.login_id * 16 + v.n, d.username, v.attribute, v.value, v.op
    FROM (SELECT x.*, x.granted AND (x.mac_lock IS NULL OR x.mac_lock IS NOT DISTINCT FROM mine) AS allowed
            FROM radius_api.{view} x WHERE x.username = wanted OFFSET 0) d
   CROSS JOIN LATERAL (VALUES {values}) AS v (n, attribute, op, value)
   WHERE v.value IS NOT NULL"""


# Both at once for one login, in one round trip and with a plan that is kept: planning the views anew costs more than
# reading them. The daemon's own configuration copies the answers from its control list to the reply.
# OFFSET 0 keeps the planner from repeating the expressions of the inner query in each of the rows.
_DECIDE = f"""
CREATE FUNCTION radius_api.decide(name text, station text)
RETURNS TABLE (id bigint, username text, attribute text, value text, op text)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 4 {_SAFE} AS $$
#variable_conflict use_column
DECLARE
  wanted text := lower(CASE WHEN strpos(name, '=') = 0 THEN name ELSE radius_api.typed(name) END);
  mine macaddr := CASE WHEN station <> '' THEN {_station_mac("station")} END;
BEGIN
  RETURN QUERY {_answers("plain_decisions", "")};
  IF NOT FOUND THEN
    RETURN QUERY {_answers("decisions", _SEVERAL)};
  END IF;
END $$"""


# Sessions that count against Simultaneous-Use. The same equipment coming back is no second use: its old session is
# one whose end was not reported yet.
_OPEN_SESSIONS = f"""
CREATE FUNCTION radius_api.open_sessions(name text, station text) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER {_SAFE} AS $$
DECLARE
  wanted text := lower(radius_api.typed(name));
  mine macaddr := {_station_mac("station")};
BEGIN
  RETURN (SELECT count(*) FROM desk.radius_sessions s
            JOIN desk.radius_logins l ON l.id = s.login_id
           WHERE lower(l.login::text) = wanted AND l.deleted_at IS NULL AND s.stopped_at IS NULL
             AND COALESCE(s.updated_at, s.started_at) > now() - interval '{SILENT_SECONDS} seconds'
             AND (mine IS NULL OR s.mac IS DISTINCT FROM mine));
END $$"""

# The body of a trigger runs as whoever inserts, and the daemon may not see the logins: hence definer.
# A stop for a connection that Desk itself has closed, because its router no longer listed it, knows the end better. It
# finds no open row, so the server tries to insert it: here it puts the closed one right, whatever the server's queries.
_FILL_SESSION = f"""
CREATE FUNCTION radius_api.fill_session() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER {_SAFE} AS $$
BEGIN
  IF NEW.stopped_at IS NOT NULL THEN
    UPDATE desk.radius_sessions s SET stopped_at = NEW.stopped_at, updated_at = NEW.updated_at,
           terminate_cause = NEW.terminate_cause,
           session_seconds = COALESCE(NULLIF(NEW.session_seconds, 0), s.session_seconds),
           in_octets = greatest(s.in_octets, NEW.in_octets), out_octets = greatest(s.out_octets, NEW.out_octets)
     WHERE s.unique_id = NEW.unique_id AND s.terminate_cause = '{LOST_STOP}';
    IF FOUND THEN
      RETURN NULL;
    END IF;
  END IF;
  NEW.username := radius_api.typed(NEW.username);
  NEW.login_id := (SELECT l.id FROM desk.radius_logins l
                    WHERE lower(l.login::text) = lower(NEW.username) AND l.deleted_at IS NULL);
  NEW.mac := {_station_mac("NEW.calling_station")};
  NEW.rate_limit := COALESCE(NEW.rate_limit,
    (SELECT d.rate_limit FROM radius_api.decisions d WHERE d.login_id = NEW.login_id AND d.granted));
  RETURN NEW;
END $$"""

# Routers report the whole of a connection again and again; what a day used is the difference to the report before.
_ADD_USAGE = f"""
CREATE FUNCTION radius_api.add_usage() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER {_SAFE} AS $$
BEGIN
  INSERT INTO desk.radius_usage AS u (login_id, day, in_octets, out_octets)
    SELECT NEW.login_id,
           (COALESCE(NEW.stopped_at, NEW.updated_at, NEW.started_at, clock_timestamp()) AT TIME ZONE i.zone)::date,
           greatest(0, COALESCE(NEW.in_octets, 0) - COALESCE(OLD.in_octets, 0)),
           greatest(0, COALESCE(NEW.out_octets, 0) - COALESCE(OLD.out_octets, 0))
      FROM desk.installation i
    ON CONFLICT (login_id, day) DO UPDATE
      SET in_octets = u.in_octets + excluded.in_octets, out_octets = u.out_octets + excluded.out_octets;
  RETURN NULL;
END $$"""

_RADACCT_COLUMNS = {
    "id": "radacctid",
    "session_id": "acctsessionid",
    "unique_id": "acctuniqueid",
    "username": "username",
    "realm": "realm",
    "nas_address": "nasipaddress",
    "nas_port_id": "nasportid",
    "nas_port_type": "nasporttype",
    "started_at": "acctstarttime",
    "updated_at": "acctupdatetime",
    "stopped_at": "acctstoptime",
    "update_seconds": "acctinterval",
    "session_seconds": "acctsessiontime",
    "authentic": "acctauthentic",
    "connect_info_start": "connectinfo_start",
    "connect_info_stop": "connectinfo_stop",
    "in_octets": "acctinputoctets",
    "out_octets": "acctoutputoctets",
    "called_station": "calledstationid",
    "calling_station": "callingstationid",
    "terminate_cause": "acctterminatecause",
    "service_type": "servicetype",
    "framed_protocol": "framedprotocol",
    "framed_ip": "framedipaddress",
    "framed_ipv6": "framedipv6address",
    "framed_ipv6_prefix": "framedipv6prefix",
    "framed_interface_id": "framedinterfaceid",
    "delegated_ipv6_prefix": "delegatedipv6prefix",
    "acct_class": "class",
}
_RADACCT = (
    "CREATE VIEW radius_api.radacct AS SELECT "
    + ", ".join(f"{ours} AS {theirs}" for ours, theirs in _RADACCT_COLUMNS.items())
    + " FROM desk.radius_sessions"
)

_NAS = """
CREATE VIEW radius_api.nas AS
SELECT r.id, host(r.nas_address) AS nasname, r.name::text AS shortname, 'other'::text AS type, NULL::int AS ports,
       k.cleartext::text AS secret, NULL::text AS server, NULL::text AS community, r.name::text AS description
  FROM desk.routing_servers r
  JOIN desk_vault.nas_clear k ON k.routing_server_id = r.id
 WHERE r.active AND r.nas_address IS NOT NULL"""

# A FreeRADIUS left with its own post-auth query would write down what people typed; here it falls into the void.
_RADPOSTAUTH = """
CREATE VIEW radius_api.radpostauth AS
SELECT NULL::bigint AS id, NULL::text AS username, NULL::text AS pass, NULL::text AS reply,
       NULL::text AS calledstationid, NULL::text AS callingstationid, NULL::timestamptz AS authdate, NULL::text AS class
 WHERE false"""
_FORGET_ATTEMPT = f"""
CREATE FUNCTION radius_api.forget_attempt() RETURNS trigger LANGUAGE plpgsql {_SAFE} AS $$
BEGIN
  RETURN NEW;
END $$"""

_GROUP_RULES = """
CREATE VIEW radius_api.{name} AS
SELECT NULL::bigint AS id, NULL::text AS groupname, NULL::text AS attribute, NULL::varchar(2) AS op, NULL::text AS value
 WHERE false"""

DROP: tuple[str, ...] = (
    "DROP VIEW IF EXISTS radius_api.radcheck, radius_api.radreply, radius_api.radusergroup, radius_api.radgroupcheck, "
    "radius_api.radgroupreply, radius_api.radacct, radius_api.radpostauth, radius_api.nas, radius_api.nasreload",
    "DROP FUNCTION IF EXISTS radius_api.decide(text, text)",
    "DROP FUNCTION IF EXISTS radius_api.open_sessions(text, text)",
    # These take their triggers with them.
    "DROP FUNCTION IF EXISTS radius_api.fill_session() CASCADE",
    "DROP FUNCTION IF EXISTS radius_api.add_usage() CASCADE",
    "DROP FUNCTION IF EXISTS radius_api.forget_attempt() CASCADE",
    "DROP VIEW IF EXISTS radius_api.decisions, radius_api.plain_decisions",
    "DROP FUNCTION IF EXISTS radius_api.typed(text)",
)

VIEWS: tuple[str, ...] = (
    # The schema is made by the superuser who puts up the wall; what is in it belongs to the owner of the tables, whom
    # the row policy of the secrets lets through.
    "RESET ROLE",
    "CREATE SCHEMA IF NOT EXISTS radius_api",
    f"ALTER SCHEMA radius_api OWNER TO {OWNER}",
    "REVOKE ALL ON SCHEMA radius_api FROM PUBLIC",
    f"SET LOCAL ROLE {OWNER}",
    _TYPED,
    _decisions("decisions", _ADDRESSES),
    _decisions("plain_decisions", _NO_ADDRESSES, _WITHOUT_IPS),
    _view("radcheck", _CHECKS + _MAC_CHECK),
    _view("radreply", _REPLIES, _SEVERAL),
    "CREATE VIEW radius_api.radusergroup AS SELECT login_id AS id, username, profile AS groupname, 1 AS priority "
    "FROM radius_api.decisions WHERE profile IS NOT NULL",
    _GROUP_RULES.format(name="radgroupcheck"),
    _GROUP_RULES.format(name="radgroupreply"),
    _DECIDE,
    _OPEN_SESSIONS,
    _RADACCT,
    _FILL_SESSION,
    "CREATE TRIGGER radius_api_fill BEFORE INSERT ON desk.radius_sessions "
    "FOR EACH ROW EXECUTE FUNCTION radius_api.fill_session()",
    _ADD_USAGE,
    "CREATE TRIGGER radius_api_usage_first AFTER INSERT ON desk.radius_sessions FOR EACH ROW "
    "WHEN (NEW.login_id IS NOT NULL AND (NEW.in_octets > 0 OR NEW.out_octets > 0)) "
    "EXECUTE FUNCTION radius_api.add_usage()",
    "CREATE TRIGGER radius_api_usage AFTER UPDATE OF in_octets, out_octets ON desk.radius_sessions FOR EACH ROW "
    "WHEN (NEW.login_id IS NOT NULL AND (NEW.in_octets, NEW.out_octets) IS DISTINCT FROM "
    "(OLD.in_octets, OLD.out_octets)) EXECUTE FUNCTION radius_api.add_usage()",
    _RADPOSTAUTH,
    _FORGET_ATTEMPT,
    "CREATE TRIGGER forget INSTEAD OF INSERT ON radius_api.radpostauth "
    "FOR EACH ROW EXECUTE FUNCTION radius_api.forget_attempt()",
    _NAS,
    # FreeRADIUS' own queries join it; Desk closes the sessions of a restarted router instead.
    "CREATE VIEW radius_api.nasreload AS "
    "SELECT NULL::inet AS nasipaddress, NULL::timestamptz AS reloadtime WHERE false",
    "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA radius_api FROM PUBLIC",
    f"GRANT USAGE ON SCHEMA radius_api TO {ROLE}",
    "GRANT SELECT ON radius_api.radcheck, radius_api.radreply, radius_api.radusergroup, radius_api.radgroupcheck, "
    f"radius_api.radgroupreply, radius_api.radacct, radius_api.nas, radius_api.nasreload TO {ROLE}",
    f"GRANT INSERT, UPDATE ON radius_api.radacct TO {ROLE}",
    f"GRANT INSERT ON radius_api.radpostauth TO {ROLE}",
    f"GRANT EXECUTE ON FUNCTION radius_api.decide(text, text), radius_api.open_sessions(text, text) TO {ROLE}",
    "RESET ROLE",
)
