"""Whether every program and library of the folder finds what it imports, on a Windows with nothing else installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pefile

from installer.console import expect
from installer.fetch import PINS

AMD64 = 0x8664
ASKED_FOR_ONLY_IF_THERE = {"postgres.exe"}  # the server's modules name the program that loads them


def check_closure(folder: Path) -> int:
    """Stop when a library is missing that Windows itself does not bring; returns how many files were read."""
    windows = set((PINS / "windows-dlls.txt").read_text(encoding="utf-8").lower().split())
    files = [path for path in folder.rglob("*") if path.suffix.lower() in (".exe", ".dll", ".pyd")]
    carried = {path.name.lower() for path in files}
    missing: dict[str, list[str]] = {}
    for path in files:
        for name in imports(path):
            if name not in carried and name not in windows and not name.startswith("api-ms-win-"):
                missing.setdefault(name, []).append(str(path.relative_to(folder)))
    told = "\n".join(f"{name}: {', '.join(users[:4])}" for name, users in sorted(missing.items()))
    expect(not missing, f"bibliotecas que nem o Desk nem o Windows trazem:\n{told}")
    return len(files)


def imports(path: Path) -> Iterator[str]:
    """Names of the libraries that a file loads with itself, in lower case."""
    with pefile.PE(str(path), fast_load=True) as program:
        expect(program.FILE_HEADER.Machine == AMD64, f"não é de 64 bits: {path}")
        program.parse_data_directories([pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_IMPORT"]])
        for entry in getattr(program, "DIRECTORY_ENTRY_IMPORT", []):
            yield entry.dll.decode("ascii").lower()


def check_resources(exe: Path, version: str) -> None:
    """Version, icon and manifest are in the program: no console window, no question for rights, long paths."""
    with pefile.PE(str(exe), fast_load=True) as program:
        program.parse_data_directories([pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_RESOURCE"]])
        words = {
            key.decode(): value.decode()
            for info in getattr(program, "FileInfo", [[]])[0]
            for table in getattr(info, "StringTable", [])
            for key, value in table.entries.items()
        }
        resources = getattr(program, "DIRECTORY_ENTRY_RESOURCE", None)
        kinds = {entry.id for entry in resources.entries} if resources else set()
        windowed = program.OPTIONAL_HEADER.Subsystem == pefile.SUBSYSTEM_TYPE["IMAGE_SUBSYSTEM_WINDOWS_GUI"]
    expect(words.get("ProductVersion") == version, f"{exe.name}: versão {words.get('ProductVersion')}, não {version}")
    expect(windowed == (exe.stem == "Desk"), f"{exe.name}: janela de console errada")
    expect(pefile.RESOURCE_TYPE["RT_GROUP_ICON"] in kinds, f"{exe.name}: sem ícone para a barra de tarefas")
    manifest = exe.read_bytes()
    for word in (b'level="asInvoker"', b"longPathAware", b"Microsoft.Windows.Common-Controls"):
        expect(word in manifest, f"{exe.name}: o manifesto não diz {word.decode()}")
