-- Owner desk_signal: ends sessions.

CREATE FUNCTION desk.person_disconnect(login text) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk.need(ARRAY['users'], 'people', '');
  IF NOT EXISTS (SELECT FROM desk.people p WHERE p.role = login AND NOT p.service) THEN
    PERFORM desk.refuse('person:unknown', 'people', '', 'Esta pessoa não pode ser alterada aqui');
  END IF;
  RETURN (SELECT count(pg_terminate_backend(a.pid)) FROM pg_stat_activity a
    WHERE a.usename = login AND a.pid <> pg_backend_pid());
END $$;

-- Ends the sessions of people that would hold others up: idle in a transaction, running too long, or blocking.
-- And sweeps what is kept no longer.
CREATE FUNCTION desk.janitor() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk.sweep();
  RETURN (
    SELECT count(pg_terminate_backend(a.pid)) FROM pg_stat_activity a
    JOIN desk.people p ON p.role = a.usename AND NOT p.service
    WHERE a.pid <> pg_backend_pid() AND (
      a.state LIKE 'idle in transaction%' AND a.state_change < clock_timestamp() - interval '60 seconds'
      OR a.state = 'active' AND a.query_start < clock_timestamp() - interval '120 seconds'
      OR EXISTS (SELECT FROM pg_stat_activity w WHERE w.wait_event_type = 'Lock'
        AND w.state_change < clock_timestamp() - interval '10 seconds' AND a.pid = ANY (pg_blocking_pids(w.pid)))));
END $$;

GRANT EXECUTE ON FUNCTION desk.person_disconnect TO desk_operator;
GRANT EXECUTE ON FUNCTION desk.janitor TO desk_worker;
