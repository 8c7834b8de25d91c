-- Owner desk_job: what an act elsewhere means for plans, whose own guard would ask for another permission.
-- Row triggers leave these writes out of the log, so each statement writes its own lines (design D6).

-- Variable 9, and plans that were deleted, which are nobody's. It runs before the guard of access_points, whose refusal
-- undoes it with the whole statement.
CREATE FUNCTION desk_guard.leave_cancelled_plans() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  cancelled_may_go boolean := EXISTS (SELECT FROM desk.variables v
    WHERE v.code = 'delete_access_point_of_cancelled' AND v.value = 'S');
BEGIN
  PERFORM desk.record_fact('plan.access_point_deleted', p.customer_id, p.id, jsonb_build_object('name', OLD.name))
    FROM desk.customer_plans p WHERE p.access_point_id = OLD.id AND p.status = 'CANCELADO' AND cancelled_may_go;
  WITH o AS (
    SELECT p.id, p.version FROM desk.customer_plans p
      WHERE p.access_point_id = OLD.id AND (p.status = 'CANCELADO' AND cancelled_may_go OR p.deleted_at IS NOT NULL)
      ORDER BY p.id FOR UPDATE
  ), u AS (
    UPDATE desk.customer_plans p SET access_point_id = NULL FROM o WHERE p.id = o.id
      RETURNING p.id, o.version AS before, p.version AS after
  )
  INSERT INTO desk.change_log (command, app, tbl, op, key, before, after)
    SELECT left(current_setting('desk.command', true), 64), left(current_setting('application_name', true), 64),
      'customer_plans', 'U', u.id::text, jsonb_build_object('access_point_id', OLD.id, 'version', u.before),
      jsonb_build_object('access_point_id', NULL, 'version', u.after)
    FROM u;
  -- IPs that were deleted, and are off the router, are nobody's; the list of what was deleted keeps them.
  WITH o AS (
    SELECT i.id, i.version FROM desk.customer_ips i
      WHERE i.access_point_id = OLD.id AND i.deleted_at IS NOT NULL AND NOT EXISTS (SELECT FROM desk.debts d
        WHERE d.topic = 'customer_ip' AND d.key = i.id::text AND d.done < d.wanted) ORDER BY i.id FOR UPDATE
  ), u AS (
    UPDATE desk.customer_ips i SET access_point_id = NULL FROM o WHERE i.id = o.id
      RETURNING i.id, o.version AS before, i.version AS after
  )
  INSERT INTO desk.change_log (command, app, tbl, op, key, before, after)
    SELECT left(current_setting('desk.command', true), 64), left(current_setting('application_name', true), 64),
      'customer_ips', 'U', u.id::text, jsonb_build_object('access_point_id', OLD.id, 'version', u.before),
      jsonb_build_object('access_point_id', NULL, 'version', u.after)
    FROM u;
  RETURN OLD;
END $$;

-- Plans that were deleted keep no status of a provider's own from going. They are nobody's, and what they were stands in
-- the log and in their status history; this runs before the guard, whose refusal undoes it with the whole statement.
CREATE FUNCTION desk_guard.leave_deleted_plans() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  WITH o AS (
    SELECT p.id, p.version FROM desk.customer_plans p
      WHERE p.status = OLD.code AND p.deleted_at IS NOT NULL AND NOT OLD.system ORDER BY p.id FOR UPDATE
  ), u AS (
    UPDATE desk.customer_plans p SET status = 'SUSPENSO' FROM o WHERE p.id = o.id
      RETURNING p.id, o.version AS before, p.version AS after
  )
  INSERT INTO desk.change_log (command, app, tbl, op, key, before, after)
    SELECT left(current_setting('desk.command', true), 64), left(current_setting('application_name', true), 64),
      'customer_plans', 'U', u.id::text, jsonb_build_object('status', OLD.code, 'version', u.before),
      jsonb_build_object('status', 'SUSPENSO', 'version', u.after)
    FROM u;
  RETURN OLD;
END $$;

-- The words of names, for typing errors; nothing that anybody did, so nothing of it is in the log.
CREATE FUNCTION desk_guard.note_words() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO desk.name_words (word)
    SELECT DISTINCT word FROM unnest(string_to_array(NEW.name_key, ' ')) word WHERE length(word) >= 3
    ORDER BY word ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

-- ST-15: what a dated suspension has come to by the clock. Whoever asks, and however often, nothing happens before its
-- moment and nothing twice; a moment that nobody was there for is made up for.
CREATE FUNCTION desk.suspension_due(plan_id bigint) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  p desk.customer_plans;
  s desk.plan_suspensions;
  planner text;
  step text;
BEGIN
  PERFORM desk.only_read_committed('customer_plans', 'status');
  SELECT * INTO p FROM desk.customer_plans c WHERE c.id = suspension_due.plan_id AND c.deleted_at IS NULL FOR NO KEY UPDATE;
  IF p.suspended_until <= clock_timestamp() THEN
    step := 'ended';
  ELSIF p.suspended_from <= clock_timestamp() AND p.status = 'HABILITADO' THEN
    step := 'started';
  ELSE
    RETURN '';
  END IF;
  SELECT * INTO s FROM desk.plan_suspensions x WHERE x.plan_id = p.id AND x.ended_on IS NULL;
  planner := COALESCE((SELECT q.full_name FROM desk.people q WHERE q.role = s.planned_by), s.planned_by);
  PERFORM set_config('desk.reason', CASE step WHEN 'ended' THEN 'Fim da suspensão' ELSE s.reason END, true),
    set_config('desk.note', 'Planejado por ' || planner, true);
  WITH u AS (
    UPDATE desk.customer_plans c SET
        status = CASE step WHEN 'ended' THEN 'HABILITADO' ELSE 'SUSPENSAO_TEMPORARIA' END,
        suspended_from = CASE step WHEN 'started' THEN c.suspended_from END,
        suspended_until = CASE step WHEN 'started' THEN c.suspended_until END
      WHERE c.id = p.id RETURNING c.id, c.status, c.version, c.suspended_from, c.suspended_until
  )
  INSERT INTO desk.change_log (command, app, tbl, op, key, before, after)
    SELECT left(current_setting('desk.command', true), 64), left(current_setting('application_name', true), 64),
      'customer_plans', 'U', u.id::text, jsonb_build_object('status', p.status, 'version', p.version,
        'suspended_from', p.suspended_from, 'suspended_until', p.suspended_until),
      jsonb_build_object('status', u.status, 'version', u.version, 'suspended_from', u.suspended_from,
        'suspended_until', u.suspended_until)
    FROM u;
  PERFORM desk.record_by_date('plan.suspension_' || step, p.customer_id, p.id,
    jsonb_build_object('by', planner, 'starts_on', s.starts_on, 'ends_on', s.ends_on, 'reason', s.reason));
  PERFORM pg_notify('desk_changed', 'plans/' || p.customer_id || ',history/' || p.customer_id);
  RETURN step;
END $$;

GRANT EXECUTE ON FUNCTION desk.suspension_due TO desk_operator;
