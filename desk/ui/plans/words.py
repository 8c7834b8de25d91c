"""Words for the codes in which services speak of the network."""

from __future__ import annotations

SYSTEMS = {
    "radius": ("RADIUS", "key"),
    "session": ("Conexão", "lightning"),
    "router": ("MikroTik", "hard-drives"),
}
NETWORK_STATES = {
    "allowed": "acesso permitido",
    "blocked": "bloqueado",
    "online": "online",
    "offline": "offline",
    "closed_now": "encerrada agora",
    "secret_enabled": "login liberado no roteador",
    "secret_disabled": "login bloqueado no roteador",
}
PROBLEMS = {
    "silent": "Não respondeu agora",
    "closed": "Fechou a conexão",
    "no_route": "Fora de alcance agora",
    "login": "Não aceita o usuário e a senha cadastrados",
    "permission": "O usuário não tem permissão no roteador",
    "certificate": "O certificado não confere",
    "no_credentials": "Sem senha cadastrada",
    "not_allowed": "Você não tem acesso aos roteadores",
    "reveal_refused": "A senha do roteador não foi entregue agora",
    "said_no": "Recusou a consulta",
    "nonsense": "Respondeu algo que não se entende",
    "too_much": "Respondeu demais",
    "still_there": "Continua listando a sessão",
    "not_ours": "O cadastro no roteador não é do Desk",
    "bad_request": "Recusou a consulta",
}
