"""What a dialog says before the click is what routers and NAS hear after it, word for word; nothing of it is secret."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from desk.bootstrap import reconcilers
from desk.demo.routeros import RouterOsStandIn
from desk.services.catalog import CatalogPlans, SaveCatalogPlan
from desk.services.core.bus import Command
from desk.services.core.errors import DomainError, NotAllowed
from desk.services.core.outbox import Settler
from desk.services.core.sentences import MASK
from desk.services.ips import CreateIp, DeleteIp, EditIp, IpDraft, MacEntry
from desk.services.logins import ChangePassword, CreateLogin, DeleteLogin, EditLogin
from desk.services.plans import EnablePlan, EnableProvisionally, OnePlan, PlanWindow, SavePlan, SuspendPlan
from desk.services.previews import Change, NetworkPreview, Rehearse, Way, When, rehearsal
from desk.services.sessions import CloseConnection, EndThrottle, RestoreSpeed, ThrottlePlan
from desk.services.variables import SetVariable, Variables
from tests.builders import a_secret, an_access_point, an_ip, company_day
from tests.postgres import Database
from tests.services.core.line import SECRET, Line, a_line
from tests.services.core.net import settled
from tests.services.test_plans import as_job
from tests.standins.nas import NasStandIn

PASSWORD, NEW = "k2m4p6r8", "novasenha9"
BOSS = "administrador"
Said = list[tuple[str, tuple[tuple[str, str], ...]]]


@pytest.fixture
def router() -> Iterator[RouterOsStandIn]:
    """The router's API."""
    with RouterOsStandIn() as stand_in:
        yield stand_in


@pytest.fixture
def nas() -> Iterator[NasStandIn]:
    """The same router as a RADIUS peer."""
    with NasStandIn(SECRET) as stand_in:
        yield stand_in


@pytest.fixture
def line(database: Database, router: RouterOsStandIn, nas: NasStandIn) -> Line:
    """A customer who is online behind a router that keeps secrets of its own, enforces addresses and takes CoA."""
    found = a_line(database, router, nas)
    as_job(database, "UPDATE desk.routing_servers SET local_secrets = true")
    as_job(
        database,
        "UPDATE desk.access_points SET interface = 'ether2', sets_address = true, sets_queue = true, sets_arp = true,"
        " allowed_list = 'liberados', blocked_list = 'bloqueados'",
    )
    a_secret(database, "radius", found.login.id, PASSWORD, clear=True)
    as_job(database, "UPDATE desk.catalog_plans SET radius_profile = '50M', login_limit = 5, allows_login = true")

    def gone(session_id: str) -> None:
        found.stop(session_id)
        router.tables.rows["/ppp/active"].clear()

    nas.on_gone = gone  # its own list is about the same connections
    deliver(found)
    return found


def deliver(line: Line) -> None:
    """Everything that is owed now, as desks do it."""
    sessions = line.database.signed_in(BOSS).sessions
    settler = Settler(sessions, reconcilers(sessions), line.news.append)
    while settler.settle():
        pass
    line.router.forget()
    line.nas.told.clear()


def order(line: Line, **changes: Any) -> SavePlan:
    """Plano/Serviço as its window sends it."""
    details = line.database.bus(BOSS).execute(PlanWindow(line.plan.id)).value
    names = {each.name for each in dataclasses.fields(SavePlan)} - {"plan_id", "version"}
    values = {name: getattr(details, name, None) for name in names}
    row = details.row
    values |= {"reference": row.reference, "due_day": row.due_day}
    return SavePlan(plan_id=row.id, version=row.version, **(values | changes))


def plan(line: Line) -> dict[str, Any]:
    """What the commands of a plan start from."""
    row = line.database.bus(BOSS).execute(OnePlan(line.plan.id)).value
    return {"plan_id": row.id, "version": row.version, "reason": "A pedido do cliente"}


def version(line: Line, table: str) -> int:
    row = line.database.admin().execute(f"SELECT version FROM desk.{table} ORDER BY id LIMIT 1").fetchone()
    assert row is not None
    return int(row[0])


def draft(line: Line, address: str = "10.0.0.2", **more: Any) -> IpDraft:
    usual: dict[str, Any] = {
        "options": ("firewall", "bandwidth", "bind_mac"),
        "macs": (MacEntry("00005E005301"),),
        "access_point_id": point(line),
    }
    return IpDraft(address=address, prefix=24, **usual | more)


