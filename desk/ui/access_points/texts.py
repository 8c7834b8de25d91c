"""What a person reads about access points, and what a router's answer means in plain words."""

from __future__ import annotations

from desk.ui.core.messages import Text, register, register_violations

register(
    {
        "access_point_in_use": Text(
            "O ponto de acesso {name} não foi apagado.",
            "Planos não cancelados: {live}. Planos cancelados: {cancelled}.",
            "Mude os planos para outro ponto. Para apagar um que só tem planos cancelados, ligue a variável "
            "“Permite Apagar Ponto de Acesso que tenha Planos Cancelados”.",
        ),
        "access_point_has_ips": Text(
            "O ponto de acesso {name} não foi apagado.",
            "Ele tem faixas de IP, ou IPs de clientes.",
            "Apague as faixas e mude os IPs para outro ponto; se ele já deu IPs, desmarque Ativo.",
        ),
        "ip_range_overlaps": Text(
            "A faixa não foi salva.",
            "Parte dela já está em outra faixa, deste ponto de acesso ou de outro.",
            "Confira a rede e a máscara.",
        ),
        "ip_range_in_use": Text(
            "A faixa não foi alterada.",
            "Há IPs de clientes nesta faixa.",
            "Desmarque Ativa para não dar mais IPs dela, ou mude esses IPs primeiro.",
        ),
        "routing_server_in_use": Text(
            "O servidor {name} não foi apagado.",
            "Estes pontos de acesso estão nele: {points}.",
            "Troque o servidor desses pontos primeiro, ou desmarque Ativo para o Desk não o chamar mais.",
        ),
    }
)
register_violations(
    {
        "port_range": "A porta vai de 1 a 65535",
        "fingerprint_shape": "São 64 letras e números; use Ler certificado",
        "nas_address_needed": "O segredo precisa do endereço de onde o roteador pergunta",
        "interface_needed": "Endereço e ARP precisam da interface",
        "lists_differ": "A lista dos bloqueados é outra",
        "network_shape": "Rede inválida: algo como 177.10.20.0/24",
        "block_prefix_range": "Não cabe nesta rede",
        "gateway_outside": "O gateway fica dentro da faixa",
        "too_many_reserved": "No máximo {limit} reservados",
        "reserved_outside": "{address} não está na faixa",
        "reserved_in_use": "{address} é de {customer}",
        "option_code": "Letras minúsculas, números e _",
        "customer_limit_range": "Vazio, ou de 1 a 1.000.000",
    }
)

# One sentence for each way in which a router fails to answer, and what to look at.
PROBLEMS = {
    "silent": "O roteador não respondeu a tempo. Confira endereço, porta e firewall.",
    "closed": "O roteador fechou a conexão. Confira se o serviço api (ou api-ssl) está ligado nesta porta e aceita "
    "este computador.",
    "no_route": "Não se chega a este endereço e porta. Confira o endereço, a rede e se o serviço api está ligado.",
    "still_there": "O roteador respondeu, mas não fez o que foi pedido.",
    "login": "O roteador não aceitou usuário e senha.",
    "permission": "O usuário entrou, mas lhe faltam direitos: o grupo dele precisa de api, read, write e policy.",
    "certificate": "O certificado do roteador não confere com o que está cadastrado. Leia o certificado e compare.",
    "said_no": "O roteador recusou a pergunta: {detail}",
    "not_ours": "O que há no roteador não foi feito pelo Desk, e fica como está.",
    "nonsense": "O que respondeu nesta porta não parece ser a API do RouterOS.",
    "too_much": "O roteador respondeu dados demais.",
    "bad_request": "O roteador não entendeu o pedido: {detail}",
    "no_credentials": "Não há senha guardada para este roteador. Digite a senha da API e teste de novo.",
}
NO_CERTIFICATE = {
    "certificate": "Nesta porta não há certificado. Ligue api-ssl com um certificado, ou use TLS anônimo."
}


def problem_text(code: str, detail: str = "") -> str:
    """The sentence of a reason code."""
    return PROBLEMS[code].format(detail=detail or "sem explicação")


def certificate_text(code: str) -> str:
    """The sentence of a reason code when only the certificate was asked for."""
    return NO_CERTIFICATE.get(code) or problem_text(code)
