-- Owner desk_owner: what the outside world is owed. Operators hold no grant on the table.

CREATE FUNCTION desk.owe(topic text, key text, customer_id bigint, plan_id bigint,
  due_at timestamptz DEFAULT clock_timestamp()) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO desk.debts AS d (topic, key, wanted, done, due_at, changed_at, customer_id, plan_id, xid)
    VALUES (owe.topic, owe.key, 1, 0, owe.due_at, clock_timestamp(), owe.customer_id, owe.plan_id,
      pg_current_xact_id()::text::bigint)
  ON CONFLICT ON CONSTRAINT pk_debts DO UPDATE SET wanted = d.wanted + 1, due_at = excluded.due_at, attempts = 0,
    last_error = NULL, last_detail = NULL, changed_at = excluded.changed_at, customer_id = excluded.customer_id,
    plan_id = excluded.plan_id, xid = excluded.xid;
  PERFORM pg_notify('desk_changed', 'debts/' || COALESCE(owe.customer_id::text, ''));
END $$;

-- Set-based: one line of settings can move thousands. It also notes down which router will hold their secrets, so that
-- it is known later which one to clear. In the order of ids, so that two of them cannot block each other.
CREATE FUNCTION desk.owe_logins(logins bigint[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO desk.login_places (login_id, routing_server_id)
    SELECT l.id, r.id FROM desk.radius_logins l JOIN desk.customer_plans p ON p.id = l.plan_id
      JOIN desk.access_points a ON a.id = p.access_point_id
      JOIN desk.routing_servers r ON r.id = a.routing_server_id AND r.active AND r.local_secrets
    WHERE l.id = ANY (logins) AND l.deleted_at IS NULL ORDER BY l.id
    ON CONFLICT DO NOTHING;
  INSERT INTO desk.debts AS d (topic, key, wanted, done, due_at, changed_at, customer_id, plan_id, xid)
    SELECT 'radius_login', l.id::text, 1, 0, clock_timestamp(), clock_timestamp(), p.customer_id, p.id,
      pg_current_xact_id()::text::bigint
    FROM desk.radius_logins l JOIN desk.customer_plans p ON p.id = l.plan_id WHERE l.id = ANY (logins) ORDER BY l.id
    ON CONFLICT ON CONSTRAINT pk_debts DO UPDATE SET wanted = d.wanted + 1, due_at = excluded.due_at, attempts = 0,
      last_error = NULL, last_detail = NULL, changed_at = excluded.changed_at, customer_id = excluded.customer_id,
      plan_id = excluded.plan_id, xid = excluded.xid;
  PERFORM pg_notify('desk_changed', 'debts/' || c.customer_id) FROM (SELECT DISTINCT p.customer_id
    FROM desk.radius_logins l JOIN desk.customer_plans p ON p.id = l.plan_id WHERE l.id = ANY (logins)) c;
END $$;

CREATE FUNCTION desk_guard.plan_debts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk.owe_logins(ARRAY(
    SELECT l.id FROM desk.radius_logins l WHERE l.plan_id = NEW.id AND l.deleted_at IS NULL));
  PERFORM pg_notify('desk_changed', 'plans/' || NEW.customer_id);
  RETURN NULL;
END $$;

-- Another router stands behind an access point: the old one must lose what the new one must get.
CREATE FUNCTION desk_guard.access_point_debts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk.owe_logins(ARRAY(SELECT l.id FROM desk.customer_plans p JOIN desk.radius_logins l ON l.plan_id = p.id
    WHERE p.access_point_id = NEW.id AND l.deleted_at IS NULL));
  RETURN NULL;
END $$;

-- A router begins or ends to keep secrets, comes back into use, or is another one at another address.
CREATE FUNCTION desk_guard.routing_server_debts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk.owe_logins(ARRAY(
    SELECT l.id FROM desk.access_points a JOIN desk.customer_plans p ON p.access_point_id = a.id
      JOIN desk.radius_logins l ON l.plan_id = p.id WHERE a.routing_server_id = NEW.id AND l.deleted_at IS NULL
    UNION SELECT h.login_id FROM desk.login_places h WHERE h.routing_server_id = NEW.id));
  RETURN NULL;
END $$;

CREATE FUNCTION desk_guard.provisional_debt() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.provisional_until IS NOT NULL THEN
    PERFORM desk.owe('plan_provisional', NEW.id::text, NEW.customer_id, NEW.id, NEW.provisional_until);
  ELSE
    -- Over before its time: the change of the plan itself is what the network is owed now.
    UPDATE desk.debts SET done = wanted, due_at = NULL, settled_at = clock_timestamp(), settled_by = session_user,
      proof = '{"steps": []}' WHERE topic = 'plan_provisional' AND key = NEW.id::text AND done < wanted;
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION desk_guard.login_debt() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk.owe_logins(ARRAY[NEW.id]);
  RETURN NULL;
END $$;

-- Who cannot get into a router would only fail, and so park what others could deliver.
CREATE FUNCTION desk.may_settle() RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM desk.installation i WHERE i.settle_by = 'desk' OR session_user = 'desk_worker')
    AND EXISTS (SELECT FROM desk.people p WHERE p.role = session_user AND p.active) AND desk.acts_on_routers();
END $$;

-- A named debt is taken even when it is parked or waits for its next attempt: a person asked. What was set for a
-- later moment, and never tried, is nobody's before that moment. Without a name: the next one that is due, leaving
-- out those behind routers at which the caller can do nothing now.
CREATE FUNCTION desk.debt_lease(of_topic text DEFAULT NULL, of_key text DEFAULT NULL, avoid bigint[] DEFAULT '{}')
RETURNS TABLE (topic text, key text, wanted bigint, lease uuid, attempts integer, customer_id bigint, plan_id bigint,
  device bigint) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  got_topic text;
  got_key text;
BEGIN
  PERFORM desk.only_read_committed('debts', '');
  IF NOT desk.may_settle() THEN RETURN; END IF;
  IF of_topic IS NULL THEN
    SELECT d.topic, d.key INTO got_topic, got_key FROM desk.debts d
      WHERE d.done < d.wanted AND d.due_at <= clock_timestamp()
        AND (d.leased_until IS NULL OR d.leased_until <= clock_timestamp())
        AND NOT (cardinality(avoid) > 0 AND EXISTS (SELECT FROM desk.customer_plans p
          JOIN desk.access_points a ON a.id = p.access_point_id
          WHERE p.id = d.plan_id AND a.routing_server_id = ANY (avoid)))
        AND (desk.leftover_server(d.topic, d.key) = ANY (avoid)) IS NOT TRUE
      ORDER BY d.due_at LIMIT 1 FOR UPDATE SKIP LOCKED;
  ELSE
    SELECT d.topic, d.key INTO got_topic, got_key FROM desk.debts d
      WHERE d.topic = of_topic AND d.key = of_key AND d.done < d.wanted
        AND (d.leased_until IS NULL OR d.leased_until <= clock_timestamp())
        AND (d.due_at IS NULL OR d.due_at <= clock_timestamp() OR d.attempts > 0)
      FOR UPDATE SKIP LOCKED;
  END IF;
  IF got_topic IS NULL THEN RETURN; END IF;
  RETURN QUERY UPDATE desk.debts d SET lease = gen_random_uuid(), leased_by = session_user,
      leased_until = clock_timestamp() + interval '60 seconds', attempts = d.attempts + 1
    WHERE d.topic = got_topic AND d.key = got_key
    RETURNING d.topic::text, d.key::text, d.wanted, d.lease, d.attempts, d.customer_id, d.plan_id,
      COALESCE(desk.leftover_server(d.topic, d.key), (SELECT a.routing_server_id FROM desk.customer_plans p
        JOIN desk.access_points a ON a.id = p.access_point_id WHERE p.id = d.plan_id));
END $$;

CREATE FUNCTION desk.leased(topic text, key text, lease uuid) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM desk.debts d WHERE d.topic = leased.topic AND d.key = leased.key
    AND d.lease = leased.lease AND d.leased_by = session_user AND d.leased_until > clock_timestamp())
