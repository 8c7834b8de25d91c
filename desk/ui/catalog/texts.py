"""What a person reads when something about the catalogue is refused."""

from __future__ import annotations

from desk.ui.core.messages import Text, register, register_violations

register(
    {
        "status_in_use": Text(
            "O status não foi apagado.",
            "“{description}” está em {plans} planos e é o próximo de {statuses} outros status.",
            "Mude antes os planos e os status que o usam.",
        ),
        "status_held": Text(
            "O grupo e o acesso deste status não mudam agora.",
            "Há planos nele, e a mudança abriria ou fecharia a rede de todos de uma vez.",
            "Cadastre outro status e leve os planos para ele por Mudar Status.",
        ),
        "system_status": Text(
            "Isto não muda em um status do sistema.",
            "O programa conhece este status pelo código: grupo e acesso ficam, e ele não é apagado.",
            "Descrição, Gerar e Próximo Status podem ser alterados; para outro grupo, cadastre um status novo.",
        ),
        "entry_in_use": Text(
            "“{name}” não foi apagado.",
            "Outros cadastros ainda o usam.",
            "Troque-o nesses cadastros primeiro; o que só não se usa mais pode ficar.",
        ),
    }
)
register_violations(
    {
        "composition_sum": "A composição soma {sum}, e o valor é {price}",
        "composition_part": "Cada item tem descrição e valor",
        "login_limit_needed": "Quem permite login inclui ao menos um",
        "out_of_range": "De {low} a {high}",
        "amount_negative": "O valor não pode ser negativo",
        "amount_too_big": "Valor alto demais",
        "state_shape": "UF é a sigla do estado, como PR",
        "ibge_shape": "O código do IBGE tem 7 dígitos",
        "abbreviation_shape": "A sigla tem três letras",
        "status_never_given": "Só “Cancelar o Plano” cancela, e põe no status do sistema: escolha outro grupo",
        "status_leads_to_itself": "O próximo status precisa ser outro",
    }
)
