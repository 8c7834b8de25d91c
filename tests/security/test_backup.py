"""A backup taken the documented way opens no secret, and a careless one fails."""

from __future__ import annotations

import os
import subprocess

from tests.security.scene import Scene
from tests.security.test_server import set_password

EXCLUDED = ("--exclude-table-data=desk_vault.radius_clear", "--exclude-table-data=desk_vault.nas_clear")


def dump(scene: Scene, *options: str) -> subprocess.CompletedProcess[str]:
    """pg_dump of the whole database as the backup role."""
    set_password(scene, "desk_backup")
    program = str(scene.database.cluster.bin / "pg_dump")
    return subprocess.run(
        [program, "--dbname", scene.database.dsn("desk_backup"), *options],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
    )


def test_a_backup_holds_neither_key_nor_cleartext(scene: Scene) -> None:
    done = dump(scene, *EXCLUDED)
    assert done.returncode == 0, done.stderr
    assert "cliente.casa" in done.stdout and "COPY desk_vault.secrets" in done.stdout
    key = scene.database.admin().execute("SELECT encode(desk_vault.master(), 'hex')").fetchone()
    assert key is not None and key[0] not in done.stdout
    for secret in ("k2m4p6r8", "senha-do-roteador", "segredo-do-nas"):
        assert secret not in done.stdout


def test_forgetting_the_option_fails(scene: Scene) -> None:
    for options in ((), EXCLUDED[:1], EXCLUDED[1:]):
        done = dump(scene, *options)
        assert done.returncode != 0
        assert "row-level security" in done.stderr
        assert "k2m4p6r8" not in done.stdout and "segredo-do-nas" not in done.stdout
