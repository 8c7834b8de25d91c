-- Owner desk_owner: Personalizar Composição (domain 5.8, 7.5). A plan has parts of its own, or follows the catalogue.

-- Two desks take turns at the plan's row, so that the sum at the commit is of what both have written.
CREATE FUNCTION desk_guard.part_before() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  deleted timestamptz;
BEGIN
  SELECT p.deleted_at INTO deleted FROM desk.customer_plans p
    WHERE p.id = COALESCE(NEW.plan_id, OLD.plan_id) FOR NO KEY UPDATE;
  IF deleted IS NOT NULL THEN
    PERFORM desk.refuse('plan:deleted', TG_TABLE_NAME::text, 'plan_id', 'Este plano já foi apagado');
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;

-- Another catalogue plan brings its own composition, whoever changes it and by whichever way.
CREATE FUNCTION desk_guard.composition_of_catalog() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.composition_customized := false;
  RETURN NEW;
END $$;

-- Back to the catalogue's: the parts go. The guard has judged who said so.
CREATE FUNCTION desk_guard.composition_back() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM desk.plan_composition_items i WHERE i.plan_id = NEW.id;
  RETURN NULL;
END $$;

-- BI-22: another value is spread over the parts pro rata, cents to the largest. It runs as whoever set the value, who
-- needs the same permission for the parts; services/plans/composition.py `spread` reckons the same for the screens.
CREATE FUNCTION desk_guard.composition_spread() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  WITH parts AS (
    SELECT i.id, row_number() OVER (ORDER BY i.amount DESC, i.position) AS place,
           CASE WHEN sum(i.amount) OVER () > 0
             THEN div(NEW.value * i.amount * 100, sum(i.amount) OVER ()) / 100 ELSE 0 END AS share
      FROM desk.plan_composition_items i WHERE i.plan_id = NEW.id)
  UPDATE desk.plan_composition_items i
    SET amount = p.share + CASE WHEN p.place = 1 THEN NEW.value - (SELECT sum(o.share) FROM parts o) ELSE 0 END
    FROM parts p WHERE p.id = i.id;
  RETURN NULL;
END $$;

-- Deferred to the commit: only then are all parts there. Jobs are held to it too.
CREATE FUNCTION desk_guard.composition_sum() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  plan desk.customer_plans;
  parts bigint;
  total numeric;
BEGIN
  IF TG_TABLE_NAME = 'customer_plans' THEN
    SELECT * INTO plan FROM desk.customer_plans p WHERE p.id = NEW.id;
  ELSE
    SELECT * INTO plan FROM desk.customer_plans p WHERE p.id = COALESCE(NEW.plan_id, OLD.plan_id);
  END IF;
  IF plan.id IS NULL THEN RETURN NULL; END IF;
  SELECT count(*), COALESCE(sum(i.amount), 0) INTO parts, total
    FROM desk.plan_composition_items i WHERE i.plan_id = plan.id;
  IF plan.composition_customized <> (parts > 0) OR plan.composition_customized AND total <> plan.value THEN
    PERFORM desk.refuse('composition:sum', 'plan_composition_items', 'amount',
      'A soma da composição difere do valor do plano');
  END IF;
  RETURN NULL;
END $$;
