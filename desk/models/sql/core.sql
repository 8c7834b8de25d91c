-- Owner desk_owner: the question every guard asks, and what every command begins with.

CREATE FUNCTION desk.refuse(rule text, tbl text, col text, says text) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = COALESCE(NULLIF(says, ''), 'Não é permitido'), SCHEMA = 'desk',
    TABLE = COALESCE(tbl, ''), COLUMN = COALESCE(col, ''), CONSTRAINT = COALESCE(rule, '?');
END $$;

CREATE FUNCTION desk.only_read_committed(tbl text, col text) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- In a snapshot a permission that was taken away would still be there.
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    PERFORM desk.refuse('isolation', tbl, col, 'Gravações exigem READ COMMITTED');
  END IF;
END $$;

-- VOLATILE: each call looks afresh.
CREATE FUNCTION desk.need(any_of text[], tbl text, col text) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  labels text;
BEGIN
  PERFORM desk.only_read_committed(tbl, col);
  IF EXISTS (SELECT FROM desk.person_permissions g JOIN desk.people p ON p.role = g.role
             WHERE g.role = session_user AND p.active AND g.permission = ANY (any_of)) THEN
    RETURN;
  END IF;
  SELECT string_agg('"' || label || '"', ' ou ' ORDER BY array_position(any_of, code::text)) INTO labels
    FROM desk.permissions WHERE code = ANY (any_of);
  RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = 'Falta a permissão ' || COALESCE(labels, '(desconhecida)'),
    DETAIL = COALESCE(jsonb_build_object('any_of', any_of)::text, ''), SCHEMA = 'desk',
    TABLE = COALESCE(tbl, ''), COLUMN = COALESCE(col, ''), CONSTRAINT = 'permission:' || COALESCE(any_of[1], '?');
END $$;

-- Control characters but for the ends of lines and tabs, marks without a width, and what turns the direction of reading:
-- Unicode 200B, 200E, 200F, 202A to 202E, 2066 to 2069, 061C, FEFF. Without a backslash, see desk.ip_block.
CREATE FUNCTION desk.hides_something(written text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT written COLLATE "C" ~ ('[' || chr(1) || '-' || chr(8) || chr(11) || '-' || chr(12) || chr(14) || '-' || chr(31)
    || chr(127) || '-' || chr(159) || chr(1564) || chr(8203) || chr(8206) || chr(8207) || chr(8234) || '-' || chr(8238)
    || chr(8294) || '-' || chr(8297) || chr(65279) || ']')
$$;

CREATE FUNCTION desk.must_not(code text, tbl text, col text) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  label text;
BEGIN
  PERFORM desk.only_read_committed(tbl, col);
  SELECT p.label INTO label FROM desk.person_permissions g JOIN desk.permissions p ON p.code = g.permission
    WHERE g.role = session_user AND g.permission = must_not.code;
  IF FOUND THEN
    PERFORM desk.refuse('forbidden_by:' || code, tbl, col, 'Impedido pela permissão "' || label || '"');
  END IF;
END $$;

CREATE FUNCTION desk.holds(VARIADIC any_of text[]) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM desk.person_permissions g JOIN desk.people p ON p.role = g.role
                 WHERE g.role = session_user AND p.active AND g.permission = ANY (any_of))
$$;

-- The company's day: the session's time zone, and with it current_date, is the clerk's to choose.
CREATE FUNCTION desk.today() RETURNS date LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
  SELECT (clock_timestamp() AT TIME ZONE i.zone)::date FROM desk.installation i
$$;

CREATE FUNCTION desk.me(OUT role text, OUT full_name text, OUT active boolean, OUT must_change_password boolean,
  OUT permissions text[], OUT company text, OUT demo boolean, OUT zone text)
RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT p.role, p.full_name, p.active, p.must_change_password,
    ARRAY(SELECT g.permission::text FROM desk.person_permissions g WHERE g.role = p.role ORDER BY 1),
    i.company, i.demo, i.zone
  FROM desk.people p CROSS JOIN desk.installation i WHERE p.role = session_user
$$;

