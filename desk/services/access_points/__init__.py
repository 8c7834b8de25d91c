"""Access points and the routing servers behind them; what the UI may use."""

from desk.models.access_points import DisconnectBy, TlsMode
from desk.models.ips import IpEffect
from desk.services.access_points.errors import AccessPointInUse, IpRangeInUse, IpRangeOverlaps, RoutingServerInUse
from desk.services.access_points.points import (
    AccessPointRow,
    AccessPoints,
    DeleteAccessPoint,
    SaveAccessPoint,
)
from desk.services.access_points.ranges import (
    DeleteIpRange,
    IpOptionRow,
    IpOptions,
    IpRangeRow,
    IpRanges,
    SaveIpOption,
    SaveIpRange,
    check_range,
    parse_network,
)
from desk.services.access_points.servers import (
    CertificateShown,
    CheckRouter,
    DeleteRoutingServer,
    ReadCertificate,
    RouterAnswer,
    RoutingServerRow,
    RoutingServers,
    SaveRoutingServer,
)

__all__ = [
    "AccessPointInUse",
    "AccessPointRow",
    "AccessPoints",
    "CertificateShown",
    "CheckRouter",
    "DeleteAccessPoint",
    "DeleteIpRange",
    "DeleteRoutingServer",
    "DisconnectBy",
    "IpEffect",
    "IpOptionRow",
    "IpOptions",
    "IpRangeInUse",
    "IpRangeOverlaps",
    "IpRangeRow",
    "IpRanges",
    "ReadCertificate",
    "RouterAnswer",
    "RoutingServerInUse",
    "RoutingServerRow",
    "RoutingServers",
    "SaveAccessPoint",
    "SaveIpOption",
    "SaveIpRange",
    "SaveRoutingServer",
    "TlsMode",
    "check_range",
    "parse_network",
]