def an_old_ip(line: Line) -> int:
    ip = an_ip(line.database, "10.0.0.2/24", plan_id=line.plan.id, block="10.0.0.2/32", mac="00:00:5E:00:53:01",
               access_point_id=point(line), options=["firewall", "bandwidth", "bind_mac"])  # fmt: skip
    deliver(line)
    return ip.id


def point(line: Line) -> int:
    row = line.database.admin().execute("SELECT access_point_id FROM desk.customer_plans").fetchone()
    assert row is not None
    return int(row[0])


def suspended(line: Line) -> None:
    line.database.bus(BOSS).execute(SuspendPlan(**plan(line)))
    deliver(line)


def owing(line: Line) -> None:
    as_job(line.database, "UPDATE desk.customer_plans SET status = 'SUSPENSO_DEBITO'")
    deliver(line)


def slow(line: Line) -> None:
    line.database.bus(BOSS).execute(ThrottlePlan(**plan(line)))
    deliver(line)


def catalogue(line: Line, **changes: Any) -> SaveCatalogPlan:
    row = next(each for each in line.database.bus(BOSS).execute(CatalogPlans()).value)
    names = {each.name for each in dataclasses.fields(SaveCatalogPlan)}
    values = {name: getattr(row, name) for name in names if hasattr(row, name)}
    values |= {"seen_unit_ids": row.unit_ids, "seen_composition": values.get("composition", ())}
    return SaveCatalogPlan(**(values | changes))


def share(line: Line, percent: str) -> SetVariable:
    rows = line.database.bus(BOSS).execute(Variables()).value
    (row,) = [each for each in rows if each.code == "throttle_percent"]
    return SetVariable(code=row.code, value=percent, version=row.version)


def nothing(line: Line) -> None:
    """As it is."""


TODAY = company_day()
Case = tuple[Callable[[Line], object], Callable[[Line], Command[Any]]]
CASES: dict[str, Case] = {
    "novo login": (
        nothing,
        lambda line: CreateLogin(plan_id=line.plan.id, login="maria.loja", password=NEW, fixed_ip="100.64.0.9"),
    ),
    "login renomeado": (
        nothing,
        lambda line: EditLogin(
            login_id=line.login.id, version=version(line, "radius_logins"), login="maria.nova", fixed_ip="100.64.0.8"
        ),
    ),
    "login sem IP fixo": (
        lambda line: (as_job(line.database, "UPDATE desk.radius_logins SET fixed_ip = '100.64.0.7'"), deliver(line)),
        lambda line: EditLogin(
            login_id=line.login.id, version=version(line, "radius_logins"), login="maria.casa", mac_lock="00005E005301"
        ),
    ),
    "apagar login": (
        nothing,
        lambda line: DeleteLogin(login_id=line.login.id, version=version(line, "radius_logins")),
    ),
    "senha": (nothing, lambda line: ChangePassword(login_id=line.login.id, password=NEW)),
    "suspender": (nothing, lambda line: SuspendPlan(**plan(line))),
    "suspender com IP": (an_old_ip, lambda line: SuspendPlan(**plan(line))),
    "habilitar": (suspended, lambda line: EnablePlan(**plan(line))),
    "habilitar provisoriamente": (
        owing,
        lambda line: EnableProvisionally(until=TODAY + dt.timedelta(days=2), **plan(line)),
    ),
    "outro ponto de acesso": (
        nothing,
        lambda line: order(line, access_point_id=an_access_point(line.database).id),
    ),
    "perfil e velocidade do catálogo": (
        nothing,
        lambda line: catalogue(line, radius_profile="100M", down_kbps=200_000, up_kbps=90_000),
    ),
    "novo IP": (nothing, lambda line: CreateIp(plan_id=line.plan.id, draft=draft(line))),
    "IP editado": (
        an_old_ip,
        lambda line: EditIp(
            ip_id=1, version=version(line, "customer_ips"),
            draft=draft(line, "10.0.0.9", down_kbps=9_000, up_kbps=8_000),
        ),
    ),
    "IP do login": (
        an_old_ip,
        lambda line: EditIp(
            ip_id=1, version=version(line, "customer_ips"),
            draft=draft(line, login_id=line.login.id),
        ),
    ),
    "apagar IP": (an_old_ip, lambda line: DeleteIp(ip_id=1, version=version(line, "customer_ips"))),
    "fechar conexão": (nothing, lambda line: CloseConnection(login_id=line.login.id)),
    "fechar conexão, resposta sem prova": (
        lambda line: setattr(line.nas.faults, "lies", True),
        lambda line: CloseConnection(login_id=line.login.id),
    ),
    "fechar conexão por API": (
        lambda line: as_job(line.database, "UPDATE desk.access_points SET disconnect_by = 'API do roteador'"),
        lambda line: CloseConnection(login_id=line.login.id),
    ),
    "reduzir velocidade": (nothing, lambda line: ThrottlePlan(**plan(line))),
    "reduzir velocidade com IP": (an_old_ip, lambda line: ThrottlePlan(**plan(line))),
    "restabelecer provisoriamente com IP": (
        lambda line: (an_old_ip(line), slow(line)),
        lambda line: RestoreSpeed(until=TODAY + dt.timedelta(days=1), **plan(line)),
    ),
    "outra velocidade reduzida para todos": (
        lambda line: (an_old_ip(line), slow(line)),
        lambda line: share(line, "25"),
    ),
    "restabelecer velocidade": (slow, lambda line: EndThrottle(**plan(line))),
    "restabelecer provisoriamente": (
        slow,
        lambda line: RestoreSpeed(until=TODAY + dt.timedelta(days=1), **plan(line)),
    ),
}  # fmt: skip


