"""`desk db …`, as an administrator types it; exit code 0 done, 1 refused, 2 not understood, 3 no database."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import psycopg
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy.exc import OperationalError

from desk.db import cli_copies as copies
from desk.db.cli_words import DEFAULT_KEY, DONE, REFUSED, UNREACHABLE, Parser, Run, asked
from desk.db.errors import DatabaseProblem
from desk.db.texts import explain, explain_connection


def main(argv: Sequence[str]) -> int:
    """Run one command; `argv` is what stands after `desk db`."""
    arguments = _parser().parse_args(list(argv))
    run: Run = arguments.run
    try:
        return run(arguments)
    except DatabaseProblem as problem:
        print(explain(problem), file=sys.stderr)
        return REFUSED
    except OSError as error:
        print(f"Não foi possível usar {error.filename or 'o arquivo'}: {error.strerror or error}", file=sys.stderr)
        return REFUSED
    except (psycopg.OperationalError, OperationalError) as error:
        cause = error.orig if isinstance(error, OperationalError) else error
        print(explain_connection(cause or error), file=sys.stderr)
        return UNREACHABLE


def _parser() -> Parser:
    common = Parser(add_help=False)
    common.add_argument("-h", "--help", action="help", help="mostra esta ajuda")
    common.add_argument(
        "--url",
        default="",
        help="conexão de superusuário, como postgresql://postgres@servidor/desk; sem ela valem as variáveis PG…",
    )
    key = Parser(add_help=False)
    key.add_argument(
        "--master-key", default=DEFAULT_KEY, help="arquivo da chave-mestra no servidor (padrão: %(default)s)"
    )
    parser = Parser(prog="desk db", description="Prepara e cuida do banco de dados do Desk.", add_help=False)
    parser.add_argument("-h", "--help", action="help", help="mostra esta ajuda")
    commands = parser.add_subparsers(title="comandos", metavar="comando", required=True)

    def command(name: str, run: Run, text: str, *more: Parser) -> Parser:
        parents = [common, *more]
        made: Parser = commands.add_parser(name, help=text, description=text, parents=parents, add_help=False)
        made.set_defaults(run=run)
        return made

    bootstrap = command("bootstrap", _bootstrap, "Cria o banco, as tabelas e a muralha.", key)
    bootstrap.add_argument("--company", required=True, help="nome do provedor")
    command("upgrade", _upgrade, "Leva o banco à revisão deste programa.", key)
    check = command("check", _check, "Confere revisão, muralha, papéis e chave-mestra.", key)
    check.add_argument("--repair", action="store_true", help="aplica a muralha de novo antes de conferir")
    operator = command("create-operator", _create_operator, "Cria uma pessoa; a senha é perguntada.")
    operator.add_argument("login", help="login da pessoa")
    operator.add_argument("--name", required=True, help="nome completo")
    operator.add_argument("--single-sign-on", action="store_true", help="sem senha: entra só com a conta do domínio")
    operator.add_argument("--all-permissions", action="store_true", help="concede todas as permissões")
    password = command("set-password", _set_password, "Define a senha de um serviço, ou a de quem a perdeu.")
    password.add_argument("login", help="desk_worker, radius, desk_backup ou o login de uma pessoa")
    copies.add(command, key)
    return parser


def _bootstrap(arguments: argparse.Namespace) -> int:
    from desk.db.bootstrap import bootstrap

    dbname = str(conninfo_to_dict(arguments.url).get("dbname") or "desk")
    made = bootstrap(arguments.url, dbname, arguments.master_key, company=arguments.company)
    print(f"Banco {dbname} criado, revisão {made.after}.")
    print("Crie a primeira pessoa: desk db create-operator LOGIN --name NOME --all-permissions")
    print("Dê senha aos serviços que usar: desk db set-password desk_worker (e radius, desk_backup)")
    return DONE


def _upgrade(arguments: argparse.Namespace) -> int:
    from desk.db.upgrade import upgrade

    done = upgrade(arguments.url, arguments.master_key, waiting=_another)
    if not done.changed:
        print(f"Nada a fazer: o banco já está na revisão {done.after}.")
    elif done.before == done.after:
        print(f"Muralha aplicada de novo; a revisão continua {done.after}.")
    else:
        print(f"Banco atualizado da revisão {done.before or 'nenhuma'} para a {done.after}.")
    return DONE


def _another() -> None:
    print("Outro administrador está atualizando este banco; esperando a vez…", file=sys.stderr)


def _check(arguments: argparse.Namespace) -> int:
    from desk.db.check import check
    from desk.db.upgrade import upgrade

    if arguments.repair:
        upgrade(arguments.url, arguments.master_key, force=True, waiting=_another)
    findings = check(arguments.url)
    for finding in findings:
        print(f"{'ok   ' if finding.ok else 'FALHA'} {finding.text}")
    return DONE if all(finding.ok for finding in findings) else REFUSED


def _create_operator(arguments: argparse.Namespace) -> int:
    from desk.db.operators import create_operator, everything

    password = (
        None if arguments.single_sign_on else asked(f"Senha de {arguments.login}: ", "As duas senhas não são iguais.")
    )
    if password is None and not arguments.single_sign_on:
        return REFUSED
    permissions = everything() if arguments.all_permissions else frozenset()
    create_operator(arguments.url, arguments.login, arguments.name, password, permissions, job="Administrador")
    how = "com a conta do domínio" if password is None else "trocará a senha na primeira vez"
    print(f"{arguments.name} já pode entrar como {arguments.login}; {how}.")
    return DONE


def _set_password(arguments: argparse.Namespace) -> int:
    from desk.db.operators import set_password

    password = asked(f"Senha de {arguments.login}: ", "As duas senhas não são iguais.")
    if password is None:
        return REFUSED
    set_password(arguments.url, arguments.login, password)
    print(f"Senha de {arguments.login} definida.")
    return DONE
