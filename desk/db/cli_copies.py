"""The commands about copies: of the database, of the master key, and what must be made anew after a restore."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from desk.db.cli_words import DEFAULT_KEY, DONE, MISUSED, REFUSED, Parser, asked


def add(command: Callable[..., Parser], key: Parser) -> None:
    """Add them to `desk db`."""
    backup = command("backup", _backup, "Copia o banco como desk_backup, sem chave e sem senha em texto claro.")
    backup.add_argument("file", type=Path, metavar="ARQUIVO", help="arquivo novo, em formato custom do pg_dump")
    restore = command("restore", _restore, "Refaz o banco de --url a partir de uma cópia.", key)
    restore.add_argument("file", type=Path, metavar="ARQUIVO", help="arquivo feito por desk db backup")
    for made in (backup, restore):
        made.add_argument("--programs", default="", metavar="PASTA", help="onde estão pg_dump e pg_restore")
    command("rebuild-radius", _rebuild, "Refaz do cofre as senhas que o FreeRADIUS lê. Depois de toda restauração.")
    copy = command("key-backup", _key_backup, "Copia a chave-mestra, fechada com uma frase que é perguntada.")
    copy.add_argument("file", type=Path, metavar="ARQUIVO", help="arquivo novo; guarde-o longe das cópias do banco")
    back = command("key-restore", _key_restore, "Traz a chave-mestra de volta da cópia. Execute no servidor do banco.")
    back.add_argument("file", type=Path, metavar="ARQUIVO", help="arquivo feito por desk db key-backup")
    back.add_argument(
        "path", type=Path, nargs="?", default=Path(DEFAULT_KEY), metavar="CAMINHO", help="onde a chave fica"
    )
    kept = command(
        "retention", _retention, "Mostra por quanto tempo o que só olha para trás é guardado, ou muda um prazo."
    )
    kept.add_argument("what", nargs="?", default="", metavar="NOME", help="log, looks, device_looks, commands, pending")
    kept.add_argument("days", nargs="?", type=int, metavar="DIAS", help="dias; 0 guarda para sempre")
    command("backup-notes", _notes, "Diz como copiar e restaurar esta instalação, com os nomes e caminhos dela.")


def _backup(arguments: argparse.Namespace) -> int:
    from desk.db.backups import backup

    done = backup(arguments.url, arguments.file, folder=arguments.programs)
    print(f"Cópia feita: {done.path}, {_size(done.size)}, revisão {done.revision}.")
    print(f"Ficou de fora o que o FreeRADIUS lê em texto claro ({', '.join(done.left_out)}).")
    print("A chave-mestra não está nela: desk db key-backup")
    return DONE


def _restore(arguments: argparse.Namespace) -> int:
    from desk.db.backups import restore

    dbname = str(conninfo_to_dict(arguments.url).get("dbname") or "desk")
    done = restore(arguments.url, arguments.file, dbname, arguments.master_key, folder=arguments.programs)
    print(f"Banco {done.dbname} restaurado, revisão {done.upgraded.after}, muralha aplicada.")
    if done.without_password:
        print(f"Sem senha neste servidor: {', '.join(done.without_password)}.")
        print("Para cada um: desk db set-password LOGIN (dispensável para quem entra com a conta do domínio)")
    print("Agora devolva ao FreeRADIUS as senhas: desk db rebuild-radius")
    print("E confira: desk db check")
    return DONE


def _rebuild(arguments: argparse.Namespace) -> int:
    from desk.db.radius import rebuild_radius

    done = rebuild_radius(arguments.url)
    print(f"Senhas refeitas: {done.opened['radius']} de clientes, {done.opened['nas']} de roteadores.")
    if not done.closed:
        return DONE
    print(f"Não abriram {len(done.closed)}: foram gravadas com outra chave. Defina-as de novo no Desk:")
    for kind, owner in done.closed[:20]:
        print(f"  {'login' if kind == 'radius' else 'servidor de roteamento'} {owner}")
    return REFUSED


def _key_backup(arguments: argparse.Namespace) -> int:
    from desk.db.key_copy import back_up_key

    passphrase = asked("Frase que fechará a cópia: ", "As duas frases não são iguais.")
    if passphrase is None:
        return REFUSED
    name = back_up_key(arguments.url, arguments.file, passphrase)
    print(f"Chave {name} copiada para {arguments.file}.")
    print("Guarde a cópia e a frase em lugares diferentes, e nenhuma das duas junto das cópias do banco.")
    return DONE


def _key_restore(arguments: argparse.Namespace) -> int:
    from desk.db.key_copy import bring_key_back

    name = bring_key_back(arguments.file, arguments.path, asked("Frase da cópia: ") or "")
    print(f"Chave {name} gravada em {arguments.path}. Confira: desk db check")
    return DONE


def _notes(arguments: argparse.Namespace) -> int:
    from desk.db.backup_notes import backup_notes

    print(backup_notes(arguments.url))
    return DONE


def _retention(arguments: argparse.Namespace) -> int:
    from desk.db.retention import keep, retention

    if arguments.what:
        if arguments.days is None:
            return MISUSED
        keep(arguments.url, arguments.what, arguments.days)
    for kept in retention(arguments.url):
        time = f"{kept.days} dias" if kept.days else "para sempre"
        swept = f"{kept.swept_at:%d/%m/%Y %H:%M}" if kept.swept_at else "ainda não"
        print(f"{kept.what:<13} {time:<12} {kept.label}; varrido: {swept}")
    return DONE


def _size(octets: int) -> str:
    return f"{octets / 1_048_576:.1f} MB".replace(".", ",")
