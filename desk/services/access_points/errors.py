"""What can go wrong with access points and routing servers, as types."""

from __future__ import annotations

from desk.services.core.database_errors import CONSTRAINTS
from desk.services.core.errors import AlreadyExists, DomainError


class AccessPointInUse(DomainError):
    """Plans are linked to the access point (variable 9)."""

    code = "access_point_in_use"


class AccessPointHasIps(DomainError):
    """Ranges, or IPs of customers, are the access point's."""

    code = "access_point_has_ips"


class RoutingServerInUse(DomainError):
    """Access points are behind the router."""

    code = "routing_server_in_use"


class ImportBad(DomainError):
    """Lines of the file are wrong, and nobody said to leave them out."""

    code = "import_bad"


class ImportMoved(DomainError):
    """What an import would do is no longer what was shown."""

    code = "import_moved"


class IpRangeOverlaps(DomainError):
    """Another range, perhaps of another access point, has part of it."""

    code = "ip_range_overlaps"


class IpRangeInUse(DomainError):
    """Customers have IPs of the range."""

    code = "ip_range_in_use"


CONSTRAINTS["ex_ip_ranges_network"] = IpRangeOverlaps
CONSTRAINTS["rule:ip_range_in_use"] = IpRangeInUse
CONSTRAINTS["uq_ip_options_label"] = lambda: AlreadyExists(field="label")
CONSTRAINTS["pk_ip_options"] = lambda: AlreadyExists(field="code")
CONSTRAINTS["uq_access_points_name"] = lambda: AlreadyExists(field="name")
CONSTRAINTS["uq_routing_servers_name"] = lambda: AlreadyExists(field="name")
CONSTRAINTS["uq_routing_servers_nas_address"] = lambda: AlreadyExists(field="nas_address")