CREATE FUNCTION desk.begin_command(id uuid, name text, any_of text[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk.only_read_committed('commands', '');
  -- A program that signed in before the tables were migrated further is told so, before it writes as it used to.
  IF nullif(current_setting('desk.program', true), '') <> (SELECT version_num FROM desk.alembic_version) THEN
    RAISE EXCEPTION 'this program was made for other tables'
      USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'program:outgrown';
  END IF;
  IF cardinality(any_of) > 0 THEN
    PERFORM desk.need(any_of, '', '');
  END IF;
  INSERT INTO desk.commands (id, name, who, at)
    VALUES (begin_command.id, begin_command.name, session_user, clock_timestamp());
  PERFORM set_config('desk.command', id::text, true);
END $$;

-- Everything that a command leaves behind, in one round trip; it can do no more than its caller could step by step.
CREATE FUNCTION desk.end_command(lines jsonb, changed text) RETURNS TABLE (topic text, key text, device bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  PERFORM desk.record(l ->> 'action', (l ->> 'customer')::bigint, (l ->> 'plan')::bigint, l -> 'params')
    FROM jsonb_array_elements(lines) WITH ORDINALITY AS u (l, n) ORDER BY n;
  IF changed <> '' THEN
    PERFORM pg_notify('desk_changed', changed);
  END IF;
  RETURN QUERY SELECT d.topic::text, d.key::text,
      COALESCE(desk.leftover_server(d.topic, d.key), a.routing_server_id)
    FROM desk.debts d LEFT JOIN desk.customer_plans p ON p.id = d.plan_id
      LEFT JOIN desk.access_points a ON a.id = p.access_point_id
    WHERE d.xid::text = pg_current_xact_id()::text AND d.done < d.wanted ORDER BY d.topic, d.key
    LIMIT 200;  -- what settings owe beyond that goes the way of all leftovers
END $$;

-- The client may be gone before its COMMIT is carried out. Writing the same id waits for that transaction to end.
CREATE FUNCTION desk.command_done(id uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO desk.commands (id, name, who, at) VALUES (command_done.id, '', session_user, clock_timestamp());
  RAISE EXCEPTION USING ERRCODE = 'DK000';  -- takes the row away again
EXCEPTION
  WHEN SQLSTATE 'DK000' THEN
    RETURN false;
  WHEN unique_violation THEN
    RETURN EXISTS (SELECT FROM desk.commands c WHERE c.id = command_done.id AND c.who = session_user);
END $$;

CREATE FUNCTION desk.opened_customer(id bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO desk.recent_customers (role, customer_id, opened_at) VALUES (session_user, id, clock_timestamp())
    ON CONFLICT (role, customer_id) DO UPDATE SET opened_at = excluded.opened_at;
  DELETE FROM desk.recent_customers r WHERE r.role = session_user AND r.customer_id NOT IN (
    SELECT k.customer_id FROM desk.recent_customers k WHERE k.role = session_user ORDER BY k.opened_at DESC LIMIT 30);
END $$;

CREATE FUNCTION desk.password_changed() RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
  UPDATE desk.people SET must_change_password = false, password_by = session_user, password_at = clock_timestamp()
    WHERE role = session_user
$$;

CREATE FUNCTION desk_guard.next_version() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.version := OLD.version + 1;
  RETURN NEW;
END $$;

CREATE FUNCTION desk_guard.no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk.refuse('rule:truncate', TG_TABLE_NAME, '', 'Nenhuma tabela pode ser esvaziada');
  RETURN NULL;
END $$;

-- What only looks back goes when its time is over: some thousand rows a call, so that nobody waits for it; the next call
-- goes on. One kind is swept by one session.
CREATE FUNCTION desk.sweep() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  r desk.retention;
  most CONSTANT integer := 5000;
  gone integer;
  oldest timestamptz;
BEGIN
  FOR r IN SELECT x.* FROM desk.retention x WHERE x.keep_days > 0
      AND (x.swept_at IS NULL OR x.swept_at < clock_timestamp() - interval '1 hour')
      ORDER BY x.what FOR UPDATE SKIP LOCKED LOOP
    oldest := clock_timestamp() - make_interval(days => r.keep_days);
    IF r.what = 'log' THEN
      gone := desk.sweep_log(oldest, most);
    ELSIF r.what = 'commands' THEN
      DELETE FROM desk.commands c WHERE c.id IN (
        SELECT o.id FROM desk.commands o WHERE o.at < oldest ORDER BY o.at LIMIT most);
      GET DIAGNOSTICS gone = ROW_COUNT;
    ELSIF r.what = 'sessions' THEN
      gone := desk.sweep_sessions(oldest, most);
    ELSE
      gone := desk_vault.sweep(r.what, oldest, most);
    END IF;
    IF gone < most THEN
      UPDATE desk.retention x SET swept_at = clock_timestamp() WHERE x.what = r.what;
    END IF;
  END LOOP;
END $$;

GRANT EXECUTE ON FUNCTION desk.sweep TO desk_signal;
GRANT EXECUTE ON FUNCTION desk.hides_something, desk.refuse, desk.only_read_committed, desk.need, desk.must_not, desk.holds, desk.today
  TO desk_operator, desk_log, desk_vault, desk_people, desk_signal, desk_job;
GRANT EXECUTE ON FUNCTION desk.me, desk.begin_command, desk.end_command, desk.command_done, desk.opened_customer,
  desk.password_changed TO desk_operator;
