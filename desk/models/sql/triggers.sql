-- What the database itself does when rows change. Names are in the order they run; guards (zz_) come last.
CREATE TRIGGER aa_plan BEFORE INSERT OR UPDATE ON desk.customer_plans
  FOR EACH ROW EXECUTE FUNCTION desk_guard.plan_before();
CREATE TRIGGER yz_place_new BEFORE INSERT ON desk.customer_plans FOR EACH ROW
  WHEN (NEW.access_point_id IS NOT NULL AND current_user <> 'desk_job') EXECUTE FUNCTION desk_guard.take_place();
CREATE TRIGGER yz_place BEFORE UPDATE ON desk.customer_plans FOR EACH ROW
  WHEN (NEW.access_point_id IS NOT NULL AND OLD.access_point_id IS DISTINCT FROM NEW.access_point_id
    AND current_user <> 'desk_job')
  EXECUTE FUNCTION desk_guard.take_place();
CREATE TRIGGER zz_approval BEFORE UPDATE ON desk.customer_plans FOR EACH ROW
  WHEN (OLD.status = 'AGUARDANDO_AUTORIZACAO' AND NEW.status = 'HABILITADO' AND current_user <> 'desk_job')
  EXECUTE FUNCTION desk_guard.use_approval();
CREATE TRIGGER mm_first_status AFTER INSERT ON desk.customer_plans
  FOR EACH ROW EXECUTE FUNCTION desk.log_status();
CREATE TRIGGER mm_status AFTER UPDATE ON desk.customer_plans FOR EACH ROW
  WHEN ((OLD.status <> NEW.status OR OLD.provisional_until IS DISTINCT FROM NEW.provisional_until)
    AND (current_user <> 'desk_job' OR OLD.suspended_until IS NULL))
  EXECUTE FUNCTION desk.log_status();
CREATE TRIGGER mm_status_by_date AFTER UPDATE ON desk.customer_plans FOR EACH ROW
  WHEN (OLD.status <> NEW.status AND current_user = 'desk_job' AND OLD.suspended_until IS NOT NULL)
  EXECUTE FUNCTION desk.log_status('desk_worker');
CREATE TRIGGER mm_suspension AFTER UPDATE ON desk.customer_plans FOR EACH ROW
  WHEN ((OLD.status, OLD.suspended_until) IS DISTINCT FROM (NEW.status, NEW.suspended_until)
    AND (OLD.suspended_until IS NOT NULL OR NEW.suspended_until IS NOT NULL) AND current_user <> 'desk_job')
  EXECUTE FUNCTION desk_guard.suspension_moved();
CREATE TRIGGER mm_suspension_by_date AFTER UPDATE ON desk.customer_plans FOR EACH ROW
  WHEN ((OLD.status, OLD.suspended_until) IS DISTINCT FROM (NEW.status, NEW.suspended_until)
    AND (OLD.suspended_until IS NOT NULL OR NEW.suspended_until IS NOT NULL) AND current_user = 'desk_job')
  EXECUTE FUNCTION desk_guard.suspension_moved('desk_worker');
CREATE TRIGGER nn_suspension AFTER UPDATE ON desk.customer_plans FOR EACH ROW
  WHEN ((OLD.status, OLD.suspended_from, OLD.suspended_until)
      IS DISTINCT FROM (NEW.status, NEW.suspended_from, NEW.suspended_until)
    AND (OLD.suspended_until IS NOT NULL OR NEW.suspended_until IS NOT NULL))
  EXECUTE FUNCTION desk_guard.suspension_debt();
CREATE TRIGGER nn_debts AFTER UPDATE ON desk.customer_plans FOR EACH ROW
  WHEN (OLD.status <> NEW.status OR OLD.provisional_until IS DISTINCT FROM NEW.provisional_until
    OR OLD.access_point_id IS DISTINCT FROM NEW.access_point_id OR OLD.customer_id <> NEW.customer_id
    OR OLD.catalog_plan_id <> NEW.catalog_plan_id OR OLD.throttled <> NEW.throttled
    OR OLD.throttled_until IS DISTINCT FROM NEW.throttled_until OR OLD.speed_until IS DISTINCT FROM NEW.speed_until
    OR OLD.suspended_from <= clock_timestamp() AND NEW.suspended_from IS NULL)
  EXECUTE FUNCTION desk_guard.plan_debts();
