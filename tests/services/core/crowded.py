"""Thousands of logins and IPs at one router, in a few set-based statements."""

from __future__ import annotations

from tests.builders import (
    RoutingServer,
    a_catalog_plan,
    a_customer,
    a_plan,
    a_routing_server,
    a_secret,
    an_access_point,
)
from tests.postgres import Database
from tests.services.core.net import PASSWORD

FIRST = 5_000_000  # of the numbers, so that router and database agree without asking each other
# No trigger fires: all of it is scenery, as it stands after years.
_FILL = """
SET session_replication_role = replica;
INSERT INTO desk.customers (id, code, kind, name, document, business_unit_id) OVERRIDING SYSTEM VALUE
  SELECT {first} + n, {first} + n, 'PF', 'Cliente ' || n, lpad(n::text, 11, '0'), c.business_unit_id
    FROM generate_series(0, {count} - 1) n, (SELECT max(business_unit_id) AS business_unit_id FROM desk.customers) c;
INSERT INTO desk.customer_plans (id, customer_id, number, catalog_plan_id, status, start_date, value, payment_method_id,
                                 due_day, business_unit_id, access_point_id) OVERRIDING SYSTEM VALUE
  SELECT {first} + n, {first} + n, 1, p.catalog_plan_id, p.status, p.start_date, p.value, p.payment_method_id,
         p.due_day, p.business_unit_id, {point}
    FROM generate_series(0, {count} - 1) n, (SELECT * FROM desk.customer_plans WHERE id = {plan}) p;
INSERT INTO desk.radius_logins (id, plan_id, login) OVERRIDING SYSTEM VALUE
  SELECT {first} + n, {first} + n, 'casa' || n FROM generate_series(0, {count} - 1) n;
INSERT INTO desk.customer_ips (id, plan_id, address, block, access_point_id, options) OVERRIDING SYSTEM VALUE
  SELECT {first} + n, {first} + n, a, a::cidr, {point}, ARRAY['bandwidth']
    FROM (SELECT n, ('10.' || (n >> 16 & 255) || '.' || (n >> 8 & 255) || '.' || (n & 255))::inet AS a
            FROM generate_series(0, {count} - 1) n) v;
SET session_replication_role = origin;
ANALYZE desk.customer_plans, desk.radius_logins, desk.customer_ips;
"""


def a_crowded_server(database: Database, port: int, count: int) -> RoutingServer:
    """A router that keeps secrets, with that many plans behind it, each with a login and an IP."""
    server = a_routing_server(database, port=port, local_secrets=True)
    a_secret(database, "router", server.id, PASSWORD)
    point = an_access_point(database, routing_server=server, sets_queue=True, allowed_list="liberados")
    product = a_catalog_plan(database, radius_profile="50M")
    plan = a_plan(database, customer=a_customer(database), catalog_plan=product)
    words = {"first": FIRST, "count": count, "point": point.id, "plan": plan.id}
    database.admin().execute(_FILL.format(**words).encode())
    return server
