-- Owner desk_owner: which addresses are free, who holds the others, and what routers are owed of them.
-- Units of a range are counted from 0; desk.ip_gaps holds its free ones as intervals, so that the lowest free unit is
-- one look into an index, however many are in use.

CREATE FUNCTION desk.ip_full(address inet) RETURNS inet LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT set_masklen(address, CASE family(address) WHEN 4 THEN 32 ELSE 128 END)
$$;

CREATE FUNCTION desk.ip_bits(address inet) RETURNS bit LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT ('x' || encode(substring(inet_send(address) FROM 5), 'hex'))::bit(128)
$$;

-- Subtracting addresses of IPv6 overflows bigint, hence bits.
CREATE FUNCTION desk.ip_unit(network inet, prefix int, address inet) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF family(network) = 4 THEN
    RETURN (desk.ip_full(address) - desk.ip_full(network)) >> (32 - prefix);
  END IF;
  RETURN substring((desk.ip_bits(address) # desk.ip_bits(network)) >> (128 - prefix) FROM 65 FOR 64)::bit(64)::bigint;
END $$;

CREATE FUNCTION desk.ip_block(network inet, prefix int, unit bigint) RETURNS cidr
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  bits bit(128);
  hex text := '';
BEGIN
  IF family(network) = 4 THEN
    RETURN set_masklen(desk.ip_full(network) + (unit << (32 - prefix)), prefix)::cidr;
  END IF;
  bits := desk.ip_bits(network) | ((repeat('0', 64)::bit(64) || unit::bit(64))::bit(128) << (128 - prefix));
  FOR part IN 0 .. 3 LOOP
    hex := hex || lpad(to_hex(substring(bits FROM 1 + 32 * part FOR 32)::bit(32)::bigint), 8, '0');
  END LOOP;
  -- Without a backslash: how a string with one is read is the session's to choose.
  RETURN set_masklen(array_to_string(ARRAY(
    SELECT substr(hex, 1 + 4 * n, 4) FROM generate_series(0, 7) n ORDER BY n), ':')::inet, prefix)::cidr;
END $$;

-- What the customer's equipment is told: a single address with the network's mask, in a block the address after the
-- router's own, or the prefix itself.
CREATE FUNCTION desk.ip_told(network inet, block cidr) RETURNS inet LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE
    WHEN masklen(block) = CASE family(block) WHEN 4 THEN 32 ELSE 128 END THEN
      set_masklen(block::inet, masklen(network))
    WHEN family(block) = 6 THEN block::inet
    WHEN masklen(block) = 31 THEN set_masklen(block::inet + 1, 31)
    ELSE set_masklen(block::inet + 2, masklen(block)) END
$$;

-- Compute anew which units of `area` are free. The caller holds the row lock of the range.
CREATE FUNCTION desk_guard.refresh_gaps(r desk.ip_ranges, area cidr) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  within cidr := CASE WHEN masklen(area) < masklen(r.network) THEN r.network
    WHEN masklen(area) > r.block_prefix THEN network(set_masklen(area::inet, r.block_prefix)) ELSE area END;
  a bigint := desk.ip_unit(r.network, r.block_prefix, within);
  b bigint := desk.ip_unit(r.network, r.block_prefix, broadcast(within));
  low bigint := a;
  high bigint := b;
  left_first bigint;
  left_last bigint;
  h record;
BEGIN
  SELECT g.first, g.last INTO left_first, left_last FROM desk.ip_gaps g
    WHERE g.range_id = r.id AND g.first <= a ORDER BY g.first DESC LIMIT 1;
  IF left_last >= a - 1 THEN
    low := left_first;
    high := GREATEST(b, left_last);
  END IF;
  SELECT GREATEST(high, COALESCE(max(g.last), high)) INTO high FROM desk.ip_gaps g
    WHERE g.range_id = r.id AND g.first > a AND g.first <= b + 1;
  DELETE FROM desk.ip_gaps g WHERE g.range_id = r.id AND g.first BETWEEN low AND b + 1;
  FOR h IN
    SELECT desk.ip_unit(r.network, r.block_prefix, CASE WHEN t.block >>= within THEN within ELSE t.block END) AS f,
      desk.ip_unit(r.network, r.block_prefix, broadcast(CASE WHEN t.block >>= within THEN within ELSE t.block END)) AS l
    FROM desk.ip_holdings t WHERE t.block && within ORDER BY 1, 2
  LOOP
    IF low < h.f THEN
      INSERT INTO desk.ip_gaps (range_id, first, last) VALUES (r.id, low, h.f - 1);
    END IF;
    low := GREATEST(low, h.l + 1);
  END LOOP;
  IF low <= high THEN
    INSERT INTO desk.ip_gaps (range_id, first, last) VALUES (r.id, low, high);
  END IF;
END $$;

-- Locks come before the change and in the order of their ids: two desks at one range take turns.
CREATE FUNCTION desk_guard.lock_ranges() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM FROM desk.ip_ranges r WHERE r.network && COALESCE(NEW.block, OLD.block) ORDER BY r.id FOR NO KEY UPDATE;
  RETURN COALESCE(NEW, OLD);
END $$;

CREATE FUNCTION desk_guard.holding_moved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk_guard.refresh_gaps(r, COALESCE(NEW.block, OLD.block)) FROM desk.ip_ranges r
    WHERE r.network && COALESCE(NEW.block, OLD.block);
  RETURN NULL;
END $$;

-- What a range keeps for itself: ends of its network where addresses are given one by one, gateway, reserved ones.
CREATE FUNCTION desk_guard.range_saved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  own cidr;
BEGIN
  DELETE FROM desk.ip_holdings h WHERE h.range_id = NEW.id;
  IF TG_OP = 'INSERT' OR (OLD.network, OLD.block_prefix) IS DISTINCT FROM (NEW.network, NEW.block_prefix) THEN
    DELETE FROM desk.ip_gaps g WHERE g.range_id = NEW.id;
    PERFORM desk_guard.refresh_gaps(NEW, NEW.network);
  END IF;
  FOR own IN
    SELECT k FROM (
      SELECT unnest(NEW.reserved) AS k
      UNION ALL SELECT desk.ip_full(NEW.gateway)::cidr WHERE NEW.gateway IS NOT NULL
      UNION ALL SELECT desk.ip_full(NEW.network)::cidr
        WHERE NEW.block_prefix = CASE family(NEW.network) WHEN 4 THEN 32 ELSE 128 END
          AND masklen(NEW.network) < NEW.block_prefix - 1
      UNION ALL SELECT desk.ip_full(broadcast(NEW.network))::cidr
        WHERE NEW.block_prefix = 32 AND masklen(NEW.network) < 31) own ORDER BY masklen(k), k
  LOOP
    IF NOT own <<= NEW.network THEN
      PERFORM desk.refuse('rule:ip_reserved_outside', 'ip_ranges', 'reserved',
        'Endereço reservado fora da faixa: ' || own::text);
    END IF;
    IF NOT EXISTS (SELECT FROM desk.ip_holdings h WHERE h.range_id = NEW.id AND h.block >>= own) THEN
      DELETE FROM desk.ip_holdings h WHERE h.block && own AND h.expires_at <= clock_timestamp();
      INSERT INTO desk.ip_holdings (block, range_id) VALUES (own, NEW.id);
    END IF;
  END LOOP;
  RETURN NULL;
END $$;

-- A live IP holds its block, a deleted one frees it at once. The reservation of the dialog that saved it ends here.
CREATE FUNCTION desk_guard.ip_holds() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  ours uuid := NULLIF(current_setting('desk.ip_token', true), '')::uuid;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW.block = OLD.block AND NEW.deleted_at IS NOT DISTINCT FROM OLD.deleted_at THEN RETURN NULL; END IF;
    DELETE FROM desk.ip_holdings h WHERE h.ip_id = NEW.id;
  END IF;
  IF NEW.deleted_at IS NULL THEN
    DELETE FROM desk.ip_holdings h WHERE h.token = ours AND h.held_by = session_user;
    DELETE FROM desk.ip_holdings h WHERE h.block && NEW.block AND h.expires_at <= clock_timestamp();
    INSERT INTO desk.ip_holdings (block, ip_id) VALUES (NEW.block, NEW.id);
  END IF;
  RETURN NULL;
END $$;

-- Whose a block is from now on; what was so until now stays as a period that is over.
CREATE FUNCTION desk_guard.ip_assigned() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  moment timestamptz := clock_timestamp();
BEGIN
  UPDATE desk.ip_assignments a SET ended_at = GREATEST(moment, a.started_at)
    WHERE a.customer_ip_id = NEW.id AND a.ended_at IS NULL;
  IF NEW.deleted_at IS NULL THEN
    INSERT INTO desk.ip_assignments (customer_ip_id, plan_id, customer_id, block, started_at)
      SELECT NEW.id, p.id, p.customer_id, NEW.block,
          CASE TG_OP WHEN 'INSERT' THEN LEAST(NEW.created_at, moment) ELSE moment END
        FROM desk.customer_plans p WHERE p.id = NEW.plan_id;
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION desk_guard.plan_ips_assigned() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  moment timestamptz := clock_timestamp();
BEGIN
  WITH over AS (
    UPDATE desk.ip_assignments a SET ended_at = GREATEST(moment, a.started_at)
      WHERE a.plan_id = NEW.id AND a.ended_at IS NULL RETURNING a.customer_ip_id, a.block, a.ended_at)
  INSERT INTO desk.ip_assignments (customer_ip_id, plan_id, customer_id, block, started_at)
    SELECT o.customer_ip_id, NEW.id, NEW.customer_id, o.block, o.ended_at FROM over o;
  RETURN NULL;
END $$;

CREATE FUNCTION desk_guard.ip_debt() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  about bigint := CASE WHEN TG_TABLE_NAME = 'customer_ips' THEN (to_jsonb(COALESCE(NEW, OLD)) ->> 'id')::bigint
    ELSE (to_jsonb(COALESCE(NEW, OLD)) ->> 'ip_id')::bigint END;
BEGIN
  PERFORM desk.owe('customer_ip', i.id::text, p.customer_id, p.id)
    FROM desk.customer_ips i JOIN desk.customer_plans p ON p.id = i.plan_id WHERE i.id = about;
  RETURN NULL;
END $$;

-- What a login's session brings is told to FreeRADIUS by a view; an open connection hears of another speed only if the
-- login is owed as well.
CREATE FUNCTION desk_guard.ip_login_debt() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk.owe_logins(ARRAY(SELECT l.id FROM desk.radius_logins l WHERE l.deleted_at IS NULL
    AND l.id IN (NEW.login_id, CASE WHEN TG_OP = 'UPDATE' THEN OLD.login_id END)));
  RETURN NULL;
END $$;

CREATE FUNCTION desk_guard.plan_ip_debts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk.owe('customer_ip', i.id::text, NEW.customer_id, NEW.id)
    FROM desk.customer_ips i WHERE i.plan_id = NEW.id AND i.deleted_at IS NULL;
  RETURN NULL;
END $$;

-- Another router, another way of enforcing, another speed in the catalogue: every IP it concerns is owed again.
CREATE FUNCTION desk_guard.point_ip_debts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk.owe('customer_ip', i.id::text, p.customer_id, p.id)
    FROM desk.customer_ips i JOIN desk.customer_plans p ON p.id = i.plan_id
    WHERE i.access_point_id = NEW.id AND i.deleted_at IS NULL;
  RETURN NULL;
END $$;

-- Another router at the old one's place, or one that comes back into use, knows none of the lines, or old ones.
CREATE FUNCTION desk_guard.server_ip_debts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk.owe('customer_ip', i.id::text, p.customer_id, p.id)
    FROM desk.access_points a JOIN desk.customer_ips i ON i.access_point_id = a.id AND i.deleted_at IS NULL
      JOIN desk.customer_plans p ON p.id = i.plan_id WHERE a.routing_server_id = NEW.id ORDER BY i.id;
  RETURN NULL;
END $$;

CREATE FUNCTION desk_guard.catalog_ip_debts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk.owe('customer_ip', i.id::text, p.customer_id, p.id)
    FROM desk.customer_ips i JOIN desk.customer_plans p ON p.id = i.plan_id
    WHERE p.catalog_plan_id = NEW.id AND i.deleted_at IS NULL AND i.down_kbps IS NULL;
  RETURN NULL;
END $$;

CREATE FUNCTION desk_guard.option_ip_debts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk.owe('customer_ip', i.id::text, p.customer_id, p.id)
    FROM desk.customer_ips i JOIN desk.customer_plans p ON p.id = i.plan_id
    WHERE COALESCE(NEW.code, OLD.code) = ANY (i.options) AND i.deleted_at IS NULL;
  RETURN NULL;
END $$;

-- How long an address stays reserved after its dialog was last heard of.
CREATE FUNCTION desk.ip_patience() RETURNS interval LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT interval '2 minutes'
$$;

CREATE FUNCTION desk_guard.begin_holding(of_token uuid) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk.need(ARRAY['edit_plan_ip'], 'ip_holdings', '');
  IF of_token IS NULL THEN
    PERFORM desk.refuse('rule:ip_token', 'ip_holdings', '', 'A reserva não tem dono');
  END IF;
  -- Nobody has that many dialogs open; without a limit one clerk could hold a whole range.
  IF (SELECT count(*) FROM desk.ip_holdings h WHERE h.held_by = session_user AND h.token <> of_token
      AND h.expires_at > clock_timestamp()) >= 8 THEN
    PERFORM desk.refuse('rule:ip_reservations', 'ip_holdings', '', 'Há reservas demais abertas por esta pessoa');
  END IF;
END $$;

-- Eight reservations could still be eight quarters of a range. Nobody's dialogs together hold more than a quarter of one,
-- nor more than a customer could have: a reservation leaves no trace, and whoever renews it keeps it.
CREATE FUNCTION desk_guard.end_holding(of_block cidr) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF (masklen(of_block) < CASE family(of_block) WHEN 4 THEN 16 ELSE 32 END) OR EXISTS (
    SELECT FROM desk.ip_ranges r WHERE r.network && of_block AND (
      SELECT sum(2::numeric ^ GREATEST(0, r.block_prefix - masklen(h.block))) FROM desk.ip_holdings h
        WHERE h.held_by = session_user AND h.expires_at > clock_timestamp() AND h.block && r.network)
      > GREATEST(16, 2::numeric ^ (r.block_prefix - masklen(r.network)) / 4)) THEN
    PERFORM desk.refuse('rule:ip_reservations', 'ip_holdings', '', 'Há reservas demais abertas por esta pessoa');
  END IF;
END $$;

-- The lowest free unit of the point's ranges, in their order; with `beyond` the first one after it, then from the start.
CREATE FUNCTION desk.reserve_ip(point bigint, fam int, of_token uuid, beyond inet DEFAULT NULL,
  OUT block cidr, OUT told inet, OUT gateway inet, OUT network cidr, OUT range_id bigint)
RETURNS SETOF record LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  r desk.ip_ranges;
  start bigint;
  unit bigint;
  skip boolean := beyond IS NOT NULL;
BEGIN
  PERFORM desk_guard.begin_holding(of_token);
  PERFORM FROM desk.ip_ranges x WHERE x.access_point_id = point OR EXISTS (
    SELECT FROM desk.ip_holdings h WHERE h.token = of_token AND h.block && x.network)
    ORDER BY x.id FOR NO KEY UPDATE;
  DELETE FROM desk.ip_holdings h WHERE h.token = of_token AND h.held_by = session_user;
  DELETE FROM desk.ip_holdings h USING desk.ip_ranges x WHERE x.access_point_id = point
    AND h.expires_at <= clock_timestamp() AND h.block <<= x.network;
  FOR turn IN 1 .. 2 LOOP
    FOR r IN SELECT x.* FROM desk.ip_ranges x WHERE x.access_point_id = point AND x.active
        AND family(x.network) = fam ORDER BY x.position, x.id
    LOOP
      start := 0;
      IF skip THEN
        CONTINUE WHEN NOT r.network >>= beyond;
        start := desk.ip_unit(r.network, r.block_prefix, beyond) + 1;
        skip := false;
      END IF;
      LOOP
        SELECT CASE WHEN g.last >= start THEN start END INTO unit FROM desk.ip_gaps g
          WHERE g.range_id = r.id AND g.first <= start ORDER BY g.first DESC LIMIT 1;
        IF unit IS NULL THEN
          SELECT g.first INTO unit FROM desk.ip_gaps g WHERE g.range_id = r.id AND g.first > start
            ORDER BY g.first LIMIT 1;
        END IF;
        EXIT WHEN unit IS NULL;
        block := desk.ip_block(r.network, r.block_prefix, unit);
        BEGIN
          INSERT INTO desk.ip_holdings (block, token, held_by, expires_at)
            VALUES (reserve_ip.block, of_token, session_user, clock_timestamp() + desk.ip_patience());
          told := desk.ip_told(r.network, block);
          network := r.network;
          range_id := r.id;
          gateway := CASE WHEN family(block) = 6 OR masklen(block) = 32 THEN r.gateway
            WHEN masklen(block) = 31 THEN block::inet ELSE block::inet + 1 END;
          RETURN NEXT;
          RETURN;
        EXCEPTION WHEN exclusion_violation THEN
          -- A range made while somebody saved an IP inside it: neither saw the other. From here on they do.
          PERFORM desk_guard.refresh_gaps(r, block);
        END;
      END LOOP;
    END LOOP;
    EXIT WHEN beyond IS NULL;
    skip := false;
  END LOOP;
END $$;

-- Reserve exactly this; the constraint answers when any of it is taken.
CREATE FUNCTION desk.hold_ip(of_block cidr, of_token uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk_guard.begin_holding(of_token);
  PERFORM FROM desk.ip_ranges x WHERE x.network && of_block OR EXISTS (
    SELECT FROM desk.ip_holdings h WHERE h.token = of_token AND h.block && x.network)
    ORDER BY x.id FOR NO KEY UPDATE;
  DELETE FROM desk.ip_holdings h WHERE h.token = of_token AND h.held_by = session_user;
  DELETE FROM desk.ip_holdings h WHERE h.block && of_block AND h.expires_at <= clock_timestamp();
  INSERT INTO desk.ip_holdings (block, token, held_by, expires_at)
    VALUES (of_block, of_token, session_user, clock_timestamp() + desk.ip_patience());
  PERFORM desk_guard.end_holding(of_block);
END $$;

CREATE FUNCTION desk.renew_ip(of_token uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk.need(ARRAY['edit_plan_ip'], 'ip_holdings', '');
  UPDATE desk.ip_holdings h SET expires_at = clock_timestamp() + desk.ip_patience()
    WHERE h.token = of_token AND h.held_by = session_user;
  RETURN FOUND;
END $$;

CREATE FUNCTION desk.release_ip(of_token uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM desk.ip_holdings h WHERE h.token = of_token AND h.held_by = session_user;
  RETURN FOUND;
END $$;

-- For loaders that switched the triggers off.
CREATE FUNCTION desk.rebuild_gaps(of_range bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM FROM desk.ip_ranges r WHERE r.id = of_range FOR NO KEY UPDATE;
  DELETE FROM desk.ip_gaps g WHERE g.range_id = of_range;
  PERFORM desk_guard.refresh_gaps(r, r.network) FROM desk.ip_ranges r WHERE r.id = of_range;
END $$;

GRANT EXECUTE ON FUNCTION desk.ip_full, desk.ip_bits, desk.ip_unit, desk.ip_block, desk.ip_told
  TO desk_operator, desk_job;
GRANT EXECUTE ON FUNCTION desk.reserve_ip, desk.hold_ip, desk.renew_ip, desk.release_ip TO desk_operator;
GRANT EXECUTE ON FUNCTION desk.rebuild_gaps TO desk_job;
