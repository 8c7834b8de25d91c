"""Opening a Planos tab against the SQL that somebody would write by hand for the same facts, sent by psycopg."""

from __future__ import annotations

from typing import Any

from benchmarks.clerk import Connection, clerk_of
from benchmarks.timing import line, pair
from desk.services.plans import CustomerPlans, CustomerPlanTree
from tests.postgres import Cluster

MANY = 40
BY_HAND = (
    """SELECT p.id, p.customer_id, c.code, c.name, p.number, o.name, p.reference, o.kind, p.status, s.description,
              s."group", s.grants_access, p.value, p.due_day, p.provisional_until,
              (p.provisional_until - interval '1 second') AT TIME ZONE (SELECT zone FROM desk.installation),
              (p.suspended_from AT TIME ZONE (SELECT zone FROM desk.installation))::date,
              (p.suspended_until AT TIME ZONE (SELECT zone FROM desk.installation))::date - 1,
              (SELECT value FROM desk.variables WHERE code = 'temporary_suspension'),
              p.throttled, p.throttled_until, p.speed_until, o.allows_login, o.allows_ip, o.login_limit,
              o.bills_when_debt_suspended, p.access_point_id, p.version, desk.today(), now(),
              (SELECT jsonb_agg(jsonb_build_array(i.id, i.address, i.description, i.options, l.login,
                        ARRAY(SELECT m.mac::text FROM desk.customer_ip_macs m WHERE m.ip_id = i.id ORDER BY m.id),
                        d.wanted, d.done, d.due_at, d.last_error, i.created_at, i.version) ORDER BY i.address)
                 FROM desk.customer_ips i
                 LEFT JOIN desk.radius_logins l ON l.id = i.login_id AND l.deleted_at IS NULL
                 LEFT JOIN desk.debts d ON d.topic = 'customer_ip' AND d.key = i.id::text
                WHERE i.plan_id = p.id AND i.deleted_at IS NULL)
         FROM desk.customer_plans p JOIN desk.customers c ON c.id = p.customer_id
         JOIN desk.catalog_plans o ON o.id = p.catalog_plan_id JOIN desk.plan_statuses s ON s.code = p.status
        WHERE p.customer_id = %s ORDER BY p.number""",
    """SELECT l.id, l.plan_id, l.login, o.started_at, host(o.framed_ip), o.calling_station, host(l.fixed_ip),
              l.mac_lock::text, d.wanted, d.done, d.due_at, d.last_error, l.created_at, l.version
         FROM desk.customer_plans p JOIN desk.radius_logins l ON l.plan_id = p.id AND l.deleted_at IS NULL
         LEFT JOIN LATERAL (SELECT started_at, framed_ip, calling_station FROM desk.radius_sessions
                             WHERE login_id = l.id AND stopped_at IS NULL ORDER BY started_at DESC LIMIT 1) o ON true
         LEFT JOIN desk.debts d ON d.topic = 'radius_login' AND d.key = l.id::text
        WHERE p.customer_id = %s ORDER BY lower(l.login)""",
    """SELECT i.id, i.plan_id, i.name FROM desk.customer_plans p JOIN desk.circuits i ON i.plan_id = p.id
        WHERE p.customer_id = %s ORDER BY i.name""",
    """SELECT v.id, v.plan_id, v.kind, v.description, v.amount, v.percent, v.starts_on, v.months
         FROM desk.customer_plans p JOIN desk.plan_value_details v ON v.plan_id = p.id
        WHERE p.customer_id = %s ORDER BY v.id""",
)
_HEAVY = """
SET session_replication_role = replica;
INSERT INTO desk.customer_plans (customer_id, number, catalog_plan_id, status, reference, start_date, value,
                                 payment_method_id, due_day, business_unit_id)
  SELECT p.customer_id, 100 + n, p.catalog_plan_id, p.status, 'medida', p.start_date, p.value, p.payment_method_id,
         p.due_day, p.business_unit_id
    FROM (SELECT * FROM desk.customer_plans WHERE customer_id = {customer} AND cancelled_on IS NULL LIMIT 1) p,
         generate_series(1, {count}) n;
INSERT INTO desk.radius_logins (plan_id, login, fixed_ip)
  SELECT id, 'medida-' || id || '-' || n, '10.99.0.0'::inet + id
    FROM desk.customer_plans, generate_series(1, 2) n WHERE customer_id = {customer} AND reference = 'medida';
INSERT INTO desk.radius_sessions (session_id, unique_id, username, login_id, nas_address, started_at, framed_ip)
  SELECT login, login, login, id, '192.0.2.1', now(), fixed_ip FROM desk.radius_logins WHERE login LIKE 'medida-%';
INSERT INTO desk.circuits (plan_id, name)
  SELECT id, 'MED' || id FROM desk.customer_plans WHERE customer_id = {customer} AND reference = 'medida';
INSERT INTO desk.plan_value_details (plan_id, kind, amount, starts_on)
  SELECT id, 'desconto', 1, start_date FROM desk.customer_plans
   WHERE customer_id = {customer} AND reference = 'medida';
RESET session_replication_role
"""


def by_hand(connection: Connection, customer_id: int) -> list[list[tuple[Any, ...]]]:
    """All four, in one journey to the server, without a transaction around them, as the program does it."""
    with connection.pipeline():
        cursors = [connection.execute(sql, (customer_id,)) for sql in BY_HAND]
    return [cursor.fetchall() for cursor in cursors]


def one_by_one(connection: Connection, customer_id: int) -> None:
    """The same, waiting for each answer before the next question leaves."""
    for sql in BY_HAND:
        connection.execute(sql, (customer_id,)).fetchall()


def same_facts(tree: CustomerPlans, rows: list[list[tuple[Any, ...]]]) -> bool:
    """Whether both sides brought the same things."""
    plans, logins, circuits, _ = ({row[0] for row in found} for found in rows)
    return (
        {plan.id for plan in tree.plans} == plans
        and {login.id for plan in tree.plans for login in plan.logins} == logins
        and {circuit.id for plan in tree.plans for circuit in plan.circuits} == circuits
    )


def run(cluster: Cluster) -> list[tuple[str, str, str, str]]:
    """A customer as most are, and one with many plans; both floors for each, the quicker one is the measure."""
    few, heavy = 1, 2
    with cluster.admin("large") as admin:
        there = admin.execute("SELECT FROM desk.customer_plans WHERE reference = 'medida' LIMIT 1").fetchone()
        if there is None:
            admin.execute(_HEAVY.format(customer=heavy, count=MANY).encode())
    figures = []
    with clerk_of(cluster, "large") as (person, connection):
        connection.autocommit = True
        for customer_id in (few, heavy):
            tree = person.bus.execute(CustomerPlanTree(customer_id)).value
            assert same_facts(tree, by_hand(connection, customer_id))
            items = sum(plan.linked for plan in tree.plans)
            for how, floor in (("de uma vez", by_hand), ("uma a uma", one_by_one)):
                ours, hand = pair(
                    lambda who=customer_id: person.bus.execute(CustomerPlanTree(who)),  # type: ignore[misc]
                    lambda who=customer_id, ask=floor: ask(connection, who),  # type: ignore[misc]
                    rounds=300,
                )
                name = f"abrir a aba Planos, {len(tree.plans)} planos com {items} itens; piso {how}"
                figures.append(line(name, ours, hand))
    return figures
