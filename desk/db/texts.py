"""What `desk db` says, in Portuguese; one entry for each problem of `desk.db.errors`."""

from __future__ import annotations

from typing import Final

from desk.db.errors import DatabaseProblem

PROBLEMS: Final = {
    "database_newer": (
        "O banco está na revisão {database}, mais nova que a deste programa ({program}). Atualize o Desk nesta máquina."
    ),
    "database_older": (
        "O banco está na revisão {database} e este programa precisa da {program}. "
        "Peça à TI para executar: desk db upgrade"
    ),
    "database_not_desk": "Este banco não tem as tabelas do Desk. Para criá-las: desk db bootstrap",
    "not_superuser": "A função {role} não é superusuária do PostgreSQL; papéis e funções da muralha exigem uma.",
    "server_too_old": "O servidor é PostgreSQL {version}; o Desk precisa do 15 ou mais novo.",
    "extension_unavailable": (
        "O servidor não traz a extensão {extension}. No Debian ela vem com o pacote do servidor; em outros sistemas "
        "instale o pacote postgresql-contrib."
    ),
    "extension_not_permitted": "Sem permissão para criar a extensão {extension}. Execute como administrador: {command}",
    "extension_elsewhere": "A extensão {extension} está no esquema {schema}. Execute como administrador: {command}",
    "master_key_unreadable": (
        "O servidor não encontra uma chave-mestra de 32 bytes em {path}. Crie-a no servidor, como o usuário do "
        "PostgreSQL: (umask 077; head -c 32 /dev/urandom > '{path}')"
    ),
    "already_bootstrapped": "O banco {dbname} já é de uma instalação do Desk. Para atualizá-lo: desk db upgrade",
    "login_invalid": (
        'O login "{login}" não serve: letras minúsculas sem acento, algarismos, ponto, hífen ou sublinhado, começando '
        "por letra, de 2 a 31 caracteres, e nenhum nome reservado."
    ),
    "login_taken": 'Já existe no servidor um papel chamado "{login}".',
    "login_unknown": '"{login}" não é uma pessoa deste banco nem um serviço do Desk.',
    "password_unfit": "A senha precisa de pelo menos {shortest} caracteres e não pode ser o próprio login.",
}


def explain(problem: DatabaseProblem) -> str:
    """The sentence for a problem."""
    return PROBLEMS[problem.code].format(**problem.params)
