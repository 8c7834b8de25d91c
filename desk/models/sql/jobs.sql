-- Owner desk_job: what an act elsewhere means for plans, whose own guard would ask for another permission.

-- Variable 9. It runs before the guard of access_points, whose refusal undoes it with the whole statement.
CREATE FUNCTION desk_guard.leave_cancelled_plans() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF (SELECT v.value FROM desk.variables v WHERE v.code = 'delete_access_point_of_cancelled') = 'S' THEN
    PERFORM desk.record('plan.access_point_deleted', p.customer_id, p.id, jsonb_build_object('name', OLD.name))
      FROM desk.customer_plans p WHERE p.access_point_id = OLD.id AND p.status = 'CANCELADO';
    UPDATE desk.customer_plans SET access_point_id = NULL WHERE access_point_id = OLD.id AND status = 'CANCELADO';
  END IF;
  RETURN OLD;
END $$;
