"""Kinds of secrets: who may see and write them, how often, and how long a request lives (design D3)."""

from __future__ import annotations

from dataclasses import dataclass

from desk.models.people import Permission as P


@dataclass(frozen=True)
class SecretRule:
    """One kind; nobody may see a kind whose `see` is empty."""

    kind: str
    see: tuple[P, ...]
    create: tuple[P, ...]
    change: tuple[P, ...]
    per_hour: int
    ticket_seconds: int

    def codes(self) -> tuple[list[str], list[str], list[str]]:
        """The three lists as the database keeps them."""
        see, create, change = ([one.code for one in ones] for ones in (self.see, self.create, self.change))
        return see, create, change


# Device credentials go to whoever may act on the network.
ACTS_ON_ROUTERS = (
    P.EDIT_PLAN_STATUS,
    P.ENABLE_SUSPENDED,
    P.EDIT_PLAN,
    P.EDIT_PLAN_IP,
    P.EDIT_RADIUS_PASSWORD,
    P.DELETE_RADIUS_LOGIN,
    P.ROUTING_SERVERS,
)
SECRET_RULES = (
    SecretRule(
        "radius",
        see=(P.SEE_RADIUS_PASSWORD,),
        create=(P.EDIT_PLAN, P.EDIT_RADIUS_PASSWORD),
        change=(P.EDIT_RADIUS_PASSWORD,),
        per_hour=30,
        ticket_seconds=60,
    ),
    SecretRule(
        "router",
        see=ACTS_ON_ROUTERS,
        create=(P.ROUTING_SERVERS,),
        change=(P.ROUTING_SERVERS,),
        per_hour=100_000,
        ticket_seconds=900,
    ),
    SecretRule(
        "wpa2",
        see=(P.EDIT_PLAN_IP,),
        create=(P.EDIT_PLAN_IP,),
        change=(P.EDIT_PLAN_IP,),
        per_hour=30,
        ticket_seconds=60,
    ),
    # A desk signs its Disconnect and CoA requests with it: for the holder of a debt's lease alone, never asked freely.
    SecretRule("nas", see=(), create=(P.ROUTING_SERVERS,), change=(P.ROUTING_SERVERS,), per_hour=0, ticket_seconds=60),
    # What desks share with the RADIUS server to try a login; it opens no router and signs nothing a router believes.
    SecretRule(
        "radius_server",
        see=ACTS_ON_ROUTERS,
        create=(P.ROUTING_SERVERS,),
        change=(P.ROUTING_SERVERS,),
        per_hour=600,
        ticket_seconds=60,
    ),
)