CREATE TRIGGER nn_speed AFTER UPDATE ON desk.catalog_plans FOR EACH ROW
  WHEN (OLD.down_kbps <> NEW.down_kbps OR OLD.up_kbps <> NEW.up_kbps)
  EXECUTE FUNCTION desk_guard.catalog_speed_debts();
CREATE TRIGGER nn_throttle AFTER UPDATE ON desk.variables FOR EACH ROW
  WHEN (NEW.code = 'throttle_percent' AND OLD.value <> NEW.value)
  EXECUTE FUNCTION desk_guard.throttle_debts();
CREATE TRIGGER nn_profile AFTER UPDATE ON desk.catalog_plans FOR EACH ROW
  WHEN (OLD.radius_profile IS DISTINCT FROM NEW.radius_profile)
  EXECUTE FUNCTION desk_guard.catalog_profile_debts();
CREATE TRIGGER nn_speed AFTER UPDATE ON desk.customer_plans FOR EACH ROW
  WHEN (OLD.throttled_until IS DISTINCT FROM NEW.throttled_until OR OLD.speed_until IS DISTINCT FROM NEW.speed_until)
  EXECUTE FUNCTION desk_guard.speed_debt();
CREATE TRIGGER nn_provisional AFTER UPDATE ON desk.customer_plans FOR EACH ROW
  WHEN (OLD.provisional_until IS DISTINCT FROM NEW.provisional_until)
  EXECUTE FUNCTION desk_guard.provisional_debt();
CREATE TRIGGER aa_lock BEFORE UPDATE ON desk.customer_plans FOR EACH ROW
  WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION desk_guard.lock_links();
CREATE TRIGGER ab_deleted BEFORE UPDATE ON desk.customer_plans FOR EACH ROW
  WHEN ((OLD.deleted_at, OLD.deleted_by) IS DISTINCT FROM (NEW.deleted_at, NEW.deleted_by))
  EXECUTE FUNCTION desk_guard.marked_deleted();
CREATE TRIGGER aa_live BEFORE INSERT ON desk.radius_logins
  FOR EACH ROW EXECUTE FUNCTION desk_guard.live_plan();
CREATE TRIGGER aa_live BEFORE INSERT ON desk.customer_ips
  FOR EACH ROW EXECUTE FUNCTION desk_guard.live_plan();
CREATE TRIGGER aa_live BEFORE INSERT ON desk.circuits
  FOR EACH ROW EXECUTE FUNCTION desk_guard.live_plan();
CREATE TRIGGER aa_live BEFORE INSERT OR UPDATE ON desk.plan_addresses
  FOR EACH ROW EXECUTE FUNCTION desk_guard.live_plan();
CREATE TRIGGER aa_live BEFORE INSERT OR UPDATE ON desk.plan_value_details
  FOR EACH ROW EXECUTE FUNCTION desk_guard.live_plan();
CREATE TRIGGER oo_deleted AFTER UPDATE ON desk.customer_plans FOR EACH ROW
  WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION desk.log_deleted('plan', 'number');
CREATE TRIGGER aa_change BEFORE INSERT ON desk.plan_changes
  FOR EACH ROW EXECUTE FUNCTION desk_guard.change_before();
CREATE TRIGGER nn_change AFTER INSERT ON desk.plan_changes
  FOR EACH ROW EXECUTE FUNCTION desk_guard.change_after();
CREATE TRIGGER aa_part BEFORE INSERT OR UPDATE OR DELETE ON desk.plan_composition_items
  FOR EACH ROW EXECUTE FUNCTION desk_guard.part_before();
CREATE TRIGGER ac_composition BEFORE UPDATE ON desk.customer_plans FOR EACH ROW
  WHEN (OLD.catalog_plan_id <> NEW.catalog_plan_id) EXECUTE FUNCTION desk_guard.composition_of_catalog();
CREATE TRIGGER nn_composition AFTER UPDATE ON desk.customer_plans FOR EACH ROW
  WHEN (OLD.composition_customized AND NOT NEW.composition_customized)
  EXECUTE FUNCTION desk_guard.composition_back();
CREATE TRIGGER nn_composition_value AFTER UPDATE ON desk.customer_plans FOR EACH ROW
  WHEN (OLD.composition_customized AND NEW.composition_customized AND OLD.value <> NEW.value)
  EXECUTE FUNCTION desk_guard.composition_spread();
