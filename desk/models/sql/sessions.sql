-- Owner desk_owner: connections of the customers, what is owed about them, and how long they are kept.

-- The connections that a debt is about: one of them, those of a login, those of a plan's logins, or what is left of
-- a login's at one router. One that ended
-- a moment ago still counts, since its end may come between a look and the question.
CREATE FUNCTION desk.sessions_of_debt(topic text, key text) RETURNS SETOF desk.radius_sessions
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF topic = 'radius_session' AND key COLLATE "C" ~ '^[0-9]{1,18}$' THEN
    RETURN QUERY SELECT s.* FROM desk.radius_sessions s WHERE s.id = key::bigint;
  ELSIF topic IN ('radius_login', 'plan_provisional', 'plan_speed') AND key COLLATE "C" ~ '^[0-9]{1,18}$' THEN
    RETURN QUERY SELECT s.* FROM desk.radius_logins l JOIN desk.radius_sessions s ON s.login_id = l.id
      WHERE CASE topic WHEN 'radius_login' THEN l.id ELSE l.plan_id END = key::bigint AND s.stopped_at IS NULL;
  ELSIF topic = 'router_leftover' AND key COLLATE "C" ~ '^[0-9]{1,18}/session/[0-9]{1,18}$' THEN
    -- At that router alone; where the NAS is none of ours, the access point's own router may have it.
    RETURN QUERY SELECT s.* FROM desk.radius_sessions s
        LEFT JOIN desk.routing_servers n ON n.nas_address = s.nas_address AND n.active
        LEFT JOIN desk.radius_logins l ON l.id = s.login_id LEFT JOIN desk.customer_plans p ON p.id = l.plan_id
        LEFT JOIN desk.access_points a ON a.id = p.access_point_id
      WHERE s.login_id = split_part(key, '/', 3)::bigint AND s.stopped_at IS NULL
        AND COALESCE(n.id, a.routing_server_id) = split_part(key, '/', 1)::bigint;
  END IF;
END $$;

-- A marker of speed has its hour: then RADIUS answers otherwise by itself, and open connections must be told.
CREATE FUNCTION desk_guard.speed_debt() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  next_moment timestamptz := (SELECT min(m) FROM (VALUES (NEW.throttled_until), (NEW.speed_until)) v (m)
    WHERE m > clock_timestamp());
BEGIN
  IF next_moment IS NOT NULL THEN
    PERFORM desk.owe('plan_speed', NEW.id::text, NEW.customer_id, NEW.id, next_moment);
  ELSE
    UPDATE desk.debts SET done = wanted, due_at = NULL, settled_at = clock_timestamp(), settled_by = session_user,
      proof = '{"steps": []}' WHERE topic = 'plan_speed' AND key = NEW.id::text AND done < wanted;
  END IF;
  RETURN NULL;
END $$;

-- Another speed in the catalogue: RADIUS gives it at the next login by itself; connections that are open hear of it where
-- their router can be told.
CREATE FUNCTION desk_guard.catalog_speed_debts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk.owe_logins(ARRAY(SELECT DISTINCT s.login_id FROM desk.customer_plans p
    JOIN desk.access_points a ON a.id = p.access_point_id AND a.disconnect_by = 'CoA (RADIUS)'
    JOIN desk.radius_logins l ON l.plan_id = p.id AND l.deleted_at IS NULL
    JOIN desk.radius_sessions s ON s.login_id = l.id AND s.stopped_at IS NULL WHERE p.catalog_plan_id = NEW.id));
  RETURN NULL;
END $$;

-- Another share of their speed for all throttled plans at once: RADIUS gives it at the next login by itself. Open
-- connections hear of it where their router can be told, and routers that keep queues of addresses have it written there.
CREATE FUNCTION desk_guard.throttle_debts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk.owe_logins(ARRAY(SELECT DISTINCT s.login_id FROM desk.customer_plans p
    JOIN desk.access_points a ON a.id = p.access_point_id AND a.disconnect_by = 'CoA (RADIUS)'
    JOIN desk.radius_logins l ON l.plan_id = p.id AND l.deleted_at IS NULL
    JOIN desk.radius_sessions s ON s.login_id = l.id AND s.stopped_at IS NULL WHERE p.throttled));
  PERFORM desk.owe('customer_ip', i.id::text, p.customer_id, p.id)
    FROM desk.customer_plans p JOIN desk.customer_ips i ON i.plan_id = p.id AND i.deleted_at IS NULL
    WHERE p.throttled ORDER BY i.id;
  RETURN NULL;
