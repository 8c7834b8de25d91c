-- Owner desk_owner: Suspensão Temporária (ST-15), from one day until before another, as the customer wishes. Its days are
-- a row of plan_suspensions; the two moments on the plan say the same to whoever asks often.

CREATE FUNCTION desk.midnight(day date) RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
  SELECT midnight.day::timestamp AT TIME ZONE i.zone FROM desk.installation i
$$;

CREATE FUNCTION desk.number_in(variable text) RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
  SELECT v.value::integer FROM desk.variables v WHERE v.code = number_in.variable AND v.type = 'número'
$$;

-- How many of a plan's suspensions lie within twelve months of that day, leaving out those that never came to it.
CREATE FUNCTION desk.suspensions_near(plan_id bigint, day date) RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
  SELECT count(*)::integer FROM desk.plan_suspensions s WHERE s.plan_id = suspensions_near.plan_id
    AND s.starts_on < COALESCE(s.ended_on, s.ends_on)
    AND s.starts_on > (day - interval '1 year')::date AND s.starts_on < (day + interval '1 year')::date
$$;

-- The one way into the status: row, moments and, where the first day is today, the status itself, in one act. Answers the
-- plan's new version; null when the plan is not as the caller saw it.
CREATE FUNCTION desk.suspend_temporarily(plan_id bigint, version integer, starts_on date, ends_on date, reason text,
  note text) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  p desk.customer_plans;
  today date := desk.today();
  most integer := desk.number_in('suspension_max_days');
  often integer := desk.number_in('suspension_per_year');
  made integer;
BEGIN
  PERFORM desk.need(ARRAY['edit_plan_status'], 'customer_plans', 'status');
  IF (SELECT v.value FROM desk.variables v WHERE v.code = 'temporary_suspension') IS DISTINCT FROM 'S' THEN
    PERFORM desk.refuse('step:temporary_suspension', 'customer_plans', 'status',
      'A variável "Permite Usar o Status Suspensão Temporária" não está ligada');
  END IF;
  SELECT * INTO p FROM desk.customer_plans c WHERE c.id = $1 AND c.version = $2 FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  IF p.status <> 'HABILITADO' THEN
    PERFORM desk.refuse('step:unknown', 'customer_plans', 'status', 'Este status não pode ser mudado assim');
  END IF;
  IF p.suspended_until IS NOT NULL THEN
    PERFORM desk.refuse('suspension:planned', 'customer_plans', 'status', 'Já há uma suspensão temporária planejada');
  END IF;
  -- A day that is more than a year away is a slip of the keys.
  IF ($3 >= today AND $3 <= today + 365 AND $4 - $3 >= GREATEST(1, desk.number_in('suspension_min_days'))
      AND (most = 0 OR $4 - $3 <= most) AND $4 <= $3 + 3660) IS NOT TRUE THEN
    PERFORM desk.refuse('suspension:days', 'customer_plans', 'status', 'Datas fora dos limites da suspensão temporária');
  END IF;
  IF (often = 0 OR desk.suspensions_near($1, $3) < often) IS NOT TRUE THEN
    PERFORM desk.refuse('suspension:often', 'customer_plans', 'status', 'Suspensões demais em 12 meses');
  END IF;
  PERFORM set_config('desk.reason', left($5, 80), true), set_config('desk.note', left($6, 500), true);
  INSERT INTO desk.plan_suspensions (plan_id, starts_on, ends_on, reason, note, planned_by, planned_at)
    VALUES ($1, $3, $4, left(COALESCE($5, ''), 80), left(COALESCE($6, ''), 500), session_user, clock_timestamp());
  UPDATE desk.customer_plans c SET suspended_from = desk.midnight($3), suspended_until = desk.midnight($4),
      status = CASE WHEN $3 <= today THEN 'SUSPENSAO_TEMPORARIA' ELSE c.status END
    WHERE c.id = $1 RETURNING c.version INTO made;
  RETURN made;
END $$;

-- What has not begun is taken back. Past its first moment that gives access back, as enabling does (ST-16).
CREATE FUNCTION desk.withdraw_suspension(plan_id bigint, version integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  p desk.customer_plans;
  made integer;
BEGIN
  PERFORM desk.need(ARRAY['edit_plan_status'], 'customer_plans', 'status');
  SELECT * INTO p FROM desk.customer_plans c WHERE c.id = $1 AND c.version = $2 FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  IF p.suspended_until IS NULL OR p.status <> 'HABILITADO' THEN
    PERFORM desk.refuse('suspension:none', 'customer_plans', 'status', 'Não há suspensão temporária planejada');
  END IF;
  IF p.suspended_from <= clock_timestamp() THEN
    PERFORM desk.need(ARRAY['enable_suspended'], 'customer_plans', 'status');
  END IF;
  UPDATE desk.customer_plans c SET suspended_from = NULL, suspended_until = NULL WHERE c.id = $1
    RETURNING c.version INTO made;
  RETURN made;
END $$;

-- The row follows the plan, whoever moves it: it begins with the status, and is over with the moments. The argument is
-- who did it where that is the calendar.
CREATE FUNCTION desk_guard.suspension_moved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s desk.plan_suspensions;
BEGIN
  IF NEW.suspended_until IS NULL THEN
    UPDATE desk.plan_suspensions x SET ended_at = clock_timestamp(), ended_by = COALESCE(TG_ARGV[0], session_user),
        ended_on = LEAST(x.ends_on, GREATEST(x.starts_on, desk.today()))
      WHERE x.plan_id = NEW.id AND x.ended_on IS NULL RETURNING x.* INTO s;
    IF s.started_at IS NULL AND TG_ARGV[0] IS NULL THEN
      PERFORM desk.record_fact('plan.suspension_withdrawn', NEW.customer_id, NEW.id,
        jsonb_build_object('starts_on', s.starts_on, 'ends_on', s.ends_on));
    END IF;
  ELSIF NEW.status = 'SUSPENSAO_TEMPORARIA' THEN
    UPDATE desk.plan_suspensions x SET started_at = clock_timestamp()
      WHERE x.plan_id = NEW.id AND x.ended_on IS NULL AND x.started_at IS NULL;
  END IF;
  RETURN NULL;
END $$;

-- RADIUS is right by itself at both moments; the debt at the next one moves the status, and with it routers hear of it.
CREATE FUNCTION desk_guard.suspension_debt() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.suspended_until IS NOT NULL THEN
    PERFORM desk.owe('plan_suspension', NEW.id::text, NEW.customer_id, NEW.id,
      CASE WHEN NEW.status = 'SUSPENSAO_TEMPORARIA' THEN NEW.suspended_until ELSE NEW.suspended_from END);
  ELSE
    -- Over before its time; where it is over because somebody settles this very debt, that one writes it down.
    UPDATE desk.debts SET done = wanted, due_at = NULL, settled_at = clock_timestamp(), settled_by = session_user,
      proof = '{"steps": []}' WHERE topic = 'plan_suspension' AND key = NEW.id::text AND done < wanted
      AND (leased_until IS NULL OR leased_until <= clock_timestamp());
  END IF;
  RETURN NULL;
END $$;

GRANT EXECUTE ON FUNCTION desk.suspend_temporarily, desk.withdraw_suspension TO desk_operator;