def promised(preview: NetworkPreview, *, unproven: bool) -> Said:
    """What devices would hear, as the preview says it."""
    said: Said = []
    for each in preview.changes:
        if each.way is Way.RADIUS or not (each.when is When.NOW or (unproven and each.when is When.UNPROVEN)):
            continue
        loose = [move.name for move in each.fields if each.act == "change" and not move.after]
        said += [(each.command.replace("/set", "/unset"), (("value-name", name),)) for name in loose]
        if told(each) or each.act == "drop":
            said.append((each.command, told(each)))
    return sorted(said)


def told(change: Change) -> tuple[tuple[str, str], ...]:
    if change.act == "drop" and change.way is Way.API:
        return ()  # lines and connections are named by the router's own number then
    return tuple(sorted((each.name, each.after) for each in change.fields if each.after))


def heard(line: Line, preview: NetworkPreview) -> Said:
    """What they did hear."""
    said: Said = []
    for words in line.router.writes():
        fields = dict(word[1:].split("=", 1) for word in words[1:] if word.startswith("="))
        fields.pop(".id", None)
        if "password" in fields:
            fields["password"] = MASK
        for name in ("comment", "name"):
            if name in fields and any(move.after.endswith("novo") for each in preview.changes for move in each.fields):
                fields[name] = fields[name].rstrip("0123456789") + "novo" if "desk" in fields[name] else fields[name]
        said.append((words[0], tuple(sorted(fields.items()))))
    for kind, attributes in line.nas.told:
        command = "Disconnect-Request" if kind == "disconnect" else "CoA-Request"
        said.append((command, tuple(sorted(attributes.items()))))
    return sorted(said)


def answers(line: Line) -> dict[str, dict[str, str]]:
    """What FreeRADIUS tells of each login now."""
    rows = line.database.admin().execute(
        "SELECT l.login, a.attribute, a.value FROM desk.radius_logins l"
        " CROSS JOIN LATERAL radius_api.decide(l.login, COALESCE(l.mac_lock::text, '')) a WHERE l.deleted_at IS NULL"
    )
    found: dict[str, dict[str, str]] = {}
    for login, name, value in rows:
        found.setdefault(login, {})[name] = value
    return found


