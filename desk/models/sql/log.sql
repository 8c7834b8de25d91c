-- Owner desk_log: history. The owner of the tables cannot rewrite it, those it is about even less.

-- Arguments: key columns, and columns that are left out (counters, secrets), each separated by commas.
CREATE FUNCTION desk.log_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  keys text[] := string_to_array(TG_ARGV[0], ',');
  hidden text[] := string_to_array(TG_ARGV[1], ',');
  b jsonb;
  a jsonb;
  k text;
BEGIN
  IF TG_OP <> 'INSERT' THEN b := to_jsonb(OLD) - hidden; END IF;
  IF TG_OP <> 'DELETE' THEN a := to_jsonb(NEW) - hidden; END IF;
  IF a = b THEN RETURN NULL; END IF;
  SELECT string_agg(COALESCE(a, b) ->> c, '/' ORDER BY n) INTO k FROM unnest(keys) WITH ORDINALITY AS u (c, n);
  IF TG_OP = 'UPDATE' THEN
    SELECT jsonb_object_agg(e.key, e.value) FILTER (WHERE b -> e.key IS DISTINCT FROM e.value),
           jsonb_object_agg(e.key, b -> e.key) FILTER (WHERE b -> e.key IS DISTINCT FROM e.value)
      INTO a, b FROM jsonb_each(a) e;
  END IF;
  INSERT INTO desk.change_log (id, at, who, xid, command, app, tbl, op, key, before, after)
    VALUES (nextval('desk.change_log_id'), clock_timestamp(), session_user, pg_current_xact_id()::text::bigint,
      left(current_setting('desk.command', true), 64), left(current_setting('application_name', true), 64),
      TG_TABLE_NAME, left(TG_OP, 1), left(k, 120), b, a);
  RETURN NULL;
END $$;

