"""`desk doctor`: says in plain words what stands between this machine and a working Desk. Knows no Qt."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from desk.bootstrap import WayIn
from desk.db.check import check
from desk.db.cli_words import DONE, REFUSED, UNREACHABLE, Parser, asked
from desk.db.errors import DatabaseProblem
from desk.db.texts import explain
from desk.server import Server
from desk.services.doctor import Code, Finding, Report, Verdict
from desk.services.doctor.examine import examine
from desk.settings import Settings
from desk.ui.shell.doctor_words import as_text, summary, words


def main(argv: Sequence[str]) -> int:
    """Examine and print; 0 when Desk can work, 1 when not, 3 when the server's own look was refused."""
    options = _parser().parse_args(list(argv))
    server = _server(Settings().server, options)
    if options.url:
        return _print(_server_side(options.url, server), options)
    if not options.login:
        return _print(examine(server), options)
    password = None if options.single_sign_on else asked(f"Senha de {options.login}: ")
    way_in = WayIn(server, options.login, password)
    return _print(examine(server, way_in.connect, options.login), options)


def _parser() -> Parser:
    parser = Parser(prog="desk doctor", description="Diz o que impede este computador de usar o Desk.", add_help=False)
    parser.add_argument("-h", "--help", action="help", help="mostra esta ajuda")
    parser.add_argument("login", nargs="?", default="", help="confere também o banco e os roteadores; pede a senha")
    parser.add_argument("--single-sign-on", action="store_true", help="entra com a conta do domínio, sem senha")
    parser.add_argument("--host", default="", help="outro servidor que não o configurado")
    parser.add_argument("--port", default="", help="outra porta")
    parser.add_argument("--url", default="", help="no servidor: conexão de superusuário; confere também a chave-mestra")
    parser.add_argument("--json", action="store_true", help="em JSON, para outros programas")
    parser.add_argument("--out", type=Path, metavar="ARQUIVO", help="grava em vez de mostrar")
    return parser


def _server(server: Server, options: argparse.Namespace) -> Server:
    """The configured one, or the one that the administrator's URL or the options name."""
    if options.url:
        known: dict[str, Any] = conninfo_to_dict(options.url)
        return Server(
            host=str(known.get("host") or "/"),
            port=str(known.get("port") or "5432"),
            database=str(known.get("dbname") or "desk"),
            sslmode=str(known.get("sslmode") or "prefer"),
            sslrootcert=str(known.get("sslrootcert") or ""),
        )
    return server._replace(host=options.host or server.host, port=options.port or server.port)


def _server_side(url: str, server: Server) -> Report:
    """The network, and then what only a superuser sees, in the words of `desk db check`."""
    found = list(examine(server).findings)
    if any(finding.verdict is Verdict.BAD for finding in found):
        return Report(tuple(found))
    found = [finding for finding in found if finding.code is not Code.NOBODY]
    try:
        looked = [(one.ok, one.text) for one in check(url)]
    except DatabaseProblem as problem:
        looked = [(False, explain(problem))]
    except psycopg.OperationalError as error:
        looked = [(False, f"O servidor recusou a entrada: {str(error).strip()}")]
    return Report(
        (
            *found,
            *(Finding(Verdict.GOOD if ok else Verdict.BAD, Code.SERVER_SIDE, {"text": text}) for ok, text in looked),
        )
    )


def _print(report: Report, options: argparse.Namespace) -> int:
    text = _as_json(report) if options.json else as_text(report)
    if options.out is not None:
        try:
            options.out.write_text(f"{text}\n", encoding="utf-8")
        except OSError as error:
            print(f"Não foi possível gravar {options.out}: {error.strerror}", file=sys.stderr)
            return UNREACHABLE
    else:
        print(text)
    return REFUSED if report.verdict is Verdict.BAD else DONE


def _as_json(report: Report) -> str:
    findings = [
        {"verdict": finding.verdict, "code": finding.code, "title": said.title, "found": said.found, "do": said.do}
        for finding in report.findings
        for said in (words(finding),)
    ]
    whole = {"verdict": report.verdict, "summary": summary(report), "findings": findings}
    return json.dumps(whole, ensure_ascii=False, indent=1)
