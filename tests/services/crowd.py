"""Many plausible customers, plans, logins and sessions in a few set-based statements, for tests that need a crowd."""

from __future__ import annotations

from typing import Any

import psycopg

# No trigger fires: the crowd is scenery, what a test looks at it makes itself through the services.
_FILL = """
SET session_replication_role = replica;
INSERT INTO desk.cities (name, state, abbreviation)
  SELECT 'Cidade ' || n, 'PR', 'C' || n FROM generate_series(10, 19) n;
INSERT INTO desk.business_units (name) SELECT 'Unidade ' || n FROM generate_series(1, 3) n;
INSERT INTO desk.service_groups (name) VALUES ('Internet da multidão');
INSERT INTO desk.payment_methods (name) VALUES ('Boleto da multidão');
INSERT INTO desk.catalog_plans (name, kind, service_group_id, price, allows_login, login_limit)
  SELECT 'INTERNET DA MULTIDÃO ' || n, 'internet', g.id, 99.90, true, 5
    FROM generate_series(1, 5) n, (SELECT max(id) AS id FROM desk.service_groups) g;
INSERT INTO desk.plan_statuses (code, description, "group", bills, grants_access, system)
  VALUES ('HABILITADO', 'Serviço Habilitado', 'ativo', true, true, true),
         ('CANCELADO', 'Cancelado', 'cancelado', false, false, true) ON CONFLICT DO NOTHING;
CREATE TEMP TABLE crowd_ids AS
  SELECT (SELECT COALESCE(max(id), 0) FROM desk.customers) AS base,
         (SELECT COALESCE(max(id), 0) FROM desk.customer_plans) AS plan,
         (SELECT COALESCE(max(id), 0) FROM desk.radius_logins) AS login,
         (SELECT COALESCE(max(code), 0) FROM desk.customers) AS code,
         (SELECT min(id) FROM desk.business_units) AS unit, (SELECT min(id) FROM desk.cities) AS city,
         (SELECT min(id) FROM desk.payment_methods) AS payment, (SELECT min(id) FROM desk.catalog_plans) AS offer;
INSERT INTO desk.customers (id, code, kind, name, document, email, active, business_unit_id) OVERRIDING SYSTEM VALUE
  SELECT base + n, code + n, CASE WHEN n % 9 = 0 THEN 'PJ' ELSE 'PF' END,
         (ARRAY['Maria', 'José', 'Antônio', 'Ana', 'João', 'Luiz', 'Francisca', 'Conceição', 'Íris',
                'Úrsula'])[1 + n % 10]
           || ' ' || (ARRAY['Aparecida', 'Carlos', 'de', 'das Graças', 'Roberto', 'Lúcia', 'Inês'])[1 + n % 7]
           || ' ' || (ARRAY['Silva', 'Souza', 'Gonçalves', 'Araújo', 'Peçanha', 'Brandão', 'Müller', 'Nuñez', 'Sá',
                            'Zanetti', 'Xavier', 'Lobão', 'Prado'])[1 + n % 13] || ' ' || to_hex(n * 7919 % 65521),
         CASE WHEN n % 9 = 0 THEN lpad(n::text, 14, '1')
              ELSE lpad((n * 104729::bigint % 99999999999)::text, 11, '0') END,
         CASE WHEN n % 3 = 0 THEN '' ELSE 'cliente' || n || '@' || (ARRAY['gmail.com', 'serranet.com.br', 'empresa'
           || n || '.com.br'])[1 + n % 3] END, n % 20 > 0, unit
    FROM generate_series(1, %(count)s) n, crowd_ids;
INSERT INTO desk.customer_phones (customer_id, position, number)
  SELECT base + n, 1, '44' || lpad((900000000 + n * 7907::bigint % 99999999)::text, 9, '9')
    FROM generate_series(1, %(count)s) n, crowd_ids;
INSERT INTO desk.addresses (customer_id, position, zip, street, number, district, city_id)
  SELECT base + n, 1, '87000000', 'Rua ' || n, '1', 'Centro', city FROM generate_series(1, %(count)s) n, crowd_ids;
INSERT INTO desk.customer_plans (id, customer_id, number, catalog_plan_id, status, start_date, value,
                                 payment_method_id, due_day, business_unit_id) OVERRIDING SYSTEM VALUE
  SELECT plan + n, base + n, 1, offer, 'HABILITADO', '2024-01-01', 99.90, payment, 10, unit
    FROM generate_series(1, %(count)s) n, crowd_ids;
INSERT INTO desk.radius_logins (id, plan_id, login, fixed_ip, mac_lock) OVERRIDING SYSTEM VALUE
  SELECT login + n, plan + n, 'usuario.' || to_hex(n * 31::bigint) || n,
         CASE WHEN n % 4 = 0 THEN '10.0.0.0'::inet + n END,
         CASE WHEN n % 5 = 0
              THEN ('00:11:22' || regexp_replace(lpad(to_hex(n), 6, '0'), '(..)', ':\\1', 'g'))::macaddr END
    FROM generate_series(1, %(count)s) n, crowd_ids;
INSERT INTO desk.radius_sessions (session_id, unique_id, username, login_id, nas_address, started_at, stopped_at,
                                  framed_ip, mac)
  SELECT 's' || n, 'crowd' || n, 'usuario.' || to_hex(n * 31::bigint) || n, login + n, '192.0.2.1',
         now() - interval '3 days', CASE WHEN n % 2 = 0 THEN now() END, '100.64.0.0'::inet + n,
         ('aa:bb:cc' || regexp_replace(lpad(to_hex(n), 6, '0'), '(..)', ':\\1', 'g'))::macaddr
    FROM generate_series(1, %(count)s) n, crowd_ids;
INSERT INTO desk.circuits (plan_id, name)
  SELECT plan + n, 'MGA' || lpad(n::text, 6, '0') || '-001' FROM generate_series(1, %(count)s, 3) n, crowd_ids;
DROP TABLE crowd_ids;
SET session_replication_role = origin;
ANALYZE desk.customers, desk.customer_phones, desk.addresses, desk.customer_plans, desk.radius_logins,
  desk.radius_sessions, desk.circuits, desk.cities, desk.plan_statuses;
"""


def fill(admin: psycopg.Connection[Any], count: int = 20_000) -> None:
    """Write `count` customers, each with a telephone, an address, a plan and a login; half of them online."""
    admin.execute(_FILL.replace("%(count)s", str(int(count))))
