-- Owner desk_owner: Mudar Plano (CP-06). A row of plan_changes is the change: nobody writes one without the other.

CREATE FUNCTION desk_guard.change_before() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  plan desk.customer_plans;
BEGIN
  -- Its lock lets two desks take turns, and what is read after it is what the one before has committed.
  SELECT * INTO plan FROM desk.customer_plans p WHERE p.id = NEW.plan_id FOR NO KEY UPDATE;
  -- Another price or another composition must not slip in between our look and the commit.
  PERFORM FROM desk.catalog_plans c WHERE c.id = NEW.new_catalog_plan_id FOR SHARE;
  NEW.old_catalog_plan_id := plan.catalog_plan_id;
  NEW.old_value := plan.value;
  NEW.changed_on := desk.today();
  NEW.start_date := plan.start_date;
  NEW.last_close_date := plan.last_close_date;
  NEW.due_day := plan.due_day;
  NEW.status := plan.status;
  NEW.details := (SELECT COALESCE(jsonb_agg(to_jsonb(d) - 'plan_id' ORDER BY d.id), '[]')
    FROM desk.plan_value_details d WHERE d.plan_id = NEW.plan_id);
  NEW.at := clock_timestamp();
  NEW.who := session_user;
  NEW.xid := pg_current_xact_id()::text::bigint;
  RETURN NEW;
END $$;

-- The plan follows its row; the guards of what is written here judge the person, as anywhere.
CREATE FUNCTION desk_guard.change_after() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE desk.customer_plans SET catalog_plan_id = NEW.new_catalog_plan_id, value = NEW.new_value
    WHERE id = NEW.plan_id;
  IF NOT NEW.keeps_details THEN
    DELETE FROM desk.plan_value_details d WHERE d.plan_id = NEW.plan_id;  -- BI-06
  END IF;
  DELETE FROM desk.circuits c WHERE c.plan_id = NEW.plan_id;  -- CP-02
  RETURN NULL;
END $$;