@pytest.mark.parametrize("case", CASES)
def test_what_was_said_is_what_is_heard(line: Line, case: str) -> None:
    prepare, make = CASES[case]
    prepare(line)
    line.router.forget()
    line.nas.told.clear()
    command = make(line)
    settled(line.database)
    bus = line.database.bus(BOSS)
    history = (
        "SELECT (SELECT count(*) FROM desk.history_entries), (SELECT count(*) FROM desk.debts WHERE done < wanted)"
    )
    before = line.database.admin().execute(history).fetchone()
    preview = bus.execute(Rehearse(command=command)).value

    assert all(look.answers for look in preview.devices)
    assert line.router.writes() == [] and line.nas.told == []
    assert line.database.admin().execute(history).fetchone() == before  # nothing of it was kept
    shown = repr(preview)
    assert not any(secret in shown for secret in (PASSWORD, NEW, SECRET, line.router.users["desk"]))
    assert preview.changes

    bus.execute(command)
    sessions = line.database.signed_in(BOSS).sessions
    settler = Settler(sessions, reconcilers(sessions), line.news.append)
    while settler.settle():
        pass
    assert (
        not line.database.admin()
        .execute("SELECT topic, key, last_error, last_detail FROM desk.debts WHERE done < wanted AND due_at <= now()")
        .fetchall()
    )
    assert heard(line, preview) == promised(preview, unproven=line.nas.faults.lies)
    now = answers(line)
    for each in preview.changes:
        if each.way is Way.RADIUS and each.when is When.NOW and each.command == "Access-Accept":
            for move in each.fields:
                if move.after and move.after != MASK and move.name != "Session-Timeout":
                    assert now[each.thing][move.name] == move.after
        elif each.way is Way.RADIUS and each.when is When.NOW:
            assert now.get(each.thing, {"Auth-Type": "Reject"})["Auth-Type"] == "Reject"


def test_a_mute_router_is_said_and_shown_from_what_it_was_told_last(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same changes as the router itself would have led to, and the dialog is not held up."""
    monkeypatch.setattr(rehearsal, "LOOK_SECONDS", 0.3)
    bus = line.database.bus(BOSS)
    as_job(line.database, "UPDATE desk.access_points SET disconnect_by = 'API do roteador'")
    live = bus.execute(Rehearse(command=SuspendPlan(**plan(line)))).value
    line.router.faults.mute_after_accept = True
    blind = bus.execute(Rehearse(command=SuspendPlan(**plan(line)))).value
    assert [(look.answers, look.problem) for look in blind.devices] == [(False, "silent")]
    assert blind.changes == live.changes
    assert [each.command for each in blind.changes] == ["Access-Reject", "/ppp/secret/set", "/ppp/active/remove"]


def test_a_line_of_settings_counts_all_and_shows_some(line: Line) -> None:
    for number in range(30):
        made = CreateLogin(plan_id=line.plan.id, login=f"loja{number}", password=NEW)
        as_job(line.database, "UPDATE desk.catalog_plans SET login_limit = 90")
        line.database.bus(BOSS).execute(made)
    settled(line.database)
    preview = line.database.bus(BOSS).execute(Rehearse(command=catalogue(line, radius_profile="100M"))).value
    assert (preview.logins, preview.sampled) == (31, True)
    assert len({each.thing for each in preview.changes if each.way is Way.RADIUS}) == rehearsal.SHOWN


def test_a_catalogue_profile_is_owed_to_routers_that_keep_secrets_and_to_no_others(line: Line) -> None:
    owed = "SELECT topic, key FROM desk.debts WHERE done < wanted"
    as_job(line.database, "UPDATE desk.catalog_plans SET radius_profile = '100M'")
    assert line.database.admin().execute(owed).fetchall() == [("radius_login", str(line.login.id))]
    deliver(line)
    assert line.router.tables.rows["/ppp/secret"][0]["profile"] == "100M"
    as_job(line.database, "UPDATE desk.routing_servers SET local_secrets = false")
    deliver(line)
    as_job(line.database, "UPDATE desk.catalog_plans SET radius_profile = '50M'")
    assert line.database.admin().execute(owed).fetchall() == []


def test_who_may_not_do_it_is_not_told_what_it_would_do(line: Line) -> None:
    with pytest.raises(NotAllowed):
        line.database.bus("ninguem").execute(Rehearse(command=SuspendPlan(**plan(line))))
    with pytest.raises(DomainError):
        line.database.bus(BOSS).execute(Rehearse(command=OnePlan(line.plan.id)))


def test_a_row_that_somebody_is_writing_is_not_waited_for(line: Line) -> None:
    command = SuspendPlan(**plan(line))
    with line.database.admin().transaction():
        line.database.admin().execute("SELECT FROM desk.customer_plans FOR UPDATE")
        with pytest.raises(DomainError):
            line.database.bus(BOSS).execute(Rehearse(command=command))
