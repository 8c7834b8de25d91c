"""Packs the frozen folder into an MSI with wixl, mends what wixl cannot say, and reads the result back."""

from __future__ import annotations

import filecmp
import hashlib
import os
import re
import shutil
import uuid
import xml.etree.ElementTree as ET
from pathlib import Path

from desk.ui.core.taskbar import APP_ID
from installer.console import ROOT, StepFailed, expect, run

NAMESPACE = "http://schemas.microsoft.com/wix/2006/wi"
PRODUCT = ROOT / "installer" / "desk.wxs"
UPGRADE_CODE = "{6E1B63C6-6B1C-4A35-9F0B-0C2B9C0B7D51}"
# On the command line or kept from the version before: who gives neither gets the program's own default.
PROPERTIES = ("DBHOST", "DBPORT", "DBNAME", "DBSSLMODE", "DBSSLROOTCERT", "DBSSO", "INSTALLDIR")
# After InstallInitialize, that is inside the transaction: a failed upgrade brings the old version back.
REMOVE_OLD_AT = 1501
LANGUAGE = 1046  # Portuguese of Brazil


def build_msi(folder: Path, version: str, target: Path, work: Path) -> Path:
    """One MSI of this folder under this version."""
    files = work / "files.wxs"
    ET.indent(tree := _harvest(folder))
    tree.write(files, encoding="utf-8", xml_declaration=True)
    target.unlink(missing_ok=True)
    icon = ROOT / "resources" / "icons" / "desk.ico"
    # wixl takes no absolute path in its sources.
    here = {"SourceDir": os.path.relpath(folder, ROOT), "IconFile": os.path.relpath(icon, ROOT)}
    defined = ["Win64=yes", f"Version={version}", *(f"{name}={path}" for name, path in here.items())]
    words = [part for one in defined for part in ("-D", one)]
    said = run(["wixl", "-v", "-a", "x64", *words, "-o", target, PRODUCT, files], limit=300, log=work / "wixl.log")
    ignored = [line for line in said.splitlines() if "has no property named" in line or "CRITICAL" in line]
    expect(not ignored, "o wixl não entende e deixaria fora:\n" + "\n".join(ignored))
    _mend(target)
    return target


def _harvest(folder: Path) -> ET.ElementTree[ET.Element]:
    """Every file as a component of its own. Names come from the path alone, so they last from version to version."""
    wix = ET.Element("Wix", xmlns=NAMESPACE)
    places = {"": ET.SubElement(ET.SubElement(wix, "Fragment"), "DirectoryRef", Id="INSTALLDIR")}
    group = ET.SubElement(ET.SubElement(wix, "Fragment"), "ComponentGroup", Id="Files")
    for name in sorted(_files(folder)):
        place, _, _ = name.rpartition("/")
        parts = place.split("/") if place else []
        for depth, part in enumerate(parts, 1):
            here, above = "/".join(parts[:depth]), "/".join(parts[: depth - 1])
            if here not in places:
                places[here] = ET.SubElement(places[above], "Directory", Id=_id("dir", here), Name=part)
        component = ET.SubElement(places[place], "Component", Id=_id("cmp", name), Guid="*", Win64="yes")
        ET.SubElement(component, "File", Id=_id("fil", name), KeyPath="yes", Source=f"$(var.SourceDir)/{name}")
        ET.SubElement(group, "ComponentRef", Id=_id("cmp", name))
    return ET.ElementTree(wix)


def _id(kind: str, name: str) -> str:
    return kind + hashlib.sha256(name.encode()).hexdigest()[:32].upper()