$$;

-- What a desk says it saw is shown on every other one, so it has an end.
CREATE FUNCTION desk.checked_proof(proof jsonb) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF length(proof::text) > 100000 THEN
    RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'Comprovante de entrega grande demais';
  END IF;
END $$;

CREATE FUNCTION desk.debt_settle(topic text, key text, upto bigint, lease uuid, proof jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  whose bigint;
  all_done boolean;
BEGIN
  PERFORM desk.checked_proof($5);
  UPDATE desk.debts d SET done = $3, proof = $5, settled_at = clock_timestamp(), settled_by = session_user,
      lease = NULL, leased_by = NULL, leased_until = NULL, attempts = 0, last_error = NULL, last_detail = NULL,
      due_at = CASE WHEN $3 < d.wanted THEN d.due_at END  -- as the change during the delivery set it
    WHERE d.topic = $1 AND d.key = $2 AND desk.leased($1, $2, $4) AND d.done < $3 AND $3 <= d.wanted
    RETURNING d.customer_id, d.done = d.wanted INTO whose, all_done;
  IF NOT FOUND THEN
    PERFORM desk.refuse('debt:lease', 'debts', '', 'Esta pendência não está mais com este Desk');
  END IF;
  IF $1 = 'radius_login' AND all_done THEN
    -- Every router in use was visited, so that only the one which keeps the secret holds it now.
    DELETE FROM desk.login_places h USING desk.routing_servers r
      WHERE h.login_id = $2::bigint AND r.id = h.routing_server_id AND r.active AND NOT (r.local_secrets AND EXISTS (
        SELECT FROM desk.radius_logins l JOIN desk.customer_plans p ON p.id = l.plan_id
          JOIN desk.access_points a ON a.id = p.access_point_id
        WHERE l.id = h.login_id AND l.deleted_at IS NULL AND a.routing_server_id = r.id));
  END IF;
  PERFORM pg_notify('desk_changed', 'debts/' || COALESCE(whose::text, ''));
END $$;

-- The next attempt: 5 s, doubling up to an hour, spread so that desks do not come together. A change that came
-- during the attempt keeps the moment that it asked for: what failed was the state before it.
CREATE FUNCTION desk.debt_fail(topic text, key text, lease uuid, code text, detail text, retry boolean,
  proof jsonb DEFAULT NULL) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  whose bigint;
  next_due timestamptz;
BEGIN
  PERFORM desk.checked_proof($7);
  UPDATE desk.debts d SET last_error = left($4, 40), last_detail = left($5, 300), proof = COALESCE($7, d.proof),
      lease = NULL, leased_by = NULL, leased_until = NULL,
      due_at = CASE WHEN d.changed_at > d.leased_until - interval '60 seconds' THEN d.due_at
        WHEN $6 THEN clock_timestamp() + interval '1 second'
        * LEAST(3600, 5 * 2 ^ LEAST(GREATEST(d.attempts - 1, 0), 10)) * (0.75 + random() / 2) END
    WHERE d.topic = $1 AND d.key = $2 AND desk.leased($1, $2, $3)
    RETURNING d.customer_id, d.due_at INTO whose, next_due;
  IF NOT FOUND THEN
    PERFORM desk.refuse('debt:lease', 'debts', '', 'Esta pendência não está mais com este Desk');
  END IF;
  PERFORM pg_notify('desk_changed', 'debts/' || COALESCE(whose::text, ''));
  RETURN next_due;
END $$;

CREATE FUNCTION desk.debt_retry(topic text, key text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  whose bigint;
BEGIN
  PERFORM desk.only_read_committed('debts', '');
  UPDATE desk.debts d SET due_at = clock_timestamp(), attempts = 0
    WHERE d.topic = $1 AND d.key = $2 AND d.done < d.wanted AND (d.due_at IS NULL OR d.attempts > 0)
    RETURNING d.customer_id INTO whose;
  IF FOUND THEN
    PERFORM pg_notify('desk_changed', 'debts/' || COALESCE(whose::text, ''));
  END IF;
END $$;

GRANT EXECUTE ON FUNCTION desk.debt_lease, desk.debt_settle, desk.debt_fail, desk.debt_retry, desk.may_settle
  TO desk_operator;
GRANT EXECUTE ON FUNCTION desk.owe, desk.leased TO desk_vault;
