"""The IPs of plans as part of another statement: one column of JSON, so that the tree stays at its four."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, literal_column
from sqlalchemy.dialects.postgresql import JSONB

from desk.services.plans.rows import Delivery, IpItem

# The state of the debt as `delivery_of` tells it; ordered as people count addresses.
_IPS = """
    (SELECT jsonb_agg(jsonb_build_array(i.id, host(i.address), masklen(i.address), i.description,
              EXISTS (SELECT FROM desk.ip_options o WHERE o.code = ANY (i.options) AND o.active
                        AND o.effect = 'bloqueia o acesso'),
              l.login, ARRAY(SELECT upper(m.mac::text) FROM desk.customer_ip_macs m WHERE m.ip_id = i.id ORDER BY m.id),
              CASE WHEN d.done IS NULL OR d.done >= d.wanted THEN 'em dia' WHEN d.due_at IS NULL THEN 'recusado'
                   WHEN d.last_error IS NOT NULL THEN 'sem resposta' ELSE 'pendente' END,
              i.created_at, i.version) ORDER BY i.address)
       FROM desk.customer_ips i
       LEFT JOIN desk.radius_logins l ON l.id = i.login_id AND l.deleted_at IS NULL
       LEFT JOIN desk.debts d ON d.topic = 'customer_ip' AND d.key = i.id::text
      WHERE i.plan_id = desk.customer_plans.id AND i.deleted_at IS NULL)"""


def ips_column() -> ColumnElement[Any]:
    """For a statement that selects from customer_plans under its own name."""
    return literal_column(_IPS, JSONB).label("ips")


def ip_items(plan_id: int, found: Sequence[Sequence[Any]] | None, *, open_now: bool) -> tuple[IpItem, ...]:
    """The column of one plan as rows."""
    return tuple(
        IpItem(
            id=id_,
            plan_id=plan_id,
            address=address,
            prefix=prefix,
            description=description,
            allowed=open_now and not blocked,
            switched_off=blocked,
            login=login or "",
            macs=tuple(macs),
            delivery=Delivery(delivery),
            created_at=dt.datetime.fromisoformat(created_at),
            version=version,
        )
        for id_, address, prefix, description, blocked, login, macs, delivery, created_at, version in found or ()
    )
