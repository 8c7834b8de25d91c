"""What a person reads when a variable is refused."""

from __future__ import annotations

from desk.ui.core.messages import register_violations

register_violations({"variable_value": "Use Sim, Não ou um número, conforme a variável"})
