-- Owner desk_people, which on PostgreSQL 15 reaches every role: these functions are the fence. Read them twice.

CREATE FUNCTION desk.may_change(login text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk.need(ARRAY['users'], 'people', '');
  IF NOT EXISTS (
    SELECT FROM desk.people p JOIN pg_catalog.pg_roles r ON r.rolname = p.role
    WHERE p.role = login AND NOT p.service AND NOT r.rolsuper AND NOT r.rolcreaterole AND NOT r.rolcreatedb
      AND NOT r.rolreplication AND NOT r.rolbypassrls) THEN
    PERFORM desk.refuse('person:unknown', 'people', '', 'Esta pessoa não pode ser alterada aqui');
  END IF;
END $$;

CREATE FUNCTION desk.checked_verifier(verifier text) RETURNS text LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF (verifier COLLATE "C" ~
      '^SCRAM-SHA-256[$][0-9]{4,7}:[A-Za-z0-9+/]{16,64}={0,2}[$][A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$') IS NOT TRUE
     OR split_part(split_part(verifier, '$', 2), ':', 1)::integer < 4096 THEN
    PERFORM desk.refuse('person:verifier', 'people', '', 'A senha só é aceita como verificador SCRAM');
  END IF;
  RETURN verifier;
END $$;

-- Two administrators who take each other's right away at the same moment must come one after the other.
CREATE FUNCTION desk.hold_administrators() RETURNS void LANGUAGE sql
SET search_path = pg_catalog, pg_temp AS $$
  SELECT FROM desk.person_permissions g WHERE g.permission = 'users' ORDER BY g.role FOR UPDATE
$$;

CREATE FUNCTION desk.keep_one_administrator() RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM desk.people p JOIN desk.person_permissions g ON g.role = p.role
      WHERE p.active AND NOT p.service AND g.permission = 'users') THEN
    PERFORM desk.refuse('person:last', 'people', '', 'Alguém precisa continuar com a permissão "Usuários"');
  END IF;
END $$;

CREATE FUNCTION desk.person_create(login text, full_name text, job text, verifier text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk.need(ARRAY['users'], 'people', '');
  IF (login COLLATE "C" ~ '^[a-z][a-z0-9._-]{1,30}$') IS NOT TRUE OR login COLLATE "C" ~ '^(pg_|desk)'
     OR login = ANY (ARRAY['postgres', 'radius', 'mail', 'ftp', 'voice', 'public', 'none', 'all', 'user',
       'current_user', 'session_user', 'current_role', 'sameuser', 'samerole', 'replication']) THEN
    RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'Login inválido ou reservado', CONSTRAINT = 'person:login';
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = login) THEN
    RAISE EXCEPTION USING ERRCODE = '23505', MESSAGE = 'Este login já existe', CONSTRAINT = 'person:exists';
  END IF;
  EXECUTE format('CREATE ROLE %I LOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS'
    ' CONNECTION LIMIT 8 PASSWORD %L', login, CASE WHEN verifier IS NOT NULL THEN desk.checked_verifier(verifier) END);
  EXECUTE format('GRANT desk_operator TO %I', login);
  IF current_setting('server_version_num')::integer < 160000 THEN
    EXECUTE format('GRANT %I TO desk_people WITH ADMIN OPTION', login);
  END IF;
  EXECUTE format('ALTER ROLE %I SET statement_timeout = %L', login, '60s');
  EXECUTE format('ALTER ROLE %I SET lock_timeout = %L', login, '5s');
  EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = %L', login, '60s');
  INSERT INTO desk.people (role, full_name, job, active, must_change_password, password_by, password_at)
    VALUES (login, person_create.full_name, COALESCE(person_create.job, ''), true, verifier IS NOT NULL,
      session_user, clock_timestamp());
  PERFORM pg_notify('desk_changed', 'people');
END $$;

CREATE FUNCTION desk.person_update(login text, full_name text, job text, seller boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk.may_change(login);
  UPDATE desk.people p SET full_name = $2, job = COALESCE($3, ''), seller = COALESCE($4, false) WHERE p.role = $1;
  PERFORM pg_notify('desk_changed', 'people');
END $$;

CREATE FUNCTION desk.person_password(login text, verifier text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk.may_change(login);
  EXECUTE format('ALTER ROLE %I PASSWORD %L', login, desk.checked_verifier(verifier));
  EXECUTE format('ALTER ROLE %I RESET ALL', login);
  EXECUTE format('ALTER ROLE %I SET statement_timeout = %L', login, '60s');
  EXECUTE format('ALTER ROLE %I SET lock_timeout = %L', login, '5s');
  EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = %L', login, '60s');
  UPDATE desk.people p SET must_change_password = true, password_by = session_user, password_at = clock_timestamp()
    WHERE p.role = login;
  PERFORM pg_notify('desk_changed', 'people');
END $$;

-- Membership is bound to no snapshot: an open session loses everything with its next statement.
CREATE FUNCTION desk.person_active(login text, active boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  PERFORM desk.may_change(login);
  IF login = session_user THEN
    PERFORM desk.refuse('person:self', 'people', 'active', 'Ninguém inativa a si mesmo');
  END IF;
  PERFORM desk.hold_administrators();
  IF $2 THEN
    EXECUTE format('ALTER ROLE %I LOGIN', login);
    EXECUTE format('GRANT desk_operator TO %I', login);
  ELSE
    EXECUTE format('ALTER ROLE %I NOLOGIN', login);
    EXECUTE format('REVOKE desk_operator FROM %I', login);
  END IF;
  UPDATE desk.people p SET active = $2 WHERE p.role = login;
  PERFORM desk.keep_one_administrator();
  PERFORM pg_notify('desk_changed', 'people');
END $$;

CREATE FUNCTION desk.person_grant(login text, code text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk.may_change(login);
  INSERT INTO desk.person_permissions (role, permission) VALUES (login, code) ON CONFLICT DO NOTHING;
  PERFORM pg_notify('desk_changed', 'people');
END $$;

CREATE FUNCTION desk.person_revoke(login text, code text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM desk.may_change(login);
  PERFORM desk.hold_administrators();
  DELETE FROM desk.person_permissions g WHERE g.role = login AND g.permission = code;
  PERFORM desk.keep_one_administrator();
  PERFORM pg_notify('desk_changed', 'people');
END $$;

GRANT EXECUTE ON FUNCTION desk.person_create, desk.person_update, desk.person_password, desk.person_active,
  desk.person_grant, desk.person_revoke TO desk_operator;