END $$;

-- Another profile in the catalogue: RADIUS names it at the next login by itself; a router that keeps its own secrets has
-- it written in each of them.
CREATE FUNCTION desk_guard.catalog_profile_debts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk.owe_logins(ARRAY(SELECT l.id FROM desk.customer_plans p
    JOIN desk.access_points a ON a.id = p.access_point_id
    JOIN desk.routing_servers r ON r.id = a.routing_server_id AND r.local_secrets AND r.active
    JOIN desk.radius_logins l ON l.plan_id = p.id AND l.deleted_at IS NULL WHERE p.catalog_plan_id = NEW.id));
  RETURN NULL;
END $$;

-- Of two moments the later one is still to come when the first is settled.
CREATE FUNCTION desk.speed_again(topic text, key text, lease uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  IF $1 IS DISTINCT FROM 'plan_speed' OR NOT desk.leased($1, $2, $3) THEN
    PERFORM desk.refuse('debt:lease', 'debts', '', 'Esta pendência não está mais com este Desk');
  END IF;
  PERFORM desk.owe('plan_speed', p.id::text, p.customer_id, p.id, m.at) FROM desk.customer_plans p
    CROSS JOIN LATERAL (SELECT min(v.m) AS at FROM (VALUES (p.throttled_until), (p.speed_until)) v (m)
      WHERE v.m > clock_timestamp()) m WHERE p.id = $2::bigint AND m.at IS NOT NULL;
END $$;

-- Fechar Conexão Atual: what is owed is the end of each connection that is open now, and of no later one. Where
-- accounting knows of none, the router of the access point is looked at: its start may have been lost.
CREATE FUNCTION desk.close_sessions(login_id bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  found_some integer;
BEGIN
  PERFORM desk.need_routers();
  PERFORM desk.owe('radius_session', s.id::text, p.customer_id, p.id)
    FROM desk.radius_logins l JOIN desk.customer_plans p ON p.id = l.plan_id
    JOIN desk.radius_sessions s ON s.login_id = l.id WHERE l.id = $1 AND s.stopped_at IS NULL;
  GET DIAGNOSTICS found_some = ROW_COUNT;
  IF found_some = 0 THEN
    PERFORM desk.owe('radius_session', 'login/' || l.id, p.customer_id, p.id)
      FROM desk.radius_logins l JOIN desk.customer_plans p ON p.id = l.plan_id WHERE l.id = $1;
  END IF;
  RETURN found_some;
END $$;

-- The speed a router has to be told for a login, as FreeRADIUS would tell it now; null when it has no limit.
CREATE FUNCTION desk.wanted_rate(login_id bigint) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN (SELECT d.rate_limit FROM radius_api.decisions d WHERE d.login_id = $1 AND d.granted);
END $$;

-- What FreeRADIUS would answer to this login's own equipment, all but the password: for showing it before it is so.
CREATE FUNCTION desk.radius_answer(login_id bigint) RETURNS TABLE (attribute text, value text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT a.attribute, a.value FROM desk.radius_logins l
    CROSS JOIN LATERAL radius_api.decide(l.login, COALESCE(l.mac_lock::text, '')) a
    WHERE l.id = $1 AND l.deleted_at IS NULL AND a.attribute <> 'Cleartext-Password' ORDER BY a.id, a.value;
END $$;

-- Whether a router can be asked by RADIUS at all; of the secret itself this tells nothing.
CREATE FUNCTION desk.shares_secret(server_id bigint) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN EXISTS (SELECT FROM desk_vault.nas_clear k WHERE k.routing_server_id = $1);
END $$;

-- What this very transaction has come to owe: so many of each topic at most, with the number there are in all.
CREATE FUNCTION desk.owed_now(most integer) RETURNS TABLE (topic text, key text, due_at timestamptz, plan_id bigint,
  total bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT o.topic, o.key, o.due_at, o.plan_id, o.total FROM (
    SELECT d.topic::text, d.key::text, d.due_at, d.plan_id, count(*) OVER (PARTITION BY d.topic) AS total,
           row_number() OVER (PARTITION BY d.topic ORDER BY length(d.key), d.key) AS place
      FROM desk.debts d WHERE d.xid::text = pg_current_xact_id()::text AND d.done < d.wanted) o
    WHERE o.place <= most ORDER BY o.topic, o.place;
END $$;

-- A router has taken another speed for an open connection: known by whoever holds the debt.
CREATE FUNCTION desk.session_rate(topic text, key text, lease uuid, session_id bigint, rate text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  IF NOT desk.leased($1, $2, $3) OR NOT EXISTS (
      SELECT FROM desk.sessions_of_debt($1, $2) s WHERE s.id = $4
      UNION ALL SELECT FROM desk.radius_sessions s WHERE s.id = $4 AND s.stopped_at IS NOT NULL) THEN
    PERFORM desk.refuse('debt:lease', 'debts', '', 'Esta pendência não está mais com este Desk');
  END IF;
  UPDATE desk.radius_sessions SET rate_limit = left($5, 100) WHERE id = $4 AND stopped_at IS NULL;
END $$;

-- The router itself says that a connection is gone whose end nobody reported. When it ended is not known: the last
-- report is the last moment it is known to have been there. Its accounting stop, should it come yet, puts that right
-- (radius_api.fill_session); and where it came while we looked, there is nothing left to do.
CREATE FUNCTION desk.session_lost(topic text, key text, lease uuid, session_id bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  IF NOT desk.leased($1, $2, $3) OR NOT EXISTS (
      SELECT FROM desk.sessions_of_debt($1, $2) s WHERE s.id = $4
      UNION ALL SELECT FROM desk.radius_sessions s WHERE s.id = $4 AND s.stopped_at IS NOT NULL) THEN
    PERFORM desk.refuse('debt:lease', 'debts', '', 'Esta pendência não está mais com este Desk');
  END IF;
  UPDATE desk.radius_sessions SET stopped_at = COALESCE(updated_at, started_at, clock_timestamp()),
      terminate_cause = 'Lost-Stop' WHERE id = $4 AND stopped_at IS NULL;
END $$;

-- Quem usava este IP. Whoever asks leaves a line, with each customer that the answer names, or with nobody where there is
-- none: legal requests want to know later who looked, when, and for what.
-- Where an IP is set on a router there is no connection: what the plan held at that moment, single or as part of a
-- block, answers beside what accounting knows. Such a row names no session, but plan, customer and period itself.
-- One branch for each way an address is given, each led by its own index: IPv4 or IPv6 itself, and the prefixes that
-- could hold it, named one by one, since "which prefixes contain this" has no cheap index.
CREATE FUNCTION desk.who_used(address inet, prefixes inet[], at timestamptz, near interval, silent interval,
  printed boolean) RETURNS TABLE (session_id bigint, assigned text, exact boolean, plan_id bigint, customer_id bigint,
  started_at timestamptz, ended_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  found jsonb;
BEGIN
  PERFORM desk.only_read_committed('history_entries', '');
  IF NOT EXISTS (SELECT FROM desk.people p WHERE p.role = session_user AND p.active) THEN
    PERFORM desk.refuse('person:inactive', 'radius_sessions', '', 'Só quem trabalha aqui consulta conexões');
  END IF;
  WITH v4 AS (
    SELECT o.id, host(o.framed_ip) AS assigned FROM desk.radius_sessions o WHERE family($1) = 4 AND o.framed_ip = $1
      AND o.started_at <= $3 + $4 AND (o.stopped_at IS NULL OR o.stopped_at >= $3 - $4)
      ORDER BY o.started_at DESC LIMIT 20),
  v6 AS (
    SELECT o.id, host(o.framed_ipv6) AS assigned FROM desk.radius_sessions o
      WHERE family($1) = 6 AND o.framed_ipv6 = $1
      AND o.started_at <= $3 + $4 AND (o.stopped_at IS NULL OR o.stopped_at >= $3 - $4)
      ORDER BY o.started_at DESC LIMIT 20),
  framed AS (
    SELECT o.id, o.framed_ipv6_prefix::text AS assigned FROM desk.radius_sessions o
      WHERE family($1) = 6 AND o.framed_ipv6_prefix = ANY ($2)
      AND o.started_at <= $3 + $4 AND (o.stopped_at IS NULL OR o.stopped_at >= $3 - $4)
      ORDER BY o.started_at DESC LIMIT 20),
  delegated AS (
    SELECT o.id, o.delegated_ipv6_prefix::text AS assigned FROM desk.radius_sessions o
      WHERE family($1) = 6 AND o.delegated_ipv6_prefix = ANY ($2)
      AND o.started_at <= $3 + $4 AND (o.stopped_at IS NULL OR o.stopped_at >= $3 - $4)
      ORDER BY o.started_at DESC LIMIT 20),
  hits AS (SELECT * FROM v4 UNION ALL SELECT * FROM v6 UNION ALL SELECT * FROM framed UNION ALL SELECT * FROM delegated),
  held AS (
    SELECT a.* FROM desk.ip_assignments a WHERE a.block >>= $1 AND a.started_at <= $3
      AND (a.ended_at IS NULL OR a.ended_at > $3) ORDER BY a.started_at DESC LIMIT 20),
  answers AS (
    SELECT jsonb_build_object('id', x.id, 'assigned', h.assigned, 'customer', p.customer_id, 'plan', p.id,
        'exact', x.started_at <= $3
          AND COALESCE(x.stopped_at, COALESCE(x.updated_at, x.started_at) + $5) >= $3) AS answer
      FROM hits h JOIN desk.radius_sessions x ON x.id = h.id
      LEFT JOIN desk.radius_logins l ON l.id = x.login_id LEFT JOIN desk.customer_plans p ON p.id = l.plan_id
    UNION ALL
    SELECT jsonb_build_object('assigned', CASE WHEN masklen(a.block) = CASE family(a.block) WHEN 4 THEN 32 ELSE 128 END
          THEN host(a.block) ELSE a.block::text END,
        'customer', a.customer_id, 'plan', a.plan_id, 'exact', true, 'from', a.started_at, 'until', a.ended_at)
      FROM held a)
  SELECT jsonb_agg(w.answer) INTO found FROM answers w;
  PERFORM desk.record_fact(CASE WHEN $6 THEN 'address.printed' ELSE 'address.asked' END, c.customer, c.plan,
      jsonb_build_object('address', host($1), 'moment', to_char($3 AT TIME ZONE (SELECT i.zone FROM desk.installation i), 'DD/MM/YYYY HH24:MI:SS'),
      'found', COALESCE(jsonb_array_length(found), 0)))
    FROM (SELECT DISTINCT (e ->> 'customer')::bigint AS customer, (e ->> 'plan')::bigint AS plan
            FROM jsonb_array_elements(found) e WHERE (e ->> 'exact')::boolean
          UNION ALL SELECT NULL, NULL WHERE NOT EXISTS (
            SELECT FROM jsonb_array_elements(COALESCE(found, '[]')) e WHERE (e ->> 'exact')::boolean)) c;
  RETURN QUERY SELECT (e ->> 'id')::bigint, e ->> 'assigned', (e ->> 'exact')::boolean, (e ->> 'plan')::bigint,
    (e ->> 'customer')::bigint, (e ->> 'from')::timestamptz, (e ->> 'until')::timestamptz
    FROM jsonb_array_elements(COALESCE(found, '[]')) e;
END $$;

-- Connection records older than that. What was last heard of a connection decides: one whose end was never reported
-- must not stay for ever, and one that is still reported is not over, however long ago it began. Daily use goes with
-- them, a month later; settled debts about single connections after a week.
CREATE FUNCTION desk.sweep_sessions(oldest timestamptz, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  gone integer;
  periods integer;
BEGIN
  DELETE FROM desk.radius_sessions s WHERE s.id IN (
    SELECT o.id FROM desk.radius_sessions o WHERE (o.started_at < oldest OR o.started_at IS NULL)
      AND COALESCE(o.stopped_at, o.updated_at, o.started_at, '-infinity') < oldest LIMIT most);
  GET DIAGNOSTICS gone = ROW_COUNT;
  -- Whose an address was answers the same question, and goes by the same rule.
  DELETE FROM desk.ip_assignments a WHERE a.id IN (
    SELECT o.id FROM desk.ip_assignments o WHERE o.ended_at < oldest LIMIT most);
  GET DIAGNOSTICS periods = ROW_COUNT;
  DELETE FROM desk.radius_usage u WHERE u.day < oldest::date - 31 AND u.login_id IN (
    SELECT x.login_id FROM desk.radius_usage x WHERE x.day < oldest::date - 31 LIMIT most);
  DELETE FROM desk.debts d WHERE d.topic IN ('radius_session', 'router_leftover') AND d.done = d.wanted
    AND d.settled_at < clock_timestamp() - interval '7 days';
  RETURN GREATEST(gone, periods);
END $$;

GRANT EXECUTE ON FUNCTION desk.radius_answer, desk.shares_secret, desk.owed_now, desk.who_used TO desk_operator;
GRANT EXECUTE ON FUNCTION desk.close_sessions, desk.wanted_rate, desk.session_rate, desk.session_lost, desk.speed_again
  TO desk_operator;
GRANT EXECUTE ON FUNCTION desk.sessions_of_debt TO desk_vault;
