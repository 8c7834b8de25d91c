-- Owner desk_owner: what a look at a router found is owed again, and what is on a router that belongs to nothing there.

-- The router a debt is about: leftovers name it, anything else hangs on a plan's access point.
CREATE FUNCTION desk.leftover_server(topic text, key text) RETURNS bigint LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN topic = 'router_leftover' THEN split_part(key, '/', 1)::bigint END
$$;

-- A debt says only what to look at, never what to do: whoever settles it compares with the rows first. So asking for too
-- much does nothing, and asking twice neither. `owners` are logins or IPs; `kinds` name what to bring in line:
-- 'login' and 'ip' wherever they belong, 'leftover/login', 'leftover/ip', 'leftover/session' what is at that router.
CREATE FUNCTION desk.correct_drift(servers bigint[], kinds text[], owners bigint[], things text[])
RETURNS TABLE (topic text, key text, device bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  PERFORM desk.need(ARRAY['routing_servers'], 'debts', '');
  IF (cardinality(servers) BETWEEN 1 AND 50000 AND cardinality(kinds) = cardinality(servers)
      AND cardinality(owners) = cardinality(servers) AND cardinality(things) = cardinality(servers)
      AND kinds <@ ARRAY['login', 'ip', 'leftover/login', 'leftover/ip', 'leftover/session']
      AND NOT EXISTS (SELECT FROM unnest(owners) o WHERE (o > 0) IS NOT TRUE)) IS NOT TRUE THEN
    PERFORM desk.refuse('rule:drift_items', 'debts', '', 'Lista de correções inválida');
  END IF;
  IF EXISTS (SELECT FROM unnest(servers) s WHERE NOT EXISTS (
      SELECT FROM desk.routing_servers r WHERE r.id = s AND r.active)) THEN
    PERFORM desk.refuse('rule:drift_router', 'debts', '', 'O roteador não existe mais ou não está ativo');
  END IF;
  PERFORM desk.owe_logins(ARRAY(
    SELECT DISTINCT u.o FROM unnest(kinds, owners) u (k, o) WHERE u.k = 'login' ORDER BY u.o));
  PERFORM desk.owe('customer_ip', i.id::text, p.customer_id, p.id)
    FROM (SELECT DISTINCT u.o FROM unnest(kinds, owners) u (k, o) WHERE u.k = 'ip' ORDER BY u.o) u
    JOIN desk.customer_ips i ON i.id = u.o JOIN desk.customer_plans p ON p.id = i.plan_id;
  -- In the order of keys, so that two people who correct the same cannot block each other.
  INSERT INTO desk.debts AS d (topic, key, wanted, done, due_at, changed_at, customer_id, xid)
    SELECT DISTINCT ON (u.s || '/' || substr(u.k, 10) || '/' || u.o)
      'router_leftover', u.s || '/' || substr(u.k, 10) || '/' || u.o, 1, 0, clock_timestamp(), clock_timestamp(),
      p.customer_id, pg_current_xact_id()::text::bigint
    FROM unnest(servers, kinds, owners) u (s, k, o)
      LEFT JOIN desk.radius_logins l ON u.k <> 'leftover/ip' AND l.id = u.o
      LEFT JOIN desk.customer_ips i ON u.k = 'leftover/ip' AND i.id = u.o
      LEFT JOIN desk.customer_plans p ON p.id = COALESCE(l.plan_id, i.plan_id)
    WHERE u.k LIKE 'leftover/%' ORDER BY 2
    ON CONFLICT ON CONSTRAINT pk_debts DO UPDATE SET wanted = d.wanted + 1, due_at = excluded.due_at, attempts = 0,
      last_error = NULL, last_detail = NULL, changed_at = excluded.changed_at, customer_id = excluded.customer_id,
      xid = excluded.xid;
  -- One line for each thing: with its customer where it has one, so that it stands in that Histórico too.
  PERFORM desk.record_fact('drift.corrected', p.customer_id, p.id, jsonb_build_object('router', r.name, 'kind', u.k,
      'owner_id', u.o, 'thing', left(u.t, 200)))
    FROM unnest(servers, kinds, owners, things) WITH ORDINALITY u (s, k, o, t, n)
      JOIN desk.routing_servers r ON r.id = u.s
      LEFT JOIN desk.radius_logins l ON u.k NOT IN ('ip', 'leftover/ip') AND l.id = u.o
      LEFT JOIN desk.customer_ips i ON u.k IN ('ip', 'leftover/ip') AND i.id = u.o
      LEFT JOIN desk.customer_plans p ON p.id = COALESCE(l.plan_id, i.plan_id) ORDER BY u.n;
  PERFORM pg_notify('desk_changed', 'debts/');
  RETURN QUERY SELECT d.topic::text, d.key::text,
      COALESCE(desk.leftover_server(d.topic, d.key), a.routing_server_id)
    FROM desk.debts d LEFT JOIN desk.customer_plans p ON p.id = d.plan_id
      LEFT JOIN desk.access_points a ON a.id = p.access_point_id
    WHERE d.xid::text = pg_current_xact_id()::text ORDER BY d.topic, d.key;
END $$;

GRANT EXECUTE ON FUNCTION desk.correct_drift, desk.leftover_server TO desk_operator;
