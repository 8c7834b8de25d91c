"""Settings pages of the network."""

from __future__ import annotations

from desk.ui.access_points.points import AccessPointsPage
from desk.ui.access_points.servers import RoutingServersPage
from desk.ui.core.actions import Action
from desk.ui.core.messages import Text, register, register_violations
from desk.ui.core.pages import SettingsPage

register(
    {
        "access_point_in_use": Text(
            "O ponto de acesso não foi apagado.",
            "Ele tem {live} planos ligados e {cancelled} cancelados.",
            "Mude os planos para outro ponto. Para apagar um que só tem planos cancelados, ligue a variável "
            "“Permite Apagar Ponto de Acesso que tenha Planos Cancelados”.",
        )
    }
)
register_violations(
    {
        "port_range": "A porta vai de 1 a 65535",
        "fingerprint_shape": "São 64 letras e números; use Ler certificado",
    }
)
ACTIONS: list[Action] = []
SETTINGS_PAGES = [
    SettingsPage(
        id="access_points",
        label="Pontos de Acesso",
        icon="broadcast",
        order=50,
        build=AccessPointsPage,
        permission="Pontos de Acesso",
    ),
    SettingsPage(
        id="routing_servers",
        label="Servidores de Roteamento",
        icon="hard-drives",
        order=60,
        build=RoutingServersPage,
        permission="Servidores de Roteamento",
    ),
]
