"""Makes the rows of the services into the nodes of the tree."""

from __future__ import annotations

import datetime as dt

from desk.services.ips import mask_label
from desk.services.plans import (
    CircuitItem,
    CustomerPlans,
    Delivery,
    IpItem,
    LoginItem,
    PlanGroup,
    PlanKind,
    PlanRow,
    StatusCode,
)
from desk.ui.core import format, icons
from desk.ui.core.tree import Node, Part, root

GROUPS = (
    (PlanGroup.ACTIVE, "Planos Ativos"),
    (PlanGroup.INACTIVE, "Planos Inativos"),
    (PlanGroup.CANCELLED, "Planos Cancelados"),
)
PLAN_ICONS = {
    PlanKind.INTERNET: "globe-hemisphere-west",
    PlanKind.TV: "television",
    PlanKind.VOICE: "phone",
    PlanKind.HOSTING: "hard-drives",
}
_DELIVERIES = {
    Delivery.PENDING: Part("pendente", "warn", "clock-fill", chip=True),
    Delivery.FAILED: Part("sem resposta", "bad", "x-circle-fill", chip=True),
    Delivery.PARKED: Part("recusado", "bad", "x-circle-fill", chip=True),
}


def tree_of(shown: CustomerPlans) -> Node:
    """The three groups, always, each with its count (PL-01)."""
    top = root()
    for group, label in GROUPS:
        plans = [plan for plan in shown.plans if plan.group is group]
        node = top.add(
            Node(
                kind="plan_group",
                key=("group", group),
                text=f"{label} ({len(plans)})",
                row=group,
                shape="group",
                open=group is not PlanGroup.CANCELLED,
            )
        )
        for plan in plans:
            node.add(plan_node(plan))
    return top


def status_part(plan: PlanRow) -> Part:
    """Icon, word and colour; "Serviço Habilitado" is quiet, every other status a chip; a dated one says until when."""
    icon, tone, chip = icons.status_look(plan.status)
    dated = plan.status == StatusCode.SUSPENDED_TEMPORARILY and plan.suspended_last is not None
    until = f" até {format.day(plan.suspended_last)}" if dated else ""
    return Part(f"{plan.status_label}{until}", tone, icon, chip=chip)


def plan_node(plan: PlanRow) -> Node:
    """A plan in two lines, with its items beneath."""
    markers: list[Part] = []
    if plan.throttled and plan.speed_until is not None:
        until = format.short_day((plan.speed_until.astimezone() - dt.timedelta(seconds=1)).date())
        markers.append(Part(f"velocidade restabelecida até {until}", "warn", "gauge"))
    elif plan.throttled:
        markers.append(Part("velocidade reduzida", "warn", "gauge"))
    if plan.provisional_day is not None:
        markers.append(Part(f"habilitado até {format.short_day(plan.provisional_day)}", "warn", "timer"))
    if plan.suspension_planned and plan.suspended_from is not None:
        markers.append(Part(f"suspensão em {format.short_day(plan.suspended_from)}", "warn", "calendar-x"))
    owed = {login.delivery for login in plan.logins} | {ip.delivery for ip in plan.ips}
    owed.discard(Delivery.IN_STEP)
    if owed:
        worst = next((d for d in (Delivery.PARKED, Delivery.FAILED) if d in owed), Delivery.PENDING)
        markers.append(_DELIVERIES[worst])
    status = status_part(plan)
    dot = "" if status.chip else "· "  # a chip parts itself from what follows
    node = Node(
        kind="plan",
        key=("plan", plan.id),
        text=plan.title,
        row=plan,
        shape="plan",
        icon=PLAN_ICONS[plan.kind],
        second=(status, Part(f"{dot}{format.reais(plan.total)}"), Part(f"· vence dia {plan.due_day}")),
        right=tuple(markers),
        noun="Plano",
        open=plan.group is not PlanGroup.CANCELLED,
    )
    for login in plan.logins:
        node.add(login_node(login))
    for ip in plan.ips:
        node.add(ip_node(ip))
    for circuit in plan.circuits:
        node.add(circuit_node(circuit))
    return node


def login_state(login: LoginItem) -> Part:
    """bloqueado, online há … or offline."""
    if not login.allowed:
        return Part("bloqueado", "warn", "prohibit")
    if login.online_since is not None:
        return Part(f"online há {format.lasting(dt.datetime.now(dt.UTC) - login.online_since)}", "ok", "circle-fill")
    return Part("offline", "mute", "circle")


def login_node(login: LoginItem) -> Node:
    """A login with its state and what the network is still owed."""
    right = [login_state(login)]
    if login.delivery in _DELIVERIES:
        right.append(_DELIVERIES[login.delivery])
    return Node(
        kind="radius_login",
        key=("login", login.id),
        text=login.login,
        row=login,
        icon="key",
        code=True,
        right=tuple(right),
        datum=login.login,
        noun="Login",
    )


def ip_text(ip: IpItem) -> str:
    """Address and mask as the tree shows them: 177.10.20.30 / 255.255.255.252."""
    if ":" in ip.address:
        return f"{ip.address}/{ip.prefix}"
    return f"{ip.address} / {mask_label(ip.prefix, 4).partition(' ')[0]}"


def ip_state(ip: IpItem) -> Part:
    """bloqueado, the login that brings it, or its description."""
    if not ip.allowed:
        return Part("bloqueado", "warn", "prohibit")
    if ip.login:
        return Part(f"por {ip.login}", "mute", "key")
    return Part(ip.description or "fixo no roteador", "mute", "")


def ip_node(ip: IpItem) -> Node:
    """An IP with its mask, its state and what the network is still owed."""
    right = [ip_state(ip)]
    if ip.delivery in _DELIVERIES:
        right.append(_DELIVERIES[ip.delivery])
    return Node(
        kind="ip",
        key=("ip", ip.id),
        text=ip_text(ip),
        row=ip,
        icon="hash-straight",
        code=True,
        right=tuple(right),
        datum=ip.address,
        noun="IP",
    )


def circuit_node(circuit: CircuitItem) -> Node:
    """A circuit by its name."""
    return Node(
        kind="circuit",
        key=("circuit", circuit.id),
        text=circuit.name,
        row=circuit,
        icon="flow-arrow",
        code=True,
        datum=circuit.name,
        noun="Circuito",
    )
