"""How this installation is copied and brought back, with its own names and paths: the page IT pins to the wall."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, text

from desk.db.connections import require_superuser, transaction
from desk.db.installed import master_key_path
from desk.db.key_copy import key_id_on_server
from desk.db.master_key import key_readable
from desk.db.revisions import compatible, revision_of
from desk.models.wall_roles import CLEAR_TABLES

_FACTS: Final = """
SELECT current_database() AS dbname, i.company, current_setting('server_version') AS version,
       pg_size_pretty(pg_database_size(current_database())) AS size,
       (SELECT count(*) FROM desk.people p WHERE NOT p.service AND p.active) AS people,
       (SELECT count(*) FROM desk_vault.secrets s WHERE s.ciphertext IS NOT NULL) AS secrets
  FROM desk.installation i"""

_NOTES: Final = """\
Cópias de segurança de {company}
Banco {dbname} ({size}), PostgreSQL {version}, revisão {revision}; {people} pessoas, {secrets} senhas guardadas.
Chave-mestra {key} em {path}, no servidor do banco.

1. O banco, todo dia. A cópia não tem chave nem senha em texto claro:
     desk db backup ARQUIVO --url postgresql://desk_backup@SERVIDOR/{dbname}
   De fora ficam só {left_out}; o passo 4 as refaz.

2. A chave-mestra, uma vez, e de novo se ela mudar. Sem ela as {secrets} senhas se perdem:
     desk db key-backup ARQUIVO --url {url}
   Guarde a cópia e a frase em lugares diferentes, nenhuma junto das cópias do banco.

3. Os papéis do servidor (senhas das pessoas, como verificadores SCRAM), a cada mudança de pessoas:
     pg_dumpall --globals-only > ARQUIVO
   Guarde-o junto da chave. Sem ele as pessoas voltam sem senha e precisam de uma nova.

4. Para trazer tudo de volta, no servidor novo:
     desk db key-restore CÓPIA-DA-CHAVE {path}
     psql -f PAPÉIS postgres                        (se houver o arquivo do passo 3)
     desk db restore ARQUIVO --url {url} --master-key {path}
     desk db rebuild-radius --url {url}
     desk db check --url {url}
   O FreeRADIUS só volta a aceitar clientes depois do rebuild-radius.

5. Confira as cópias: uma vez por mês restaure a última em um banco ao lado, com outro nome em --url, e apague-o.
   O que foi gravado depois da cópia não volta. Para perder menos, use também o arquivamento de WAL do PostgreSQL;
   essas cópias físicas levam tudo, até o texto claro do FreeRADIUS: cifre-as e guarde a chave fora delas."""


def backup_notes(dsn: str) -> str:
    """The page, in Portuguese; only reads."""
    with transaction(dsn) as connection:
        require_superuser(connection)
        compatible(connection)
        facts = connection.execute(text(_FACTS)).mappings().one()
        path = master_key_path(connection) or "?"
        return _NOTES.format(
            **facts,
            revision=revision_of(connection),
            path=path,
            key=_key(connection, path),
            left_out=" e ".join(f"desk_vault.{table}" for table in CLEAR_TABLES),
            url=f"postgresql://postgres@SERVIDOR/{facts['dbname']}",
        )


def _key(connection: Connection, path: str) -> str:
    return key_id_on_server(connection) if key_readable(connection, path) else "(ilegível)"
