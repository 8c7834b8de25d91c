"""What a clerk reads when something about an IP is refused, and what is wrong with a router."""

from __future__ import annotations

from desk.ui.core.messages import Text, register, register_violations

NONE_FREE = "Não há IP disponível no Ponto de Acesso"

register(
    {
        "ip_not_found": Text("O IP não existe mais.", "Outra pessoa o apagou.", "Atualize a árvore (F5)."),
        "no_free_ip": Text(
            NONE_FREE,
            "Todas as faixas do ponto estão em uso, ou não há faixa cadastrada.",
            "Acrescente uma faixa em Configurações > Pontos de Acesso, ou digite um endereço.",
            code="IP-10",
        ),
        "ip_taken": Text(
            "O IP não foi salvo.", "{address} está em uso: {by}.", "Escolha outro endereço, ou use Próximo livre."
        ),
        "login_has_ip": Text(
            "O IP não foi salvo.",
            "Este login já entrega outro endereço, e uma sessão só leva um.",
            "Escolha outro login, ou entregue este IP pelo roteador.",
        ),
        "mac_in_use": Text(
            "Este MAC já está em outro IP.",
            "{mac} é de {customer}, no IP {address}.",
            "Continue se o equipamento atende mesmo aos dois.",
            code="IP-03",
        ),
        "plan_takes_no_ips": Text(
            "O IP não foi criado.", "{why}", "Só um plano habilitado, cujo catálogo permite IP, recebe IPs."
        ),
        "plan_ips_fixed": Text(
            "O IP não foi alterado.",
            "O plano está em “{status}”, e itens só se editam em plano habilitado.",
            "Habilite o plano primeiro.",
        ),
    }
)
register_violations(
    {
        "ip_not_for_customers": "Este endereço não serve para cliente",
        "mask_shape": "Máscara inválida",
        "mac_twice": "O mesmo MAC está duas vezes",
        "too_many_macs": "No máximo {limit} MACs",
        "speed_range": "De 0 a 100.000.000 kbps",
        "wpa2_code": "De 8 a 63 letras, números e sinais comuns",
        "ip_other_point": "É da faixa {network} de {point}",
        "ip_end_of_block": "É rede, roteador ou broadcast do bloco {network}",
        "ip_taken": "Em uso",
        "no_free_ip": NONE_FREE,
    }
)
