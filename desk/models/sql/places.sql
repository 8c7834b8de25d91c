-- Owner desk_owner: the last place on an access point is given once (PL-12), and beyond the limit only by an authoriser.

CREATE FUNCTION desk.linked_plans(access_point_id bigint) RETURNS integer LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
  SELECT count(*)::integer FROM desk.customer_plans p JOIN desk.plan_statuses s ON s.code = p.status
    WHERE p.access_point_id = linked_plans.access_point_id AND s."group" <> 'cancelado' AND p.deleted_at IS NULL
$$;

-- What an authoriser is asked: one plan, or one more plan of a product, of this customer at this access point. The limit
-- is part of the question, so that an answer about another limit is none.
CREATE FUNCTION desk.approve_place(access_point_id bigint, customer_id bigint, plan_id bigint, catalog_plan_id bigint,
  customer_limit integer) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  made bigint;
BEGIN
  PERFORM desk.need(ARRAY['access_point_authoriser'], 'place_approvals', '');
  IF NOT EXISTS (SELECT FROM desk.access_points a WHERE a.id = approve_place.access_point_id
      AND a.customer_limit = approve_place.customer_limit)
    OR approve_place.plan_id IS NOT NULL AND NOT EXISTS (SELECT FROM desk.customer_plans p
      WHERE p.id = approve_place.plan_id AND p.deleted_at IS NULL AND p.customer_id = approve_place.customer_id
        AND p.catalog_plan_id = approve_place.catalog_plan_id) THEN
    PERFORM desk.refuse('approval:facts', 'place_approvals', '', 'O pedido mudou desde que foi mostrado');
  END IF;
  INSERT INTO desk.place_approvals (access_point_id, customer_id, plan_id, catalog_plan_id, customer_limit, linked, by,
      at)
    VALUES (approve_place.access_point_id, approve_place.customer_id, approve_place.plan_id,
      approve_place.catalog_plan_id, approve_place.customer_limit, desk.linked_plans(approve_place.access_point_id),
      session_user, clock_timestamp()) RETURNING id INTO made;
  RETURN made;
END $$;

-- The approval that this person may use for the link now, if there is one.
CREATE FUNCTION desk.place_approval(access_point_id bigint, customer_id bigint, plan_id bigint, catalog_plan_id bigint,
  customer_limit integer) RETURNS bigint LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.id FROM desk.place_approvals a
    WHERE a.access_point_id = place_approval.access_point_id AND a.customer_id = place_approval.customer_id
      AND a.plan_id IS NOT DISTINCT FROM place_approval.plan_id
      AND a.catalog_plan_id = place_approval.catalog_plan_id AND a.customer_limit = place_approval.customer_limit
      AND a.used_at IS NULL AND a.by <> session_user AND a.at > clock_timestamp() - interval '5 minutes'
      -- Whoever lost the right meanwhile has approved nothing.
      AND EXISTS (SELECT FROM desk.person_permissions g JOIN desk.people p ON p.role = g.role
        WHERE g.role = a.by AND p.active AND g.permission = 'access_point_authoriser')
    ORDER BY a.at LIMIT 1
$$;

-- A trigger, so that no way of linking a plan leads around it: by a desk, from psql, many in one statement.
CREATE FUNCTION desk_guard.take_place() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  place desk.access_points;
  taken integer;
  approval bigint;
  who text := session_user;
BEGIN
  IF (SELECT v.value FROM desk.variables v WHERE v.code = 'limit_customers') IS DISTINCT FROM 'S'
    OR EXISTS (SELECT FROM desk.plan_statuses s WHERE s.code = NEW.status AND s."group" = 'cancelado') THEN
    RETURN NEW;
  END IF;
  -- The lock makes desks at the last place take turns; what is counted after it is what the one before has committed.
  SELECT * INTO place FROM desk.access_points a WHERE a.id = NEW.access_point_id FOR NO KEY UPDATE;
  IF place.customer_limit IS NULL THEN
    RETURN NEW;
  END IF;
  taken := desk.linked_plans(NEW.access_point_id);
  IF taken < place.customer_limit THEN
    RETURN NEW;
  END IF;
  IF NOT desk.holds('access_point_authoriser') THEN
    approval := desk.place_approval(NEW.access_point_id, NEW.customer_id, CASE WHEN TG_OP = 'UPDATE' THEN NEW.id END,
      NEW.catalog_plan_id, place.customer_limit);
    -- Still unused under its lock: two desks cannot use the same one.
    SELECT a.by INTO who FROM desk.place_approvals a WHERE a.id = approval AND a.used_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
      PERFORM desk.refuse('place:full', 'customer_plans', 'access_point_id',
        'Limite de clientes do Ponto de Acesso atingido');
    END IF;
    UPDATE desk.place_approvals SET used_at = clock_timestamp(), used_by = session_user, used_for = NEW.id
      WHERE id = approval;
  END IF;
  PERFORM desk.record_fact('plan.place_authorised', NEW.customer_id, NEW.id, jsonb_build_object('name', place.name,
    'limit', place.customer_limit, 'linked', taken, 'by', COALESCE((SELECT p.full_name FROM desk.people p
      WHERE p.role = who), who)));
  RETURN NEW;
END $$;

GRANT EXECUTE ON FUNCTION desk.linked_plans, desk.approve_place, desk.place_approval TO desk_operator;
