"""Words for the menus of a router, wherever a screen shows its lines."""

from __future__ import annotations

MENUS = {
    "/ip/address": "Endereço do roteador",
    "/queue/simple": "Fila",
    "/ip/arp": "ARP",
    "/ip/firewall/address-list": "Lista de endereços",
    "/ipv6/firewall/address-list": "Lista de endereços IPv6",
}
