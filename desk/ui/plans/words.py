"""Words for the codes in which services speak of the network."""

from __future__ import annotations

SYSTEMS = {
    "radius": ("RADIUS", "key"),
    "session": ("Conexão", "lightning"),
    "router": ("MikroTik", "hard-drives"),
    "ip": ("IP no MikroTik", "hash-straight"),
}
NETWORK_STATES = {
    "allowed": "acesso permitido",
    "blocked": "bloqueado",
    "online": "online",
    "offline": "offline",
    "closed_now": "encerrada agora",
    "secret_enabled": "login liberado no roteador",
    "secret_disabled": "login bloqueado no roteador",
    "ip_open": "liberado",
    "ip_blocked": "bloqueado",
}
