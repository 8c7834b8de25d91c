"""Settings pages of the network."""

from __future__ import annotations

from desk.services.access_points import SaveAccessPoint, SaveIpOption, SaveRoutingServer
from desk.ui.access_points import texts as _texts
from desk.ui.access_points.options import IpOptionsPage
from desk.ui.access_points.points import AccessPointsPage
from desk.ui.access_points.servers import RoutingServersPage
from desk.ui.core.actions import Action
from desk.ui.core.pages import SettingsPage

__all__ = ["ACTIONS", "SETTINGS_PAGES"]
_ = _texts  # importing it is what registers the texts
ACTIONS: list[Action] = []
SETTINGS_PAGES = [
    SettingsPage(
        id="access_points",
        label="Pontos de Acesso",
        icon="broadcast",
        order=50,
        build=AccessPointsPage,
        command=SaveAccessPoint,
    ),
    SettingsPage(
        id="ip_options",
        label="Opções do IP",
        icon="sliders-horizontal",
        order=55,
        build=IpOptionsPage,
        command=SaveIpOption,
    ),
    SettingsPage(
        id="routing_servers",
        label="Servidores de Roteamento",
        icon="hard-drives",
        order=60,
        build=RoutingServersPage,
        command=SaveRoutingServer,
    ),
]