def _mend(msi: Path) -> None:
    """Say in MSI's own tables what the sources of wixl have no words for."""
    queries = [
        f"UPDATE `InstallExecuteSequence` SET `Sequence` = {REMOVE_OLD_AT} WHERE `Action` = 'RemoveExistingProducts'",
    ]
    if "CustomAction" not in _tables(msi):
        queries.append(
            "CREATE TABLE `CustomAction` (`Action` CHAR(72) NOT NULL, `Type` SHORT NOT NULL, `Source` CHAR(72),"
            " `Target` CHAR(255), `ExtendedType` LONG PRIMARY KEY `Action`)"
        )
    if "InstallUISequence" not in _tables(msi):
        raise StepFailed("o wixl não escreveu InstallUISequence")
    for at, name in enumerate(PROPERTIES):
        # Type 51 sets a property. AppSearch (50) has found what the version before was told.
        action = f"Keep{name}"
        queries.append(
            "INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`)"
            f" VALUES ('{action}', 51, '{name}', '[KEPT_{name}]')"
        )
        for table in ("InstallExecuteSequence", "InstallUISequence"):
            queries.append(
                f"INSERT INTO `{table}` (`Action`, `Condition`, `Sequence`)"
                f" VALUES ('{action}', 'NOT {name} AND KEPT_{name}', {60 + at})"
            )
    # Pins and the list over the taskbar's button belong to the name that the program gives itself.
    queries += [
        "CREATE TABLE `MsiShortcutProperty` (`MsiShortcutProperty` CHAR(72) NOT NULL, `Shortcut_` CHAR(72) NOT NULL,"
        " `PropertyKey` CHAR(255) NOT NULL, `PropVariantValue` CHAR(255) NOT NULL PRIMARY KEY `MsiShortcutProperty`)",
        "INSERT INTO `MsiShortcutProperty` (`MsiShortcutProperty`, `Shortcut_`, `PropertyKey`, `PropVariantValue`)"
        f" VALUES ('DeskAppId', 'DeskShortcut', 'System.AppUserModel.ID', '{APP_ID}')",
    ]
    # Only these may be handed from the person who asks to the service that installs.
    secure = ";".join((*PROPERTIES, *(f"KEPT_{name}" for name in PROPERTIES)))
    found = re.search(r"^SecureCustomProperties\t(.*)$", run(["msiinfo", "export", msi, "Property"]), re.MULTILINE)
    if found:
        both = f"{found[1].strip()};{secure}"
        queries.append(f"UPDATE `Property` SET `Value` = '{both}' WHERE `Property` = 'SecureCustomProperties'")
    else:
        queries.append(f"INSERT INTO `Property` (`Property`, `Value`) VALUES ('SecureCustomProperties', '{secure}')")
    # wixl always writes English there. The code names this very package.
    package = f"{{{str(uuid.uuid4()).upper()}}}"
    # One call, since each writes the whole file anew.
    run(["msibuild", msi, "-q", *queries, "-s", "Desk", "Desk", f"x64;{LANGUAGE}", package], limit=120)


def _tables(msi: Path) -> set[str]:
    return set(run(["msiinfo", "tables", msi]).split())


def check_msi(msi: Path, folder: Path, version: str, work: Path) -> None:
    """Read back what Windows will read: identity, scope, order, and every file."""
    properties = dict(
        line.split("\t", 1)
        for line in run(["msiinfo", "export", msi, "Property"]).replace("\r", "").splitlines()[3:]
        if "\t" in line
    )
    expect(properties.get("UpgradeCode") == UPGRADE_CODE, f"UpgradeCode: {properties.get('UpgradeCode')}")
    expect(properties.get("ProductVersion") == version, f"ProductVersion: {properties.get('ProductVersion')}")
    expect(properties.get("ALLUSERS") == "1", f"ALLUSERS: {properties.get('ALLUSERS')}")
    expect("DBHOST" in properties.get("SecureCustomProperties", ""), "SecureCustomProperties sem DBHOST")
    sequence = run(["msiinfo", "export", msi, "InstallExecuteSequence"]).replace("\r", "")
    order = {line.split("\t")[0]: line.split("\t")[2] for line in sequence.splitlines()[3:] if line.count("\t") == 2}
    expect(order.get("RemoveExistingProducts") == str(REMOVE_OLD_AT), f"ordem: {order.get('RemoveExistingProducts')}")
    expect(int(order["InstallInitialize"]) < REMOVE_OLD_AT < int(order["InstallFiles"]), f"ordem: {order}")
    expect(int(order["AppSearch"]) < int(order["KeepDBHOST"]) < int(order["CostFinalize"]), f"ordem: {order}")
    expect(APP_ID in run(["msiinfo", "export", msi, "MsiShortcutProperty"]), "o atalho não diz de que programa é")
    summary = run(["msiinfo", "suminfo", msi])
    expect(f"x64;{LANGUAGE}" in summary, f"plataforma: {summary}")
    out = work / "extracted"
    shutil.rmtree(out, ignore_errors=True)
    run(["msiextract", "-C", out, msi], limit=300)
    expect_same(folder, next(out.rglob("Desk.exe")).parent)
    shutil.rmtree(out)


def expect_same(wanted: Path, found: Path) -> None:
    """Both folders hold the same files with the same bytes."""
    one, other = _files(wanted), _files(found)
    expect(one == other, f"{found}: faltam {sorted(one - other)[:5]}, sobram {sorted(other - one)[:5]}")
    _, differing, broken = filecmp.cmpfiles(wanted, found, sorted(one), shallow=False)
    expect(not differing and not broken, f"{found}: diferentes {differing[:5]} {broken[:5]}")


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