-- What the database itself saw happen: it names other people, or is the trace of a look. No operator may call this.
CREATE FUNCTION desk.record_fact(action text, customer_id bigint, plan_id bigint, params jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF action COLLATE "C" !~ '^[a-z][a-z_]*([.][a-z][a-z_]*)+$' OR length(params::text) > 8000 THEN
    RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'Linha de histórico inválida';
  END IF;
  INSERT INTO desk.history_entries (at, who, xid, customer_id, plan_id, action, params, source)
    VALUES (clock_timestamp(), session_user, pg_current_xact_id()::text::bigint, record_fact.customer_id,
      record_fact.plan_id, record_fact.action, COALESCE(record_fact.params, '{}'),
      CASE WHEN session_user = 'desk_worker' THEN 'JOB' ELSE 'DESK' END);
END $$;

-- The line of a command: the word of who signed in, and so nothing that only the database can know.
CREATE FUNCTION desk.record(action text, customer_id bigint, plan_id bigint, params jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF action = ANY (ARRAY['plan.place_authorised', 'plan.access_point_deleted', 'plan.suspension_withdrawn',
      'plan.suspension_started', 'plan.suspension_ended', 'plan.deleted', 'login.deleted', 'login.password_seen',
      'ip.deleted', 'ip.code_seen', 'address.asked', 'address.printed', 'drift.corrected']) THEN
    PERFORM desk.refuse('rule:facts', 'history_entries', 'action', 'Esta linha só o próprio banco escreve');
  END IF;
  PERFORM desk.record_fact(action, customer_id, plan_id, params);
END $$;

-- What the calendar does, whoever's desk happens to carry it out; who planned it is in the line.
CREATE FUNCTION desk.record_by_date(action text, customer_id bigint, plan_id bigint, params jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO desk.history_entries (at, who, xid, customer_id, plan_id, action, params, source)
    VALUES (clock_timestamp(), 'desk_worker', pg_current_xact_id()::text::bigint, record_by_date.customer_id,
      record_by_date.plan_id, record_by_date.action, record_by_date.params, 'JOB');
END $$;

-- The argument: who did it, where that is the calendar.
CREATE FUNCTION desk.log_status() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  before text;
  mark text := '';
BEGIN
  IF TG_OP = 'UPDATE' THEN
    before := OLD.status;
    IF NEW.status = OLD.status THEN
      mark := CASE WHEN NEW.provisional_until IS NULL THEN 'provisional_over' ELSE 'provisional' END;
    END IF;
  END IF;
  INSERT INTO desk.plan_status_history (plan_id, from_status, to_status, marker, at, who, reason, note)
    VALUES (NEW.id, before, NEW.status, mark, clock_timestamp(), COALESCE(TG_ARGV[0], session_user),
      COALESCE(left(current_setting('desk.reason', true), 80), ''),
      COALESCE(left(current_setting('desk.note', true), 500), ''));
  RETURN NULL;
END $$;

-- Itens Apagados (PL-60). Arguments: kind, the column that names the thing.
CREATE FUNCTION desk.log_deleted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  was jsonb := to_jsonb(OLD);
  plan bigint := CASE WHEN TG_TABLE_NAME = 'customer_plans' THEN OLD.id ELSE (to_jsonb(OLD) ->> 'plan_id')::bigint END;
  customer bigint := COALESCE((to_jsonb(OLD) ->> 'customer_id')::bigint,
    (SELECT p.customer_id FROM desk.customer_plans p WHERE p.id = plan));
BEGIN
  IF TG_ARGV[0] = 'customer_ip' THEN
    was := was || jsonb_build_object('macs', (SELECT COALESCE(jsonb_agg(upper(m.mac::text) ORDER BY m.id), '[]')
      FROM desk.customer_ip_macs m WHERE m.ip_id = OLD.id));
    PERFORM desk.record_fact('ip.deleted', customer, plan, jsonb_build_object('address', was ->> 'address', 'ip_id', OLD.id));
  END IF;
  INSERT INTO desk.deleted_items (at, who, source, kind, value, customer_id, plan_id, snapshot)
    VALUES (clock_timestamp(), session_user, CASE WHEN session_user = 'desk_worker' THEN 'JOB' ELSE 'DESK' END,
      TG_ARGV[0], COALESCE(left(was ->> TG_ARGV[1], 254), ''), customer, plan, was);
  IF TG_ARGV[0] = 'plan' THEN
    PERFORM desk.record_fact('plan.deleted', customer, plan, jsonb_build_object('number', OLD.number));
  END IF;
  IF TG_ARGV[0] = 'radius_login' THEN
    PERFORM desk.record_fact('login.deleted', customer, plan,
      jsonb_build_object('login', was ->> 'login', 'login_id', (was ->> 'id')::bigint));
  END IF;
  RETURN NULL;
END $$;

-- Whole months go as tables. That locks the log for a moment; where somebody is writing a long act, it is for later.
CREATE FUNCTION desk.sweep_log(oldest timestamptz, most integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '200ms' AS $$
DECLARE
  month text;
  gone integer;
BEGIN
  FOR month IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = 'desk.change_log'::regclass AND c.relname COLLATE "C" ~ '^change_log_[0-9]{4}_[0-9]{2}$'
        AND (make_date(substr(c.relname, 12, 4)::integer, substr(c.relname, 17, 2)::integer, 1) + interval '1 month')
          AT TIME ZONE 'UTC' <= oldest ORDER BY 1 LOOP
    EXECUTE format('DROP TABLE desk.%I', month);
    RAISE LOG 'desk: % is older than the log is kept', month;
  END LOOP;
  DELETE FROM desk.change_log_rest r WHERE (r.id, r.at) IN (
    SELECT o.id, o.at FROM desk.change_log_rest o WHERE o.at < oldest LIMIT most);
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN gone;
EXCEPTION
  WHEN lock_not_available THEN
    RETURN most;
END $$;

GRANT EXECUTE ON FUNCTION desk.sweep_log TO desk_owner;
GRANT EXECUTE ON FUNCTION desk.record_by_date TO desk_job;
GRANT EXECUTE ON FUNCTION desk.record_fact TO desk_owner, desk_vault, desk_job;
GRANT EXECUTE ON FUNCTION desk.record TO desk_operator, desk_owner, desk_vault, desk_job;
