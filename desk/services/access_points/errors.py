"""What can go wrong with access points and routing servers, as types."""

from __future__ import annotations

from desk.services.core.database_errors import CONSTRAINTS
from desk.services.core.errors import AlreadyExists, DomainError


class AccessPointInUse(DomainError):
    """Plans are linked to the access point (variable 9)."""

    code = "access_point_in_use"


class RoutingServerInUse(DomainError):
    """Access points are behind the router."""

    code = "routing_server_in_use"


CONSTRAINTS["uq_access_points_name"] = lambda: AlreadyExists(field="name")
CONSTRAINTS["uq_routing_servers_name"] = lambda: AlreadyExists(field="name")
CONSTRAINTS["uq_routing_servers_nas_address"] = lambda: AlreadyExists(field="nas_address")
