"""Access points and the routing servers behind them; what the UI may use."""

from desk.models.access_points import DisconnectBy, TlsMode
from desk.models.ips import IpEffect
from desk.services.access_points.errors import (
    AccessPointHasIps,
    AccessPointInUse,
    ImportMoved,
    IpRangeInUse,
    IpRangeOverlaps,
    RoutingServerInUse,
)
from desk.services.access_points.importing.columns import CellProblem
from desk.services.access_points.importing.lines import Change, ImportLine, Verdict
from desk.services.access_points.importing.running import (
    DryRun,
    ImportAccessPoints,
    Imported,
    ImportRoutingServers,
    TryAccessPoints,
    TryRoutingServers,
    access_points_template,
    routing_servers_template,
)
from desk.services.access_points.points import (
    AccessPointRow,
    AccessPoints,
    AccessPointUses,
    DeleteAccessPoint,
    PointUse,
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
    CheckAccessPoint,
    CheckRouter,
    DeleteRoutingServer,
    ReadCertificate,
    RouterAnswer,
    RoutingServerRow,
    RoutingServers,
    SaveRoutingServer,
)
from desk.services.access_points.testing import ExaminedStep, Part
from desk.services.doctor.report import Verdict as Standing

__all__ = [
    "AccessPointHasIps",
    "AccessPointInUse",
    "AccessPointRow",
    "AccessPointUses",
    "AccessPoints",
    "CellProblem",
    "CertificateShown",
    "Change",
    "CheckAccessPoint",
    "CheckRouter",
    "DeleteAccessPoint",
    "DeleteIpRange",
    "DeleteRoutingServer",
    "DisconnectBy",
    "DryRun",
    "ExaminedStep",
    "ImportAccessPoints",
    "ImportLine",
    "ImportMoved",
    "ImportRoutingServers",
    "Imported",
    "IpEffect",
    "IpOptionRow",
    "IpOptions",
    "IpRangeInUse",
    "IpRangeOverlaps",
    "IpRangeRow",
    "IpRanges",
    "Part",
    "PointUse",
    "ReadCertificate",
    "RouterAnswer",
    "RoutingServerInUse",
    "RoutingServerRow",
    "RoutingServers",
    "SaveAccessPoint",
    "SaveIpOption",
    "SaveIpRange",
    "SaveRoutingServer",
    "Standing",
    "TlsMode",
    "TryAccessPoints",
    "TryRoutingServers",
    "Verdict",
    "access_points_template",
    "check_range",
    "parse_network",
    "routing_servers_template",
]
