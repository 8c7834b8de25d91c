"""What a clerk reads when drift cannot be put right."""

from __future__ import annotations

from desk.ui.core.messages import Text, register

register(
    {
        "nothing_to_correct": Text(
            "Nada foi corrigido.",
            "Nenhuma das linhas escolhidas é do Desk.",
            "Marque linhas que sobram, faltam ou diferem; as alheias o Desk nunca toca.",
        ),
    }
)
