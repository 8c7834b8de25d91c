"""What `desk db` says, in Portuguese; one entry for each problem of `desk.db.errors`."""

from __future__ import annotations

import re
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
    "backup_role": (
        "A cópia não foi feita. {role} leria também as senhas em texto claro do FreeRADIUS. Entre como desk_backup: "
        "desk db backup ARQUIVO --url postgresql://desk_backup@servidor/desk"
    ),
    "backup_exists": "Nada foi gravado. O arquivo {path} já existe. Escolha outro nome.",
    "backup_unreadable": (
        "O arquivo {path} não serve como cópia de um banco do Desk ({detail}). Use um arquivo feito por desk db backup."
    ),
    "database_not_empty": (
        "Nada foi restaurado. O banco {dbname} já tem tabelas do Desk. Informe outro banco em --url, ou renomeie este: "
        'ALTER DATABASE "{dbname}" RENAME TO "{dbname}_antigo"'
    ),
    "program_missing": (
        "Não foi encontrado o {program} do PostgreSQL {version} ou mais novo. Instale o pacote "
        "postgresql-client-{version}, ou diga onde ele está: --programs PASTA"
    ),
    "program_stopped": "O {program} parou e nada ficou pela metade. Ele disse: {detail}",
    "master_key_absent": (
        "O servidor não encontra a chave-mestra em {path}. Traga-a de volta da cópia: desk db key-restore CÓPIA "
        "{path}. Uma chave nova não abre as senhas guardadas."
    ),
    "master_key_other": (
        "A chave em {path} não é a deste banco: nenhuma senha abriu, e nada foi mudado. Traga a chave certa da cópia: "
        "desk db key-restore"
    ),
    "master_key_exists": (
        "Nada foi gravado. Já há uma chave em {path}, e sem ela as senhas que ela abre se perdem. Se ela não serve "
        "mais, guarde-a com outro nome antes."
    ),
    "key_on_the_network": (
        "A chave não foi copiada. A conexão com o servidor não é cifrada, e a chave passaria aberta pela rede. Execute "
        "no próprio servidor, ou com sslmode=verify-full."
    ),
    "key_copy_unreadable": (
        "O arquivo {path} não é uma cópia de chave-mestra. Use um arquivo feito por desk db key-backup."
    ),
    "passphrase_short": (
        "A cópia não foi feita. A frase precisa de pelo menos {shortest} caracteres: quem a adivinhar abre todas as "
        "senhas."
    ),
    "passphrase_wrong": "A frase não abre a cópia {path}. Digite a frase que foi usada ao fazer a cópia.",
    "retention_unknown": "Não há o que guardar com o nome {what}. Os nomes são: {known}.",
    "retention_short": (
        "O prazo não foi mudado. {label} fica pelo menos {fewest} dias, ou 0 para sempre: é o que prova quem fez o quê."
    ),
    "tables_in_use": (
        "Nada foi mudado. Alguém está usando as tabelas há mais de {time} s e a atualização esperaria por ele. Peça "
        "que saiam do Desk, pare o desk worker e repita."
    ),
    "password_unfit": "A senha precisa de pelo menos {shortest} caracteres e não pode ser o próprio login.",
}


_CONNECTION: Final = (
    (
        "Connection refused",
        "O servidor recusou a conexão: o PostgreSQL está parado ou a porta é outra. Confira no servidor: pg_lsclusters",
    ),
    (
        "timeout expired|timed out",
        "O servidor não respondeu: está desligado, ou um firewall fecha a porta. Confira o endereço e a porta 5432.",
    ),
    (
        "could not translate host name|Name or service not known|failed to resolve host",
        "A rede não conhece o nome do servidor. Confira se foi digitado certo em --url.",
    ),
    (
        "password authentication failed|no password supplied",
        "A senha não confere, ou não foi dada. Ponha-a em ~/.pgpass ou na variável PGPASSWORD.",
    ),
    (
        'database ".*" does not exist',
        "O banco não existe neste servidor. Confira --url, ou crie-o: desk db bootstrap",
    ),
    (
        "no pg_hba.conf entry",
        "O servidor não deixa este papel entrar desta máquina. Acrescente uma linha ao pg_hba.conf e recarregue.",
    ),
    (
        "certificate|SSL",
        "A conexão cifrada não foi aceita: o certificado não confere, ou o servidor não oferece TLS. Veja: desk doctor",
    ),
    (
        "Peer authentication failed",
        "O servidor quer o usuário do sistema com o nome do papel. Execute como ele: sudo -u postgres desk db …",
    ),
)


def explain_connection(error: Exception) -> str:
    """Why the database could not be used, and what to do; the server's own words last, for whoever knows them."""
    said = " ".join(str(error).split())
    for pattern, words in _CONNECTION:
        if re.search(pattern, said):
            return f"{words}\n({said})"
    return f"Não foi possível usar o banco de dados: {said}"


def explain(problem: DatabaseProblem) -> str:
    """The sentence for a problem."""
    return PROBLEMS[problem.code].format(**problem.params)
