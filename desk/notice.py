"""`desk notice`: IT's side of "há uma versão nova": a key, and a signed file for a share or a web server."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from desk.services.releases import BadNotice, Notice, new_key, public_key, signed

DAYS = 180


def main(argv: Sequence[str]) -> int:
    """`desk notice key FILE` and `desk notice sign --key FILE VERSION TARGET`."""
    options = _parser().parse_args(argv)
    run: dict[str, object] = {"key": _key, "sign": _sign}
    act = run[options.what]
    try:
        return act(options) if callable(act) else 1
    except FileExistsError as error:
        print(f"{error.filename} já existe; nada foi gravado.", file=sys.stderr)
    except (OSError, BadNotice) as error:
        print(f"Não foi possível: {error}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="desk notice", description="Avisa as estações de uma versão nova do Desk.")
    acts = parser.add_subparsers(dest="what", required=True)
    key = acts.add_parser("key", help="cria a chave que assina os avisos")
    key.add_argument("file", type=Path)
    sign = acts.add_parser("sign", help="escreve o aviso assinado")
    sign.add_argument("--key", type=Path, required=True, metavar="ARQUIVO")
    sign.add_argument("--says", default="", metavar="TEXTO", help="uma frase para as pessoas")
    sign.add_argument("--where", default="", metavar="LUGAR", help="onde está o instalador")
    sign.add_argument("--days", type=int, default=DAYS, metavar="N", help=f"por quantos dias ele vale ({DAYS})")
    sign.add_argument("version")
    sign.add_argument("target", type=Path)
    return parser


def _key(options: argparse.Namespace) -> int:
    made = new_key()
    with os.fdopen(os.open(options.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(made + "\n")
    print(f"Chave gravada em {options.file}: guarde-a fora das estações. Para a política update_key:")
    print(public_key(made))
    return 0


def _sign(options: argparse.Namespace) -> int:
    until = dt.date.today() + dt.timedelta(days=options.days)
    notice = Notice(options.version, options.says, options.where, until.isoformat())
    file = signed(notice, options.key.read_text(encoding="ascii"))
    fresh = options.target.with_name(options.target.name + ".new")
    fresh.write_bytes(file)
    fresh.replace(options.target)  # a station reads the old notice or the new one, never half of one
    print(f"Aviso da versão {options.version} em {options.target}, até {until:%d/%m/%Y}.")
    return 0
