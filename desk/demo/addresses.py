"""Ranges of the demo's access points and some customers' IPs, written with the triggers on: they keep the books."""

from __future__ import annotations

from psycopg import Connection

# Radio towers have their router enforce everything; the fibre sites keep lists only.
_ENFORCEMENT = """
UPDATE desk.access_points SET sets_queue = name LIKE 'Torre %', sets_arp = name LIKE 'Torre %',
  interface = CASE WHEN name LIKE 'Torre %' THEN 'ether2' ELSE '' END,
  allowed_list = 'liberados', blocked_list = 'bloqueados' WHERE active"""
# Documentation addresses would all look the same; these are the ones that the pictures of the sources use.
_RANGES = """
INSERT INTO desk.ip_ranges (access_point_id, network, gateway, block_prefix, reserved, description, position)
SELECT a.id, n.network::cidr, n.gateway::inet, n.prefix, n.reserved::cidr[], n.said, n.position
  FROM desk.access_points a CROSS JOIN LATERAL (VALUES
    (format('177.10.%s.0/24', 19 + a.id), format('177.10.%s.1', 19 + a.id), 32,
     format('{177.10.%s.2/32,177.10.%s.3/32}', 19 + a.id, 19 + a.id), 'IPs fixos', 0),
    (format('177.10.%s.0/24', 119 + a.id), NULL, 30, '{}', 'Blocos de empresas', 1),
    (format('2001:db8:%s00::/40', a.id), NULL, 56, '{}', 'Prefixos IPv6', 2)
  ) n (network, gateway, prefix, reserved, said, position)
 WHERE a.active ORDER BY a.id, n.position"""
# The newest customers of the pictures come first; every third IP has a speed of its own.
_IPS = """
INSERT INTO desk.customer_ips (plan_id, access_point_id, address, block, description, encryption, down_kbps, up_kbps,
  options, created_at, created_by)
SELECT p.id, p.access_point_id, set_masklen(f.address, 24), f.address::cidr,
       (ARRAY['Câmeras da casa', 'Servidor', 'Telefone IP', 'Loja'])[1 + p.n % 4],
       CASE WHEN p.n % 2 = 0 THEN 'WPA' ELSE 'Nenhuma' END,
       CASE WHEN p.n % 3 = 2 THEN 20000 END, CASE WHEN p.n % 3 = 2 THEN 10000 END,
       '{firewall,bandwidth,bind_mac}', p.created_at + interval '3 days', 'suporte'
  FROM (SELECT q.*, row_number() OVER (ORDER BY q.id) - 1 AS n, row_number() OVER (PARTITION BY q.access_point_id
                 ORDER BY q.id) AS nth
          FROM desk.customer_plans q JOIN desk.catalog_plans c ON c.id = q.catalog_plan_id
          JOIN desk.access_points a ON a.id = q.access_point_id AND a.active
         WHERE q.status = 'HABILITADO' AND c.kind = 'internet' AND q.id % 9 = 1) p
  CROSS JOIN LATERAL (SELECT format('177.10.%s.%s', 19 + p.access_point_id, 3 + p.nth)::inet AS address) f
 WHERE p.nth < 200"""
_MACS = """
INSERT INTO desk.customer_ip_macs (ip_id, mac, equipment)
SELECT i.id, ('3c:84:6a:1f:' || lpad(to_hex(i.id / 256), 2, '0') || ':' || lpad(to_hex(i.id % 256), 2, '0'))::macaddr,
       'Roteador da sala'
  FROM desk.customer_ips i"""
_DELETED = """
UPDATE desk.customer_ips SET deleted_at = clock_timestamp()
 WHERE id = (SELECT max(id) FROM desk.customer_ips)"""


def add_addresses(connection: Connection) -> None:
    """After everything else was loaded; nothing of it is owed to a router, since the demo has none."""
    with connection.transaction():
        connection.execute("SET LOCAL ROLE desk_job")
        for statement in (_ENFORCEMENT, _RANGES, _IPS, _MACS, _DELETED):
            connection.execute(statement.encode())
        connection.execute("DELETE FROM desk.debts WHERE topic = 'customer_ip'")
