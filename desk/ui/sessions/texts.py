"""What a clerk reads when a question about connections cannot be answered."""

from __future__ import annotations

from desk.ui.core.messages import register_violations

register_violations(
    {
        "period_backwards": "O fim do período vem antes do início",
        "period_too_long": "O período pode ter até {days} dias: os registros são guardados por um ano",
        "moment_ahead": "Este momento ainda não chegou",
        "moment_too_old": "Os registros são guardados por {days} dias e depois eliminados",
        "bad_time": "Hora inválida: algo como 14:05:30",
    }
)