CREATE CONSTRAINT TRIGGER oo_composition AFTER INSERT OR UPDATE OF value, composition_customized
  ON desk.customer_plans DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.composition_customized) EXECUTE FUNCTION desk_guard.composition_sum();
CREATE CONSTRAINT TRIGGER oo_composition AFTER INSERT OR UPDATE OR DELETE
  ON desk.plan_composition_items DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  EXECUTE FUNCTION desk_guard.composition_sum();
CREATE TRIGGER aa_lock BEFORE UPDATE ON desk.plan_statuses FOR EACH ROW
  WHEN (OLD."group" <> NEW."group" OR OLD.grants_access <> NEW.grants_access)
  EXECUTE FUNCTION desk_guard.lock_status();
CREATE TRIGGER aa_login BEFORE UPDATE ON desk.radius_logins
  FOR EACH ROW EXECUTE FUNCTION desk_guard.marked_deleted();
CREATE TRIGGER nn_debts AFTER INSERT OR UPDATE ON desk.radius_logins
  FOR EACH ROW EXECUTE FUNCTION desk_guard.login_debt();
CREATE TRIGGER nn_gone AFTER UPDATE ON desk.radius_logins FOR EACH ROW
  WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION desk_vault.login_gone();
CREATE TRIGGER nn_gone_wholly AFTER DELETE ON desk.radius_logins
  FOR EACH ROW EXECUTE FUNCTION desk_vault.login_gone();
CREATE TRIGGER oo_deleted AFTER UPDATE ON desk.radius_logins FOR EACH ROW
  WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION desk.log_deleted('radius_login', 'login');
CREATE TRIGGER oo_deleted AFTER DELETE ON desk.circuits
  FOR EACH ROW EXECUTE FUNCTION desk.log_deleted('circuit', 'name');
CREATE TRIGGER oo_deleted AFTER DELETE ON desk.plan_value_details
  FOR EACH ROW EXECUTE FUNCTION desk.log_deleted('value_detail', 'description');
CREATE TRIGGER oo_deleted AFTER DELETE ON desk.plan_addresses
  FOR EACH ROW EXECUTE FUNCTION desk.log_deleted('plan_address', 'street');
CREATE TRIGGER nn_debts AFTER UPDATE ON desk.access_points FOR EACH ROW
  WHEN (OLD.routing_server_id IS DISTINCT FROM NEW.routing_server_id)
  EXECUTE FUNCTION desk_guard.access_point_debts();
CREATE TRIGGER nn_debts AFTER UPDATE ON desk.routing_servers FOR EACH ROW
  WHEN (OLD.local_secrets <> NEW.local_secrets OR NEW.active AND NOT OLD.active
    OR NEW.local_secrets AND (OLD.host <> NEW.host OR OLD.port <> NEW.port))
  EXECUTE FUNCTION desk_guard.routing_server_debts();
CREATE TRIGGER nn_gone AFTER DELETE ON desk.routing_servers
  FOR EACH ROW EXECUTE FUNCTION desk_vault.server_gone();
CREATE TRIGGER zz_log AFTER INSERT OR UPDATE OR DELETE ON desk_vault.secrets
  FOR EACH ROW EXECUTE FUNCTION desk.log_change('kind,owner', 'ciphertext');
CREATE TRIGGER zz_log AFTER INSERT OR UPDATE OR DELETE ON desk.retention
  FOR EACH ROW WHEN (current_user <> 'desk_job') EXECUTE FUNCTION desk.log_change('what', 'swept_at');
CREATE TRIGGER mm_words AFTER INSERT ON desk.customers
  FOR EACH ROW EXECUTE FUNCTION desk_guard.note_words();
CREATE TRIGGER mm_words_changed AFTER UPDATE ON desk.customers FOR EACH ROW
  WHEN (OLD.name_key <> NEW.name_key) EXECUTE FUNCTION desk_guard.note_words();
CREATE TRIGGER aa_leave_plans BEFORE DELETE ON desk.plan_statuses
  FOR EACH ROW EXECUTE FUNCTION desk_guard.leave_deleted_plans();
CREATE TRIGGER aa_leave_plans BEFORE DELETE ON desk.access_points
  FOR EACH ROW EXECUTE FUNCTION desk_guard.leave_cancelled_plans();
CREATE TRIGGER nn_gone AFTER DELETE ON desk.radius_servers
  FOR EACH ROW EXECUTE FUNCTION desk_vault.radius_server_gone();
