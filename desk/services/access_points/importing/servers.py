"""Routing servers from lines of a file; their passwords go to the vault, and only where none is stored yet."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text as sql_text

from desk.models.access_points import RoutingServer, TlsMode
from desk.services.access_points.importing import columns as c
from desk.services.access_points.importing.lines import SECRET_SHOWN, Change, Names, Step, judged
from desk.services.access_points.importing.reading import Line
from desk.services.access_points.servers import (
    LONGEST_SECRET,
    SaveRoutingServer,
    fill_server,
    plain_fingerprint,
    server_violations,
    store_secrets,
)
from desk.services.core.work import Work

FIELDS = (
    *("name", "host", "port", "tls", "fingerprint", "username", "local_secrets", "nas_address", "coa_port", "active"),
    "notes",
)
KINDS = {"password": "router", "radius_secret": "nas"}


def host(written: str) -> str:
    """A name or an address, with nothing around it."""
    found: str = c.text(253)(written)
    if any(sign in found for sign in " /@\\"):
        raise c.Bad("cell_host")
    return found


def address(written: str) -> str:
    """As the database writes it, so that another spelling is no change."""
    try:
        return str(ipaddress.ip_address(written))
    except ValueError as error:
        raise c.Bad("ip_shape") from error


def fingerprint(written: str) -> str:
    """However it was written."""
    return plain_fingerprint(written)


COLUMNS = (
    c.ColumnSpec(
        "name",
        "Nome",
        c.text(60),
        ("Servidor de Roteamento", "Servidor", "Roteador"),
        mandatory=True,
        example=("BNG-1", "BNG-2"),
    ),
    c.ColumnSpec("host", "Endereço", host, ("Host", "IP"), example=("192.0.2.1", "bng2.exemplo.net.br")),
    c.ColumnSpec("port", "Porta da API", c.number(1, 65535), ("Porta", "Porta API"), example=("8729", "8728")),
    c.ColumnSpec("tls", "TLS", c.TLS, example=("TLS anônimo", "Sem TLS")),
    c.ColumnSpec("fingerprint", "Impressão do certificado", fingerprint, ("Certificado", "Fingerprint")),
    c.ColumnSpec("username", "Usuário da API", c.text(60), ("Usuário", "Login"), example=("desk", "desk")),
    c.ColumnSpec("password", "Senha da API", c.secret(LONGEST_SECRET), ("Senha",), secret=True),
    c.ColumnSpec("nas_address", "Endereço no RADIUS", address, ("IP no RADIUS", "NAS"), example=("", "")),
    c.ColumnSpec("radius_secret", "Segredo RADIUS", c.secret(LONGEST_SECRET), ("Segredo",), secret=True),
    c.ColumnSpec("coa_port", "Porta CoA", c.number(1, 65535), example=("3799", "3799")),
    c.ColumnSpec("local_secrets", "Logins no próprio roteador", c.yes_no, ("Logins locais",), example=("Não", "Sim")),
    c.ColumnSpec("active", "Ativo", c.yes_no, example=("Sim", "Sim")),
    c.ColumnSpec("notes", "Observações", c.note(2000), ("Obs", "Observação")),
)
LABELS = c.labels(COLUMNS)
_FRESH: dict[str, Any] = {"port": 8729, "tls": TlsMode.PINNED, "host": "", "username": "desk"}
_SERVERS = sql_text(
    "SELECT id, version, name, host, port, tls, fingerprint, username, local_secrets,"
    " COALESCE(host(nas_address), '') AS nas_address, coa_port, active, notes FROM desk.routing_servers"
)
_STORED = sql_text("SELECT * FROM desk.routers_with_secret(:kind)")


class Servers:
    """Plans lines against what is there; the same object is never used for two files."""

    columns, labels, noun = COLUMNS, LABELS, "routing_servers"

    def __init__(self, work: Work, asked: Sequence[Mapping[str, Any]]) -> None:
        self._there = {row["name"]: row for row in work.session.execute(_SERVERS).mappings()}
        self._names = Names(self._there)
        self._stored = {
            field: set(work.session.execute(_STORED, {"kind": kind}).scalars()) for field, kind in KINDS.items()
        }
        self._addresses = {row["nas_address"]: row["name"] for row in self._there.values() if row["nas_address"]}

    def step(self, line: Line, values: dict[str, Any], problems: list[c.CellProblem]) -> Step:
        """What would be done with one line."""
        name = values.get("name", "")
        if name and (found := self._names.problem("Nome", name, line.number)):
            problems.append(found)
        row = self._there.get(name)
        remarks = []
        plain = {field: value for field, value in values.items() if field not in KINDS}
        typed = {field: values[field] for field in KINDS if field in values}
        for field in list(typed):
            if row is not None and row["id"] in self._stored[field]:
                # A file that is imported twice must change nothing the second time, and stored secrets are not read.
                del typed[field]
                remarks.append(f"{field}_kept")
        present = {field: row[field] for field in FIELDS} if row is not None else dict(_FRESH)
        present["tls"] = TlsMode(present["tls"])
        who = {"id": row["id"], "version": row["version"]} if row is not None else {}
        order = SaveRoutingServer(**({"name": name} | present | plain | typed | who))
        if name:
            stored = row is not None and row["id"] in self._stored["radius_secret"]
            found_ = server_violations(order, has_secret=stored)
            if any(bad.column == LABELS["tls"] for bad in problems):  # it decides whether there must be one
                found_ = [each for each in found_ if each.field != "fingerprint"]
            problems += c.violated(found_, LABELS, plain, problems)
            problems += self._address_problem(order)
        changes = [
            Change(LABELS[field], present.get(field, "") if row is not None else "", value)
            for field, value in plain.items()
            if field != "name" and (row is None or present[field] != value)
        ]
        changes += [Change(LABELS[field], "", SECRET_SHOWN) for field in typed]
        made = judged(line, name, new=row is None, changes=changes, problems=problems, remarks=remarks)
        return Step(made, order if not problems else None)

    def _address_problem(self, order: SaveRoutingServer) -> list[c.CellProblem]:
        """RADIUS tells routers apart by their address."""
        if not order.nas_address:
            return []
        other = self._addresses.setdefault(order.nas_address, order.name)
        if other == order.name:
            return []
        return [c.CellProblem(LABELS["nas_address"], order.nas_address, "nas_taken", {"name": other})]

    def carry_out(self, work: Work, steps: Sequence[Step]) -> None:
        """Write all of it, then the secrets, which need the numbers of the rows."""
        session = work.session
        ids = [step.order.id for step in steps if step.order.id is not None]
        known = {server.id: server for server in session.query(RoutingServer).filter(RoutingServer.id.in_(ids))}
        servers = []
        for step in steps:
            server = known.get(step.order.id) or RoutingServer()
            fill_server(server, step.order)
            session.add(server)
            servers.append(server)
        session.flush()
        for server, step in zip(servers, steps, strict=True):
            store_secrets(work, server.id, step.order)
