-- Owner desk_vault: secrets. desk_vault.master(), owned by the superuser, is made by the wall with the key's path.

CREATE FUNCTION desk_vault.hmac(key bytea, message bytea) RETURNS bytea LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  inner_pad bytea := decode(repeat('36', 64), 'hex');
  outer_pad bytea := decode(repeat('5c', 64), 'hex');
BEGIN
  FOR i IN 0 .. length(key) - 1 LOOP
    inner_pad := set_byte(inner_pad, i, get_byte(key, i) # 54);
    outer_pad := set_byte(outer_pad, i, get_byte(key, i) # 92);
  END LOOP;
  RETURN sha256(outer_pad || sha256(inner_pad || message));
END $$;

CREATE FUNCTION desk_vault.data_key(kind text, owner bigint, version bigint) RETURNS bytea LANGUAGE sql
SET search_path = pg_catalog, pg_temp AS $$
  SELECT desk_vault.hmac(desk_vault.master(),
    convert_to('desk-secret|' || kind || '|' || owner || '|' || version, 'UTF8'))
$$;

CREATE FUNCTION desk_vault.may_write(kind text, owner bigint) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  k desk_vault.secret_kinds;
  there boolean;
BEGIN
  SELECT * INTO k FROM desk_vault.secret_kinds s WHERE s.kind = may_write.kind;
  IF k.kind IS NULL THEN
    PERFORM desk.refuse('secret:kind', 'secrets', '', 'Este tipo de senha não existe');
  END IF;
  there := EXISTS (SELECT FROM desk_vault.secrets s WHERE s.kind = may_write.kind AND s.owner = may_write.owner);
  PERFORM desk.need(CASE WHEN there THEN k.change ELSE k.create END, 'secrets', kind);
  there := CASE
    WHEN kind = 'radius' THEN EXISTS (SELECT FROM desk.radius_logins l WHERE l.id = owner AND l.deleted_at IS NULL)
    WHEN kind = 'wpa2' THEN EXISTS (SELECT FROM desk.customer_ips i WHERE i.id = owner AND i.deleted_at IS NULL)
    WHEN kind = 'radius_server' THEN EXISTS (SELECT FROM desk.radius_servers r WHERE r.id = owner)
    ELSE EXISTS (SELECT FROM desk.routing_servers r WHERE r.id = owner) END;
  IF there IS NOT TRUE THEN
    PERFORM desk.refuse('secret:owner', 'secrets', kind, 'Isto não existe mais');
  END IF;
END $$;

-- Versions come from a sequence, which no rollback gives back: a key that was handed out never opens another text.
CREATE FUNCTION desk.begin_secret(kind text, owner bigint, OUT version bigint, OUT data_key bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk_vault.may_write(kind, owner);
  version := nextval('desk_vault.secret_version');
  INSERT INTO desk_vault.pending (version, kind, owner, who, at)
    VALUES (begin_secret.version, begin_secret.kind, begin_secret.owner, session_user, clock_timestamp());
  data_key := desk_vault.data_key(kind, owner, version);
END $$;

-- Which routers have a password, or a RADIUS secret: that it is there, never what it is.
CREATE FUNCTION desk.routers_with_secret(kind text) RETURNS SETOF bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk.need(ARRAY['routing_servers'], 'secrets', kind);
  RETURN QUERY SELECT s.owner FROM desk_vault.secrets s
    WHERE s.kind = routers_with_secret.kind AND s.kind IN ('router', 'nas');
END $$;

CREATE FUNCTION desk.store_secret(version bigint, ciphertext bytea, cleartext text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  p desk_vault.pending;
BEGIN
  DELETE FROM desk_vault.pending d WHERE d.version = $1 AND d.who = session_user
    AND d.at > clock_timestamp() - interval '5 minutes' RETURNING * INTO p;
  IF p.version IS NULL THEN
    PERFORM desk.refuse('secret:pending', 'secrets', '', 'Esta gravação de senha não foi iniciada');
  END IF;
  PERFORM desk_vault.may_write(p.kind, p.owner);
  IF (length($2) BETWEEN 28 AND 2000) IS NOT TRUE OR (p.kind IN ('radius', 'nas')) <> ($3 IS NOT NULL)
     OR length($3) NOT BETWEEN 1 AND 128 THEN
    RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'Senha cifrada inválida';
  END IF;
  INSERT INTO desk_vault.secrets AS s (kind, owner, version, ciphertext, written_by, written_at)
    VALUES (p.kind, p.owner, p.version, $2, session_user, clock_timestamp())
    ON CONFLICT (kind, owner) DO UPDATE SET version = excluded.version, ciphertext = excluded.ciphertext,
      written_by = excluded.written_by, written_at = excluded.written_at WHERE s.version < excluded.version;
  IF NOT FOUND THEN
    PERFORM desk.refuse('secret:version', 'secrets', p.kind, 'Uma senha mais nova já foi gravada');
  END IF;
  IF p.kind = 'radius' THEN
    INSERT INTO desk_vault.radius_clear (login_id, cleartext) VALUES (p.owner, $3)
      ON CONFLICT (login_id) DO UPDATE SET cleartext = excluded.cleartext;
    PERFORM desk.owe('radius_login', l.id::text, c.customer_id, c.id)
      FROM desk.radius_logins l JOIN desk.customer_plans c ON c.id = l.plan_id WHERE l.id = p.owner;
  ELSIF p.kind = 'nas' THEN
    INSERT INTO desk_vault.nas_clear (routing_server_id, cleartext) VALUES (p.owner, $3)
      ON CONFLICT (routing_server_id) DO UPDATE SET cleartext = excluded.cleartext;
  END IF;
END $$;

CREATE FUNCTION desk_vault.ticket(kind text, owner bigint, reason text, lease uuid) RETURNS uuid LANGUAGE sql
SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO desk_vault.tickets (kind, owner, reason, who, at, xid, lease)
    VALUES ($1, $2, left(COALESCE($3, ''), 200), session_user, clock_timestamp(),
      pg_current_xact_id()::text::bigint, $4) RETURNING id
$$;

CREATE FUNCTION desk_vault.may_see(kind text) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  codes text[] := (SELECT s.see FROM desk_vault.secret_kinds s WHERE s.kind = may_see.kind);
BEGIN
  IF COALESCE(cardinality(codes), 0) = 0 THEN
    PERFORM desk.refuse('reveal:never', 'secrets', kind, 'Esta senha não pode ser vista');
  END IF;
  PERFORM desk.need(codes, 'secrets', kind);
END $$;

CREATE FUNCTION desk.ask_reveal(kind text, owner bigint, reason text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk_vault.may_see(kind);
  IF NOT EXISTS (SELECT FROM desk_vault.secrets s WHERE s.kind = ask_reveal.kind AND s.owner = ask_reveal.owner) THEN
    PERFORM desk.refuse('secret:none', 'secrets', kind, 'Nenhuma senha foi gravada');
  END IF;
  -- A commit that is not on disk yet is no trace.
  PERFORM set_config('synchronous_commit', 'on', true);
  IF kind = 'radius' THEN
    PERFORM desk.record_fact('login.password_seen', p.customer_id, p.id, jsonb_build_object('login', l.login,
        'login_id', l.id, 'reason', left(reason, 200)))
      FROM desk.radius_logins l JOIN desk.customer_plans p ON p.id = l.plan_id WHERE l.id = ask_reveal.owner;
  ELSIF kind = 'wpa2' THEN
    PERFORM desk.record_fact('ip.code_seen', p.customer_id, p.id, jsonb_build_object('address', i.address, 'ip_id', i.id))
      FROM desk.customer_ips i JOIN desk.customer_plans p ON p.id = i.plan_id WHERE i.id = ask_reveal.owner;
  END IF;
  RETURN desk_vault.ticket(kind, owner, reason, NULL);
END $$;

-- For settling: the login's password that the router itself must hold, for whoever holds the lease and may
-- act on routers. NULL when no password is stored.
CREATE FUNCTION desk.ask_reveal_for_debt(topic text, key text, lease uuid) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk_vault.may_see('router');
  IF topic IS DISTINCT FROM 'radius_login' OR NOT desk.leased(topic, key, lease) THEN
    PERFORM desk.refuse('debt:lease', 'debts', '', 'Esta pendência não está mais com este Desk');
  END IF;
  IF NOT EXISTS (SELECT FROM desk.radius_logins l JOIN desk.customer_plans p ON p.id = l.plan_id
      JOIN desk.access_points a ON a.id = p.access_point_id JOIN desk.routing_servers r ON r.id = a.routing_server_id
      WHERE l.id = key::bigint AND r.local_secrets) THEN
    PERFORM desk.refuse('reveal:local', 'secrets', 'radius', 'O roteador deste login não guarda senhas');
  END IF;
  IF NOT EXISTS (SELECT FROM desk_vault.secrets s WHERE s.kind = 'radius' AND s.owner = key::bigint) THEN
    RETURN NULL;
  END IF;
  PERFORM set_config('synchronous_commit', 'on', true);
  RETURN desk_vault.ticket('radius', key::bigint, 'entrega', lease);
END $$;

-- For settling: the secret that signs a Disconnect or CoA request, for whoever may act on routers and holds the lease
-- of a debt about a connection at that very router. NULL when none is stored.
CREATE FUNCTION desk.ask_reveal_nas(topic text, key text, lease uuid, server_id bigint) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk_vault.may_see('router');
  IF NOT desk.leased(topic, key, lease) THEN
    PERFORM desk.refuse('debt:lease', 'debts', '', 'Esta pendência não está mais com este Desk');
  END IF;
  IF NOT EXISTS (SELECT FROM desk.sessions_of_debt(topic, key) s JOIN desk.routing_servers r
      ON r.nas_address = s.nas_address WHERE r.id = server_id AND r.active) THEN
    PERFORM desk.refuse('reveal:nas', 'secrets', 'nas', 'Não há conexão desta pendência neste roteador');
  END IF;
  IF NOT EXISTS (SELECT FROM desk_vault.secrets s WHERE s.kind = 'nas' AND s.owner = server_id) THEN
    RETURN NULL;
  END IF;
  PERFORM set_config('synchronous_commit', 'on', true);
  RETURN desk_vault.ticket('nas', server_id, 'entrega', lease);
END $$;

-- For the drift report: which of a router's own secrets hold another password than ours. Nobody is told a password: the
-- desk sends digests of what the router holds, under a value that it made up for this look alone, and hears yes or no.
-- So that it cannot be asked to guess, few questions are allowed an hour, and a question is committed, as the digest of
-- all that will be asked, before it is answered: what is rolled back leaves no question open.
CREATE FUNCTION desk.ask_comparison(server_id bigint, question bytea) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk.need(ARRAY['routing_servers'], 'secrets', 'radius');
  IF NOT EXISTS (SELECT FROM desk.routing_servers r WHERE r.id = server_id AND r.active AND r.local_secrets) THEN
    PERFORM desk.refuse('reveal:local', 'secrets', 'radius', 'Este roteador não guarda senhas');
  END IF;
  IF (length(question) = 32) IS NOT TRUE THEN
    RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'Comparação de senhas inválida';
  END IF;
  IF (SELECT count(*) FROM desk_vault.tickets x WHERE x.who = session_user AND x.kind = 'comparison'
      AND x.owner = server_id AND x.at > clock_timestamp() - interval '1 hour') >= 30 THEN
    PERFORM desk.refuse('reveal:rate', 'secrets', 'radius', 'Senhas demais foram comparadas na última hora');
  END IF;
  PERFORM set_config('synchronous_commit', 'on', true);
  -- No kind of secret has this name, so that nothing else makes such a request, and none opens by it.
  RETURN desk_vault.ticket('comparison', server_id, encode(question, 'hex'), NULL);
END $$;

-- `digests`: sha256(nonce || password) of each login, 32 bytes after 32 bytes.
CREATE FUNCTION desk.passwords_differ(ticket uuid, nonce bytea, logins bigint[], digests bytea)
RETURNS SETOF bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  server_id bigint;
BEGIN
  PERFORM desk.need(ARRAY['routing_servers'], 'secrets', 'radius');
  IF (length($2) BETWEEN 16 AND 64 AND cardinality($3) BETWEEN 1 AND 50000
      AND length($4) = 32 * cardinality($3)
      -- One guess at each login: many at the same one would make a question a search.
      AND cardinality($3) = (SELECT count(DISTINCT u.l) FROM unnest($3) u (l))) IS NOT TRUE THEN
    RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'Comparação de senhas inválida';
  END IF;
  SELECT x.owner INTO server_id FROM desk_vault.tickets x WHERE x.id = $1 AND x.who = session_user
    AND x.kind = 'comparison' AND x.at > clock_timestamp() - interval '2 minutes'
    AND x.reason = encode(sha256($2 || convert_to(array_to_string($3, ','), 'UTF8') || $4), 'hex')
    AND pg_xact_status(x.xid::text::xid8) = 'committed';
  IF server_id IS NULL THEN
    PERFORM desk.refuse('reveal:ticket', 'secrets', 'radius', 'Este pedido de comparação não vale mais');
  END IF;
  RETURN QUERY SELECT c.login_id
    FROM unnest($3) WITH ORDINALITY u (login_id, n)
    JOIN desk_vault.radius_clear c ON c.login_id = u.login_id
    JOIN desk.radius_logins l ON l.id = c.login_id AND l.deleted_at IS NULL
    JOIN desk.customer_plans p ON p.id = l.plan_id
    JOIN desk.access_points a ON a.id = p.access_point_id AND a.routing_server_id = server_id
    WHERE sha256($2 || convert_to(c.cleartext, 'UTF8')) <> substring($4 FROM 32 * (u.n::int - 1) + 1 FOR 32);
END $$;

CREATE FUNCTION desk.reveal(ticket uuid, OUT kind text, OUT owner bigint, OUT version bigint, OUT ciphertext bytea,
  OUT data_key bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  t desk_vault.tickets;
  k desk_vault.secret_kinds;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    PERFORM desk.refuse('reveal:isolation', 'secrets', '', 'Senhas só são mostradas em READ COMMITTED');
  END IF;
  SELECT x.* INTO t FROM desk_vault.tickets x JOIN desk_vault.secret_kinds s ON s.kind = x.kind
    WHERE x.id = $1 AND x.who = session_user AND x.at <= clock_timestamp()
      AND x.at > clock_timestamp() - interval '1 second' * s.ticket_seconds;
  IF t.id IS NULL OR pg_xact_status(t.xid::text::xid8) IS DISTINCT FROM 'committed' THEN
    PERFORM desk.refuse('reveal:ticket', 'secrets', '', 'O pedido para ver esta senha não vale mais');
  END IF;
  PERFORM desk_vault.may_see(CASE WHEN t.lease IS NULL THEN t.kind ELSE 'router' END);
  SELECT s.* INTO k FROM desk_vault.secret_kinds s WHERE s.kind = t.kind;
  IF t.lease IS NULL AND (SELECT count(*) FROM desk_vault.tickets x WHERE x.who = session_user AND x.kind = t.kind
      AND x.lease IS NULL AND x.at > clock_timestamp() - interval '1 hour') > k.per_hour THEN
    PERFORM desk.refuse('reveal:rate', 'secrets', t.kind, 'Senhas demais foram vistas na última hora');
  END IF;
  SELECT s.kind, s.owner, s.version, s.ciphertext INTO kind, owner, version, ciphertext
    FROM desk_vault.secrets s WHERE s.kind = t.kind AND s.owner = t.owner;
  IF version IS NULL THEN
    PERFORM desk.refuse('secret:none', 'secrets', t.kind, 'Nenhuma senha foi gravada');
  END IF;
  data_key := desk_vault.data_key(kind, owner, version);
  RAISE LOG 'desk: % revealed % %', session_user, kind, owner;
END $$;

CREATE FUNCTION desk.acts_on_routers() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
  SELECT desk.holds(VARIADIC s.see::text[]) FROM desk_vault.secret_kinds s WHERE s.kind = 'router'
$$;

-- The question that an act on an open connection begins with.
CREATE FUNCTION desk.need_routers() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk.need((SELECT s.see::text[] FROM desk_vault.secret_kinds s WHERE s.kind = 'router'), 'radius_sessions', '');
END $$;

CREATE FUNCTION desk_vault.login_gone() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM desk_vault.radius_clear WHERE login_id = OLD.id;
  RETURN NULL;
END $$;

CREATE FUNCTION desk_vault.server_gone() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM desk_vault.nas_clear WHERE routing_server_id = OLD.id;
  DELETE FROM desk_vault.secrets WHERE owner = OLD.id AND kind IN ('router', 'nas');
  RETURN NULL;
END $$;

CREATE FUNCTION desk_vault.radius_server_gone() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM desk_vault.secrets WHERE owner = OLD.id AND kind = 'radius_server';
  RETURN NULL;
END $$;

-- Requests to see a password, by people and by deliveries, and passwords that were begun and never stored.
CREATE FUNCTION desk_vault.sweep(what text, oldest timestamptz, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  gone integer := 0;
BEGIN
  IF what = 'pending' THEN
    DELETE FROM desk_vault.pending d WHERE d.version IN (
      SELECT o.version FROM desk_vault.pending o WHERE o.at < oldest LIMIT most);
    GET DIAGNOSTICS gone = ROW_COUNT;
  ELSIF what IN ('looks', 'device_looks') THEN
    DELETE FROM desk_vault.tickets d WHERE d.id IN (
      SELECT o.id FROM desk_vault.tickets o WHERE o.at < oldest
        AND (what = 'device_looks') = (o.kind = 'router' OR o.lease IS NOT NULL) LIMIT most);
    GET DIAGNOSTICS gone = ROW_COUNT;
  END IF;
  RETURN gone;
END $$;

GRANT EXECUTE ON FUNCTION desk_vault.sweep TO desk_owner;
GRANT EXECUTE ON FUNCTION desk.begin_secret, desk.store_secret, desk.ask_reveal, desk.ask_reveal_for_debt,
  desk.ask_reveal_nas, desk.reveal, desk.ask_comparison, desk.passwords_differ, desk.routers_with_secret
  TO desk_operator;
GRANT EXECUTE ON FUNCTION desk.acts_on_routers, desk.need_routers TO desk_owner;
