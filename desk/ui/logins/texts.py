"""What a clerk reads when something about a login is refused."""

from __future__ import annotations

from desk.ui.core.messages import Text, register, register_violations

register(
    {
        "login_not_found": Text("O login não existe mais.", "Outra pessoa o apagou.", "Atualize a árvore (F5)."),
        "login_taken": Text(
            "O login não foi salvo.", "Login já cadastrado", "Escolha outro nome; maiúsculas não fazem diferença."
        ),
        "no_more_logins": Text(
            "O login não foi criado.",
            "{plan} permite {limit} logins, e o plano já os tem.",
            "Apague um login que não se usa, ou mude o plano.",
            code="RA-02",
        ),
        "plan_takes_no_items": Text(
            "O login não foi criado.",
            "O plano está em “{status}”, e só um plano habilitado recebe itens novos.",
            "Habilite o plano primeiro.",
        ),
        "plan_items_fixed": Text(
            "O login não foi alterado.",
            "O plano está em “{status}”, e itens só se editam em plano habilitado.",
            "Habilite o plano primeiro.",
        ),
        "last_login": Text(
            "O login não foi apagado.",
            "{login} é o único login do plano, e o login é obrigatório.",
            "Cadastre outro login antes, ou cancele o plano.",
            code="RA-21",
        ),
    }
)
register_violations(
    {
        "login_spaces": "Login não pode ter espaços",
        "login_accents": "Login não pode conter acentos",
        "login_taken": "Login já cadastrado",
        "password_characters": "Use letras, números e sinais comuns, sem espaços",
        "ip_shape": "IP inválido: algo como 177.10.20.30",
        "mac_shape": "Formato do MAC é Inválido",
    }
)
