"""What a clerk reads when a question about connections cannot be answered."""

from __future__ import annotations

from desk.ui.core.messages import Text, register, register_violations

register(
    {
        "plan_not_to_throttle": Text(
            "A velocidade não foi reduzida.",
            "{title} não está habilitado, ou já está com a velocidade reduzida.",
            "Recarregue a árvore (F5) para ver o estado atual.",
        ),
        "plan_not_throttled": Text(
            "A velocidade não foi restabelecida.",
            "{title} não está com a velocidade reduzida.",
            "Recarregue a árvore (F5) para ver o estado atual.",
        ),
        "speed_not_offered": Text(
            "A velocidade não foi restabelecida.",
            "{plan} não permite restabelecer a velocidade provisoriamente.",
            "Isto se liga em Planos e Serviços.",
        ),
        "speed_too_soon": Text(
            "A velocidade já foi restabelecida há menos de {days} dias ({date})",
            "O último restabelecimento provisório ainda é recente.",
            "Confirme só se o cliente combinou o pagamento.",
        ),
    }
)

register_violations(
    {
        "period_backwards": "O fim do período vem antes do início",
        "period_too_long": "O período pode ter até {days} dias: os registros são guardados por um ano",
        "until_range": "De hoje até {days} dias",
        "moment_ahead": "Este momento ainda não chegou",
        "moment_too_old": "Os registros são guardados por {days} dias e depois eliminados",
        "bad_time": "Hora inválida: algo como 14:05:30",
    }
)
