"""What a person reads when something about people is refused."""

from __future__ import annotations

from desk.ui.core.messages import Text, register, register_violations

register(
    {
        "last_administrator": Text(
            "A permissão não foi retirada.",
            "Ninguém mais ficaria com a permissão “Usuários”, e o Desk não teria quem o administre.",
            "Dê “Usuários” a outra pessoa ativa primeiro.",
        ),
        "own_activity": Text(
            "Você não foi inativado.",
            "Ninguém inativa a si mesmo.",
            "Peça a outra pessoa que tenha a permissão “Usuários”.",
        ),
        "person_fixed": Text(
            "Esta pessoa não pode ser alterada aqui.",
            "É um serviço do Desk ou um administrador do servidor de banco de dados.",
            "Quem administra o servidor cuida dela.",
        ),
    }
)
register_violations(
    {
        "role_shape": "2 a 31 letras minúsculas, números, ponto ou traço, começando por letra; alguns são reservados",
        "password_same": "A senha nova precisa ser outra",
        "password_wrong": "A senha atual não confere",
    }
)
