-- What the database itself does when addresses change; names are in the order they run, guards (zz_) come last.
CREATE TRIGGER aa_lock BEFORE INSERT OR DELETE ON desk.ip_holdings
  FOR EACH ROW EXECUTE FUNCTION desk_guard.lock_ranges();
CREATE TRIGGER mm_gaps AFTER INSERT OR DELETE ON desk.ip_holdings
  FOR EACH ROW EXECUTE FUNCTION desk_guard.holding_moved();
CREATE TRIGGER mm_saved AFTER INSERT ON desk.ip_ranges
  FOR EACH ROW EXECUTE FUNCTION desk_guard.range_saved();
CREATE TRIGGER mm_changed AFTER UPDATE ON desk.ip_ranges FOR EACH ROW
  WHEN ((OLD.network, OLD.block_prefix, OLD.gateway, OLD.reserved)
    IS DISTINCT FROM (NEW.network, NEW.block_prefix, NEW.gateway, NEW.reserved))
  EXECUTE FUNCTION desk_guard.range_saved();
CREATE TRIGGER aa_ip BEFORE UPDATE ON desk.customer_ips
  FOR EACH ROW EXECUTE FUNCTION desk_guard.marked_deleted();
CREATE TRIGGER mm_holds AFTER INSERT OR UPDATE ON desk.customer_ips
  FOR EACH ROW EXECUTE FUNCTION desk_guard.ip_holds();
CREATE TRIGGER mm_assigned AFTER INSERT ON desk.customer_ips
  FOR EACH ROW EXECUTE FUNCTION desk_guard.ip_assigned();
CREATE TRIGGER mm_assigned_anew AFTER UPDATE ON desk.customer_ips FOR EACH ROW
  WHEN ((OLD.block, OLD.plan_id, OLD.deleted_at) IS DISTINCT FROM (NEW.block, NEW.plan_id, NEW.deleted_at))
  EXECUTE FUNCTION desk_guard.ip_assigned();
CREATE TRIGGER mm_ips_assigned AFTER UPDATE ON desk.customer_plans FOR EACH ROW
  WHEN (OLD.customer_id <> NEW.customer_id) EXECUTE FUNCTION desk_guard.plan_ips_assigned();
CREATE TRIGGER nn_debts AFTER INSERT OR UPDATE ON desk.customer_ips
  FOR EACH ROW EXECUTE FUNCTION desk_guard.ip_debt();
CREATE TRIGGER nn_login AFTER INSERT ON desk.customer_ips FOR EACH ROW WHEN (NEW.login_id IS NOT NULL)
  EXECUTE FUNCTION desk_guard.ip_login_debt();
CREATE TRIGGER nn_login_moved AFTER UPDATE ON desk.customer_ips FOR EACH ROW
  WHEN ((OLD.login_id IS NOT NULL OR NEW.login_id IS NOT NULL) AND (OLD.login_id, OLD.down_kbps, OLD.up_kbps,
    OLD.deleted_at, OLD.options) IS DISTINCT FROM (NEW.login_id, NEW.down_kbps, NEW.up_kbps, NEW.deleted_at, NEW.options))
  EXECUTE FUNCTION desk_guard.ip_login_debt();
CREATE TRIGGER nn_debts AFTER INSERT OR UPDATE OR DELETE ON desk.customer_ip_macs
  FOR EACH ROW EXECUTE FUNCTION desk_guard.ip_debt();
CREATE TRIGGER oo_deleted AFTER UPDATE ON desk.customer_ips FOR EACH ROW
  WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL)
  EXECUTE FUNCTION desk.log_deleted('customer_ip', 'address');
CREATE TRIGGER nn_ip_debts AFTER UPDATE ON desk.customer_plans FOR EACH ROW
  WHEN (OLD.status <> NEW.status OR OLD.provisional_until IS DISTINCT FROM NEW.provisional_until
    OR (OLD.throttled, OLD.throttled_until, OLD.speed_until)
      IS DISTINCT FROM (NEW.throttled, NEW.throttled_until, NEW.speed_until) OR OLD.customer_id <> NEW.customer_id
    OR OLD.catalog_plan_id <> NEW.catalog_plan_id
    OR OLD.suspended_from <= clock_timestamp() AND NEW.suspended_from IS NULL)
  EXECUTE FUNCTION desk_guard.plan_ip_debts();
CREATE TRIGGER nn_ip_debts AFTER UPDATE ON desk.access_points FOR EACH ROW
  WHEN ((OLD.routing_server_id, OLD.interface, OLD.sets_address, OLD.sets_queue, OLD.sets_arp, OLD.allowed_list,
    OLD.blocked_list) IS DISTINCT FROM (NEW.routing_server_id, NEW.interface, NEW.sets_address, NEW.sets_queue,
    NEW.sets_arp, NEW.allowed_list, NEW.blocked_list))
  EXECUTE FUNCTION desk_guard.point_ip_debts();
CREATE TRIGGER nn_ip_debts AFTER UPDATE ON desk.routing_servers FOR EACH ROW
  WHEN (NEW.active AND NOT OLD.active OR OLD.host <> NEW.host OR OLD.port <> NEW.port)
  EXECUTE FUNCTION desk_guard.server_ip_debts();
CREATE TRIGGER nn_ip_debts AFTER UPDATE ON desk.catalog_plans FOR EACH ROW
  WHEN (OLD.down_kbps <> NEW.down_kbps OR OLD.up_kbps <> NEW.up_kbps)
  EXECUTE FUNCTION desk_guard.catalog_ip_debts();
CREATE TRIGGER nn_ip_debts AFTER UPDATE OR DELETE ON desk.ip_options
  FOR EACH ROW EXECUTE FUNCTION desk_guard.option_ip_debts();
