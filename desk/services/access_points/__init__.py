"""Access points and the routing servers behind them; what the UI may use."""

from desk.models.access_points import DisconnectBy, TlsMode
from desk.services.access_points.errors import AccessPointInUse, RoutingServerInUse
from desk.services.access_points.points import (
    AccessPointRow,
    AccessPoints,
    DeleteAccessPoint,
    SaveAccessPoint,
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
    "DeleteRoutingServer",
    "DisconnectBy",
    "ReadCertificate",
    "RouterAnswer",
    "RoutingServerInUse",
    "RoutingServerRow",
    "RoutingServers",
    "SaveAccessPoint",
    "SaveRoutingServer",
    "TlsMode",
]
