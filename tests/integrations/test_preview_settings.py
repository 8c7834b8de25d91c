"""Another router, another address, another way to enforce: what the two dialogs promise is what routers then hear."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from desk.demo.routeros import RouterOsStandIn
from desk.services.access_points import (
    AccessPoints,
    DeleteAccessPoint,
    ImportAccessPoints,
    ImportRoutingServers,
    RoutingServers,
    SaveAccessPoint,
    SaveRoutingServer,
    TryAccessPoints,
    TryRoutingServers,
    Verdict,
)
from desk.services.core.bus import Command
from desk.services.core.errors import NotAllowed
from desk.services.previews import NetworkPreview, Rehearse, Way, rehearsal
from tests.builders import a_login, a_routing_server, a_secret, an_access_point, an_ip
from tests.integrations.test_previews import (
    BOSS,
    PASSWORD,
    an_old_ip,
    deliver,
    heard,
    line,
    nas,
    promised,
    router,
)
from tests.services.core.line import Line
from tests.services.core.net import PASSWORD as ROUTER_PASSWORD
from tests.services.core.net import settled
from tests.services.test_plans import as_job

__all__ = ["line", "nas", "router"]

OWED = "SELECT topic, count(*) FROM desk.debts WHERE done < wanted GROUP BY topic"
Make = Callable[[Line, RouterOsStandIn], Command[Any]]


@pytest.fixture
def other() -> Iterator[RouterOsStandIn]:
    """A second router, which knows nothing of anybody."""
    with RouterOsStandIn() as stand_in:
        yield stand_in


def point(line: Line, **changes: Any) -> SaveAccessPoint:
    """The access point as its dialog sends it."""
    row = next(each for each in line.database.bus(BOSS).execute(AccessPoints()).value if each.used)
    names = {each.name for each in dataclasses.fields(SaveAccessPoint)}
    return SaveAccessPoint(**({name: getattr(row, name) for name in names} | changes))


def server(line: Line, **changes: Any) -> SaveRoutingServer:
    """Its router as its dialog sends it."""
    row = next(each for each in line.database.bus(BOSS).execute(RoutingServers()).value if each.id == line.server_id)
    names = {each.name for each in dataclasses.fields(SaveRoutingServer)} - {"password", "radius_secret"}
    return SaveRoutingServer(**({name: getattr(row, name) for name in names} | changes))


def behind(line: Line, other: RouterOsStandIn) -> int:
    made = a_routing_server(line.database, "BNG 2", port=other.port, local_secrets=True)
    a_secret(line.database, "router", made.id, ROUTER_PASSWORD)
    return made.id


def imported(line: Line, file: Path, text: str) -> ImportAccessPoints | ImportRoutingServers:
    """A spreadsheet as its dialog sends it, once it was looked through."""
    file.write_text(text, encoding="utf-8")
    bus, routers = line.database.bus(BOSS), text.startswith("Nome;Porta")
    run = bus.execute(TryRoutingServers(file) if routers else TryAccessPoints(file)).value
    order = ImportRoutingServers if routers else ImportAccessPoints
    assert run.count(Verdict.CHANGE) == 1
    return order(content=run.content, digest=run.digest)


def point_in_file(line: Line, head: str, cell: str) -> ImportAccessPoints | ImportRoutingServers:
    (name,) = line.database.admin().execute("SELECT name FROM desk.access_points").fetchone() or ("",)
    with tempfile.TemporaryDirectory() as folder:
        return imported(line, Path(folder) / "pontos.csv", f"Nome;{head}\n{name};{cell}\n")


def moved_by_file(line: Line, other: RouterOsStandIn) -> ImportAccessPoints | ImportRoutingServers:
    behind(line, other)
    return point_in_file(line, "Servidor de Roteamento", "BNG 2")


def router_in_file(line: Line, other: RouterOsStandIn) -> ImportAccessPoints | ImportRoutingServers:
    with tempfile.TemporaryDirectory() as folder:
        return imported(line, Path(folder) / "servidores.csv", f"Nome;Porta\nBNG 1;{other.port}\n")


CASES: dict[str, Make] = {
    "outra aplicação": lambda line, other: point(line, sets_arp=False, blocked_list="devedores", interface="ether3"),
    "outro roteador": lambda line, other: point(line, routing_server_id=behind(line, other)),
    "outro endereço": lambda line, other: server(line, port=other.port),
    "outro endereço e outra senha": lambda line, other: server(line, port=other.port, password=ROUTER_PASSWORD),
    "importar: outra lista": lambda line, other: point_in_file(line, "Lista dos liberados", "adimplentes"),
    "importar: outro roteador": moved_by_file,
    "importar: outro endereço": router_in_file,
    "sem logins no roteador": lambda line, other: server(line, local_secrets=False),
}


def debts(line: Line) -> dict[str, int]:
    return dict(line.database.admin().execute(OWED).fetchall())


def looked_at(line: Line, command: Command[Any]) -> NetworkPreview:
    return line.database.bus(BOSS).execute(Rehearse(command=command)).value


@pytest.mark.parametrize("case", CASES)
def test_what_was_said_is_what_is_heard(line: Line, other: RouterOsStandIn, case: str) -> None:
    an_old_ip(line)
    command = CASES[case](line, other)
    settled(line.database)
    for stand_in in (line.router, other):
        stand_in.forget()
    stored = line.database.admin().execute("SELECT version FROM desk.routing_servers").fetchall()
    preview = looked_at(line, command)

    assert line.router.writes() == other.writes() == [] and debts(line) == {}  # nothing of it was kept
    assert line.database.admin().execute("SELECT version FROM desk.routing_servers").fetchall() == stored
    assert not any(secret in repr(preview) for secret in (PASSWORD, ROUTER_PASSWORD))
    assert not any(move.name == "Cleartext-Password" for each in preview.changes for move in each.fields)

    line.database.bus(BOSS).execute(command)
    assert {"radius_login": preview.logins, "customer_ip": preview.ips} == {
        "radius_login": 0,
        "customer_ip": 0,
    } | debts(line)
    sent = promised(preview, unproven=False)
    deliver_keeping(line)
    said = sorted(heard(line, preview) + heard(dataclasses.replace(line, router=other), preview))
    assert sent and said == sent


def deliver_keeping(line: Line) -> None:
    """Everything that is owed now; what routers heard is kept."""
    forget, line.router.forget = line.router.forget, lambda: None  # type: ignore[method-assign]
    deliver(line)
    line.router.forget = forget  # type: ignore[method-assign]


def test_no_password_goes_to_an_address_that_is_only_being_typed(line: Line, other: RouterOsStandIn) -> None:
    an_old_ip(line)
    preview = looked_at(line, server(line, port=other.port))
    assert [(look.answers, look.problem) for look in preview.devices] == [(False, "moved")]
    assert other.connections == 0
    same = looked_at(line, server(line, local_secrets=False, username="outro"))
    assert [(look.answers, look.problem) for look in same.devices] == [(False, "not_asked")]


def test_all_are_counted_and_some_are_shown(line: Line, other: RouterOsStandIn) -> None:
    (point_id,) = line.database.admin().execute("SELECT id FROM desk.access_points").fetchone() or (0,)
    for number in range(25):
        a_login(line.database, plan_id=line.plan.id, login=f"loja{number}")
        an_ip(line.database, f"10.0.1.{number + 1}", plan_id=line.plan.id, access_point_id=point_id)
    settled(line.database)
    order = point(line, routing_server_id=behind(line, other))
    preview = looked_at(line, order)
    assert (preview.logins, preview.ips, preview.sampled) == (26, 25, True)
    shown = {each.thing for each in preview.changes if each.way is Way.API and each.device == "BNG 2"}
    assert 0 < len(shown) <= 2 * rehearsal.SHOWN
    line.database.bus(BOSS).execute(order)
    assert debts(line) == {"radius_login": 26, "customer_ip": 25}


def test_a_name_and_a_new_point_say_nothing(line: Line) -> None:
    for order in (
        point(line, name="Torre", notes="no alto"),
        server(line, name="BNG novo", coa_port=3800),
        SaveAccessPoint(name="Torre nova", routing_server_id=line.server_id, sets_queue=True),
    ):
        preview = looked_at(line, order)
        assert (preview.changes, preview.logins, preview.ips) == ((), 0, 0)


def test_deleting_says_what_cancelled_plans_leave_behind(line: Line) -> None:
    as_job(line.database, "UPDATE desk.variables SET value = 'S' WHERE code = 'delete_access_point_of_cancelled'")
    as_job(line.database, "UPDATE desk.customer_plans SET status = 'CANCELADO'")
    settled(line.database)
    row = line.database.bus(BOSS).execute(AccessPoints()).value[0]
    order = DeleteAccessPoint(id=row.id, version=row.version)
    preview = looked_at(line, order)
    assert debts(line) == {}
    line.database.bus(BOSS).execute(order)
    assert debts(line) == {"radius_login": preview.logins} == {"radius_login": 1}


def test_an_empty_point_is_deleted_without_a_word(line: Line) -> None:
    made = an_access_point(line.database, "Vazio")
    preview = looked_at(line, DeleteAccessPoint(id=made.id, version=1))
    assert (preview.changes, preview.logins, preview.ips) == ((), 0, 0)


def test_who_may_not_save_is_not_told(line: Line) -> None:
    for order in (point(line, sets_arp=False), server(line, port=9)):
        with pytest.raises(NotAllowed):
            line.database.bus("ninguem").execute(Rehearse(command=order))
