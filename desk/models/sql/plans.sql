-- Owner desk_owner: what the database itself decides about a plan and its logins.

CREATE FUNCTION desk_guard.plan_before() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- PL-13: a number is never given twice, so the customer's row counts, and its lock keeps two desks apart.
  IF TG_OP = 'INSERT' AND NEW.number > 0 THEN
    UPDATE desk.customers SET last_plan_number = GREATEST(last_plan_number, NEW.number) WHERE id = NEW.customer_id;
  ELSIF TG_OP = 'INSERT' OR NEW.customer_id <> OLD.customer_id THEN
    UPDATE desk.customers SET last_plan_number = last_plan_number + 1 WHERE id = NEW.customer_id
      RETURNING last_plan_number INTO NEW.number;
    NEW.number := COALESCE(NEW.number, 0);
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.status <> OLD.status THEN
    -- What the guard reads of the status must still be so at the commit.
    PERFORM FROM desk.plan_statuses s WHERE s.code = NEW.status FOR KEY SHARE;
    -- Markers belong to the status they were set in.
    NEW.provisional_until := NULL;
    NEW.throttled := false;
    NEW.throttled_until := NULL;
    NEW.speed_until := NULL;
    IF NEW.status <> 'SUSPENSAO_TEMPORARIA' THEN
      NEW.suspended_from := NULL;
      NEW.suspended_until := NULL;
    END IF;
  END IF;
  IF NEW.status = 'HABILITADO' AND NEW.first_activation_date IS NULL THEN
    NEW.first_activation_date := desk.today();
  END IF;
  IF NEW.status = 'CANCELADO' AND NEW.cancelled_on IS NULL THEN
    NEW.cancelled_on := desk.today();
  END IF;
  RETURN NEW;
END $$;

-- Keeps plans from entering a status while its guard looks whether any is in it.
CREATE FUNCTION desk_guard.lock_status() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM FROM desk.plan_statuses s WHERE s.code = OLD.code FOR UPDATE;
  RETURN NEW;
END $$;

-- PL-40: what hangs on a plan and keeps it from being deleted, each kind with its number. Kinds that come later join here,
-- in PlanRow.links, and in desk_guard.live_plan's triggers; tests/rules/test_plan_links.py names what is forgotten.
CREATE FUNCTION desk.plan_links(plan_id bigint) RETURNS TABLE (kind text, links bigint) LANGUAGE sql VOLATILE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT k.kind, k.links FROM (VALUES
    (1, 'login', (SELECT count(*) FROM desk.radius_logins l WHERE l.plan_id = plan_links.plan_id AND l.deleted_at IS NULL)),
    (2, 'ip', (SELECT count(*) FROM desk.customer_ips i WHERE i.plan_id = plan_links.plan_id AND i.deleted_at IS NULL)),
    (3, 'circuit', (SELECT count(*) FROM desk.circuits c WHERE c.plan_id = plan_links.plan_id))
  ) AS k (place, kind, links) WHERE k.links > 0 ORDER BY k.place
$$;

-- Whoever adds to a plan holds its key; here it is waited for, so that the guard counts what they have committed.
CREATE FUNCTION desk_guard.lock_links() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM FROM desk.customer_plans p WHERE p.id = OLD.id FOR UPDATE;
  RETURN NEW;
END $$;

-- The other side of it: nothing is added to a plan that was deleted, also while this waited.
CREATE FUNCTION desk_guard.live_plan() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM FROM desk.customer_plans p WHERE p.id = NEW.plan_id AND p.deleted_at IS NULL FOR KEY SHARE;
  -- A plan that never was is for the foreign key to tell.
  IF NOT FOUND AND EXISTS (SELECT FROM desk.customer_plans p WHERE p.id = NEW.plan_id) THEN
    PERFORM desk.refuse('plan:deleted', TG_TABLE_NAME::text, 'plan_id', 'Este plano já foi apagado');
  END IF;
  RETURN NEW;
END $$;

-- Who deleted a plan, a login or an IP, and when: the database says it, for all alike.
CREATE FUNCTION desk_guard.marked_deleted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.deleted_at IS NOT NULL AND OLD.deleted_at IS NULL THEN
    NEW.deleted_at := clock_timestamp();
    NEW.deleted_by := session_user;
  ELSIF NEW.deleted_at IS NULL THEN
    NEW.deleted_by := NULL;
  END IF;
  RETURN NEW;
END $$;

-- What an authoriser approves: the plan as it is shown to him, before and after being enabled alike.
CREATE FUNCTION desk.facts_of(plan desk.customer_plans) RETURNS text LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT encode(sha256(convert_to(concat_ws('|', plan.id, plan.customer_id, plan.catalog_plan_id, plan.value,
    plan.installation_fee, plan.due_day, plan.payment_method_id), 'UTF8')), 'hex')
$$;

CREATE FUNCTION desk.plan_facts(plan_id bigint) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
  SELECT desk.facts_of(p) FROM desk.customer_plans p WHERE p.id = plan_facts.plan_id AND p.deleted_at IS NULL
$$;

CREATE FUNCTION desk.approve(plan_id bigint, step text, facts text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  made bigint;
BEGIN
  PERFORM desk.need(ARRAY['plan_authoriser'], 'approvals', '');
  IF facts IS DISTINCT FROM desk.plan_facts(approve.plan_id) THEN
    PERFORM desk.refuse('approval:facts', 'approvals', '', 'O plano mudou desde que foi mostrado');
  END IF;
  INSERT INTO desk.approvals (plan_id, step, facts, by, at)
    VALUES (approve.plan_id, approve.step, approve.facts, session_user, clock_timestamp()) RETURNING id INTO made;
  RETURN made;
END $$;

-- A trigger, so that nobody can use up an approval by hand; the row is judged as it will be.
CREATE FUNCTION desk_guard.use_approval() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  found_id bigint;
BEGIN
  SELECT a.id INTO found_id FROM desk.approvals a
    WHERE a.plan_id = NEW.id AND a.step = NEW.status AND a.used_at IS NULL AND a.by <> session_user
      AND a.at > clock_timestamp() - interval '5 minutes' AND a.facts = desk.facts_of(NEW)
      -- Whoever lost the right meanwhile has approved nothing.
      AND EXISTS (SELECT FROM desk.person_permissions g JOIN desk.people p ON p.role = g.role
        WHERE g.role = a.by AND p.active AND g.permission = 'plan_authoriser')
    ORDER BY a.at LIMIT 1 FOR UPDATE;
  IF found_id IS NULL THEN
    PERFORM desk.refuse('approval:missing', 'customer_plans', 'status', 'Falta a autorização de outra pessoa');
  END IF;
  UPDATE desk.approvals SET used_at = clock_timestamp(), used_by = session_user WHERE id = found_id;
  RETURN NEW;
END $$;

GRANT EXECUTE ON FUNCTION desk.plan_links, desk.plan_facts, desk.approve TO desk_operator;
