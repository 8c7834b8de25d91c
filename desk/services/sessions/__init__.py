"""Connections of the customers: what is open, what was, and how one ends."""

from desk.integrations.radius.port import Method
from desk.services.sessions import use_cases as _use_cases  # noqa: F401  registers handlers
from desk.services.sessions.address_use import AddressAnswer, AddressUse, PrintAddressUse, WhoUsedAddress
from desk.services.sessions.allowance import Allowance, AllowanceUse
from desk.services.sessions.commands import CloseConnection, ConnectionsClosing
from desk.services.sessions.export import Exported, ExportStatement, FileKind
from desk.services.sessions.speed import (
    ChoicesForSpeed,
    EndThrottle,
    PlanNotThrottled,
    PlanNotToThrottle,
    RestoreSpeed,
    SpeedChanged,
    SpeedChoices,
    SpeedNotOffered,
    SpeedTooSoon,
    ThrottlePlan,
)
from desk.services.sessions.statement import (
    ConnectionStatement,
    Cursor,
    DayRow,
    MacRow,
    MoreConnections,
    SessionRow,
    Statement,
    StatementBy,
    StatementPage,
)
from desk.services.sessions.traffic import ServerInformation, TrafficFeed, TrafficLook, WatchTraffic
from desk.services.sessions.trying import (
    DeleteRadiusServer,
    RadiusServerRow,
    RadiusServers,
    SaveRadiusServer,
    TryAnswer,
    TryLogin,
    Why,
)

__all__ = [
    "AddressAnswer",
    "AddressUse",
    "Allowance",
    "AllowanceUse",
    "ChoicesForSpeed",
    "CloseConnection",
    "ConnectionStatement",
    "ConnectionsClosing",
    "Cursor",
    "DayRow",
    "DeleteRadiusServer",
    "EndThrottle",
    "ExportStatement",
    "Exported",
    "FileKind",
    "MacRow",
    "Method",
    "MoreConnections",
    "PlanNotThrottled",
    "PlanNotToThrottle",
    "PrintAddressUse",
    "RadiusServerRow",
    "RadiusServers",
    "RestoreSpeed",
    "SaveRadiusServer",
    "ServerInformation",
    "SessionRow",
    "SpeedChanged",
    "SpeedChoices",
    "SpeedNotOffered",
    "SpeedTooSoon",
    "Statement",
    "StatementBy",
    "StatementPage",
    "ThrottlePlan",
    "TrafficFeed",
    "TrafficLook",
    "TryAnswer",
    "TryLogin",
    "WatchTraffic",
    "WhoUsedAddress",
    "Why",
]
