"""Drift from the router's own lists to the correction, and back to a look that shows what truly went."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from desk.bootstrap import reconcilers
from desk.demo.routeros import RouterOsStandIn, TlsKind
from desk.demo.routeros.menus import MISSING
from desk.services.core.outbox import DeliveryState, Settler
from desk.services.drift import CorrectDrift, CorrectionNews, DriftKind, FieldDrift, LookForDrift, NothingToCorrect, Way
from desk.services.drift import look as looking
from tests.builders import a_routing_server, a_secret, an_ip
from tests.postgres import Database
from tests.services.core.drifting import CLERK, Town, a_town, mark, told
from tests.services.core.net import online, settled
from tests.services.test_ip_ranges import as_job

EXTRA, MISSING_, DIFFERS, FOREIGN = DriftKind.EXTRA, DriftKind.MISSING, DriftKind.DIFFERS, DriftKind.FOREIGN
SECRET, ACTIVE, QUEUE, LIST = "/ppp/secret", "/ppp/active", "/queue/simple", "/ip/firewall/address-list"


@pytest.fixture
def router() -> Iterator[RouterOsStandIn]:
    """A router on loopback."""
    with RouterOsStandIn() as stand_in:
        yield stand_in


@pytest.fixture
def town(database: Database, router: RouterOsStandIn) -> Town:
    """Everything in step."""
    return a_town(database, router)


def an_enforced_ip(town: Town) -> int:
    """An IP of the enabled plan, of which the router does not know yet."""
    options = ["bandwidth", "bind_mac"]
    made = an_ip(
        town.database,
        "10.0.0.2/24",
        plan_id=town.plan.id,
        mac="00:00:5e:00:53:01",
        access_point_id=town.point.id,
        options=options,
    )
    settled(town.database)
    return made.id


def test_in_step_there_is_nothing_but_strangers(town: Town) -> None:
    seen = town.look()
    assert seen.problem == "" and seen.unlisted == 0
    assert {drift.kind for drift in seen.drifts} == {FOREIGN}
    assert sorted(drift.thing for drift in seen.drifts) == [
        *("192.0.2.77", "192.0.2.78", "fila", "tecnico", "tecnico", "vpn-matriz")
    ]
    assert all(drift.way is None for drift in seen.drifts)
    assert town.router.writes() == []


def test_what_is_too_much_lacks_or_differs_is_put_right_and_nothing_else(town: Town) -> None:
    tables = town.router.tables
    ip_id = an_enforced_ip(town)
    tables.rows[SECRET][0]["profile"] = "100M"
    tables.rows[SECRET].pop(1)
    tables.secret("fantasma", profile="50M", comment="desk:987654")
    tables.secret("casa-velha", profile="50M", comment=mark(town.plan))
    tables.session("Cortado")
    tables.put(QUEUE, name="velha", target="10.9.9.9/32", max_limit="1/1", comment="desk:ip:987654", disabled="false")
    tables.put(LIST, list="bloqueados", address="10.0.0.2", comment=f"desk:ip:{ip_id}", disabled="false")
    tables.put(QUEUE, name=f"desk-ip-{ip_id}", target="10.0.0.2/32", max_limit="1/1", comment=f"desk:ip:{ip_id}",
               disabled="false")  # fmt: skip
    strangers = town.foreign()

    seen = town.look()
    assert sorted(told(drift) for drift in seen.drifts if drift.kind is not FOREIGN) == sorted(
        [
            (DIFFERS, SECRET, "casa", ""),
            (MISSING_, SECRET, "cortado", ""),
            (EXTRA, SECRET, "fantasma", "unknown"),
            (EXTRA, SECRET, "casa-velha", "duplicate"),
            (EXTRA, ACTIVE, "Cortado", "blocked"),
            (EXTRA, QUEUE, "velha", "unknown"),
            (EXTRA, LIST, "10.0.0.2", "unwanted"),
            (MISSING_, LIST, "10.0.0.2", ""),
            (DIFFERS, QUEUE, f"desk-ip-{ip_id}", ""),
            (MISSING_, "/ip/arp", "10.0.0.2", ""),
        ]
    )
    by_thing = {(drift.menu, drift.thing): drift for drift in seen.drifts}
    assert by_thing[SECRET, "casa"].fields == (FieldDrift("profile", "50M", "100M"),)
    assert by_thing[SECRET, "casa"].sends == (f"{SECRET}/set =.id={tables.rows[SECRET][0]['.id']} =profile=50M",)
    assert "password" not in repr(by_thing[SECRET, "cortado"].sends)
    assert by_thing[QUEUE, f"desk-ip-{ip_id}"].fields == (FieldDrift("max-limit", "50000000/100000000", "1/1"),)

    town.router.forget()
    owed = town.correct(seen.drifts)
    assert {debt.topic for debt in owed} == {"radius_login", "customer_ip", "router_leftover"}
    assert all(each.settled for each in town.settle(owed))
    assert town.ours() == []
    assert town.foreign()[SECRET] == strangers[SECRET]
    assert town.foreign()[QUEUE] == strangers[QUEUE] and town.foreign()[LIST] == strangers[LIST]
    assert [row["name"] for row in tables.rows[ACTIVE]] == ["casa", "tecnico"]
    # What the confirmation spelled out is what was sent, word by word.
    heard = sorted(_masked(" ".join(words)) for words in town.router.writes())
    assert heard == sorted(_masked(each) for drift in seen.drifts for each in drift.sends)
    touched = {word for words in town.router.writes() for word in words if word.startswith("=.id=")}
    ids = {f"=.id={row['.id']}" for rows in strangers.values() for row in rows if ".id" in row}
    assert touched & ids == {f"=.id={row['.id']}" for row in strangers[ACTIVE] if row["name"] == "Cortado"}


def _masked(sentence: str) -> str:
    return re.sub(r"=password=\S+", "=password=•", sentence)


def test_a_leftover_connection_that_is_gone_is_over_in_the_records_too(town: Town, database: Database) -> None:
    """The router's own list is the proof; what the customer has at another router is not concerned."""
    online(database, town.blocked.logins[0], "192.0.2.1", username="Cortado")
    online(database, town.blocked.logins[0], "192.0.2.99")
    online(database, town.plan.logins[0], "192.0.2.1")
    a_routing_server(database, "BNG longe", nas_address="192.0.2.99", active=True)
    town.router.tables.session("Cortado")
    assert all(each.settled for each in town.settle(town.correct(town.look().drifts)))
    rows = database.admin().execute(
        "SELECT username, host(nas_address), terminate_cause, stopped_at IS NULL FROM desk.radius_sessions ORDER BY id"
    )
    assert rows.fetchall() == [
        ("Cortado", "192.0.2.1", "Lost-Stop", False),
        ("cortado", "192.0.2.99", None, True),
        ("casa", "192.0.2.1", None, True),
    ]


def test_one_of_them_alone(town: Town) -> None:
    tables = town.router.tables
    tables.secret("um", profile="50M", comment="desk:900001")
    tables.secret("dois", profile="50M", comment="desk:900002")
    first = next(drift for drift in town.look().drifts if drift.thing == "um")
    assert all(each.settled for each in town.settle(town.correct([first])))
    assert town.ours() == [(EXTRA, SECRET, "dois", "unknown")]


def test_strangers_are_not_for_correction(town: Town) -> None:
    before = town.foreign()
    town.router.tables.rows[SECRET].pop(0)
    owed = town.correct(town.look().drifts)
    assert [debt.topic for debt in owed] == ["radius_login"]
    town.settle(owed)
    assert town.foreign() == before


def test_a_stranger_with_the_name_of_a_login_is_said_and_left(town: Town) -> None:
    town.router.tables.rows[SECRET][0]["comment"] = "não mexer"
    before = dict(town.router.tables.rows[SECRET][0])
    assert town.ours() == [(MISSING_, SECRET, "casa", "name_taken")]
    assert all(drift.way is None for drift in town.look().drifts)
    assert town.router.tables.rows[SECRET][0] == before


def test_marks_that_only_resemble_ours_are_strangers(town: Town) -> None:
    town.router.tables.rows[SECRET].clear()
    for at, comment in enumerate(("desk:", "desk:07", "desk:5 ", "desk:ip:5", "desk:٣", "desk:login:5", "Desk:5")):
        town.router.tables.secret(f"s{at}", profile="50M", comment=comment)
    kinds = [drift.kind for drift in town.look().drifts if drift.thing.startswith("s")]
    assert kinds == [FOREIGN] * 7


def test_another_password_is_said_and_shown_to_nobody(database: Database) -> None:
    with RouterOsStandIn(tls=TlsKind.CERTIFICATE) as router:
        town = a_town(database, router)
        assert router.certificate is not None
        as_job(
            database,
            "UPDATE desk.routing_servers SET tls = 'certificado fixado',"
            f" fingerprint = '{router.certificate.fingerprint}' WHERE id = {town.router_id}",
        )
        settled(database)
        seen = town.look()
        assert seen.passwords and town.ours() == []
        router.tables.rows[SECRET][0]["password"] = "outra-senha"
        seen = town.look()
        (drift,) = [drift for drift in seen.drifts if drift.kind is DIFFERS]
        assert drift.fields == (FieldDrift("password", "•••", "•••"),)
        assert "outra-senha" not in repr(seen) and "segredo-1" not in repr(seen)
        assert all(each.settled for each in town.settle(town.correct([drift])))
        assert router.tables.rows[SECRET][0]["password"] == "segredo-1" and town.ours() == []


def test_passwords_are_not_asked_where_others_could_read_them(town: Town) -> None:
    assert town.look().passwords is False
    asked = [words for words in town.router.received if words[0] == f"{SECRET}/print"]
    assert asked and not any("password" in word for words in asked for word in words)


def test_a_login_that_was_deleted_or_moved_away(town: Town, database: Database) -> None:
    as_job(database, f"UPDATE desk.radius_logins SET deleted_at = now() WHERE id = {town.plan.logins[0].id}")
    as_job(database, f"UPDATE desk.customer_plans SET access_point_id = NULL WHERE id = {town.blocked.id}")
    settled(database)
    seen = [drift for drift in town.look().drifts if drift.kind is EXTRA]
    assert sorted(map(told, seen)) == [
        (EXTRA, ACTIVE, "casa", "deleted"),
        (EXTRA, SECRET, "casa", "deleted"),
        (EXTRA, SECRET, "cortado", "elsewhere"),
    ]
    assert {drift.customer_id for drift in seen} == {town.plan.customer_id, town.blocked.customer_id}
    assert all(each.settled for each in town.settle(town.correct(seen)))
    assert town.ours() == []


def test_a_mute_router_is_one_line(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "CONNECT_SECONDS", 0.3)
    town.router.faults.mute_after_accept = True
    seen = town.look()
    assert (seen.problem, seen.drifts) == ("silent", ())


def test_a_wrong_password_is_one_line(town: Town, database: Database) -> None:
    a_secret(database, "router", town.router_id, "nao-e-esta")
    assert town.look().problem == "login"


def test_without_a_password_too(town: Town, database: Database) -> None:
    database.admin().execute("DELETE FROM desk_vault.secrets WHERE kind = 'router'")
    assert town.look().problem == "no_credentials"


def test_a_router_that_reboots_in_the_middle_lacks_nothing(town: Town) -> None:
    town.router.faults.before[f"{QUEUE}/print"] = lambda: setattr(town.router.faults, "drop_mid_sentence", True)
    seen = town.look()
    assert (seen.problem, seen.drifts) == ("closed", ())


def test_a_router_without_ipv6_has_one_menu_less(town: Town) -> None:
    menu = "/ipv6/firewall/address-list"
    town.router.faults.traps[f"{menu}/print"] = (MISSING, "no such command prefix")
    seen = town.look()
    assert (seen.problem, seen.unread) == ("", (menu,))


def test_nobody_waits_for_a_look_that_is_no_longer_wanted(town: Town) -> None:
    stop = threading.Event()
    town.router.faults.before[f"{ACTIVE}/print"] = stop.set
    query = LookForDrift(router_id=town.router_id, stop=stop)
    assert town.database.bus(CLERK).execute(query).value.problem == "stopped"


def test_two_desks_correct_the_same_at_once(town: Town) -> None:
    tables = town.router.tables
    for number in range(12):
        tables.secret(f"sobra{number}", profile="50M", comment=f"desk:{800_000 + number}")
    tables.rows[SECRET][0]["profile"] = "100M"
    strangers = town.foreign()
    drifts = town.look().drifts
    with ThreadPoolExecutor(2) as desks:
        owed = list(desks.map(lambda role: town.correct(drifts, role), (CLERK, "administrador")))
        assert {*owed[0]} == {*owed[1]} and len(owed[0]) == 13
        list(desks.map(lambda role: town.settle(owed[0], role), (CLERK, "administrador")))
    state = town.database.bus(CLERK).execute(CorrectionNews(debts=owed[0])).value
    assert (state.done, state.waiting, state.failed) == (13, 0, ())
    assert town.ours() == [] and town.foreign() == strangers


def test_what_a_dead_desk_owed_another_one_settles(town: Town) -> None:
    town.router.tables.secret("fantasma", profile="50M", comment="desk:987654")
    town.correct(town.look().drifts)
    assert {(drift.thing, drift.owed) for drift in town.look().drifts if drift.way} == {("fantasma", True)}
    # No name is told: it takes whatever is due, as the desk of anybody else.
    sessions = town.database.signed_in("atendente").sessions
    settler = Settler(sessions, reconcilers(sessions))
    while settler.settle():
        pass
    assert town.ours() == []


def test_a_leftover_that_became_right_meanwhile_stays(town: Town, database: Database) -> None:
    as_job(database, f"UPDATE desk.customer_plans SET access_point_id = NULL WHERE id = {town.plan.id}")
    settled(database)
    owed = town.correct(town.look().drifts)
    as_job(database, f"UPDATE desk.customer_plans SET access_point_id = {town.point.id} WHERE id = {town.plan.id}")
    (news,) = town.settle(owed)
    assert news.settled and [step.state for step in news.steps] == [DeliveryState.UNCHANGED]
    assert town.router.tables.rows[SECRET][0]["name"] == "casa"


def test_a_router_taken_out_of_use_loses_nothing(town: Town, database: Database) -> None:
    as_job(database, f"UPDATE desk.customer_plans SET access_point_id = NULL WHERE id = {town.plan.id}")
    settled(database)
    owed = town.correct(town.look().drifts)
    as_job(database, f"UPDATE desk.routing_servers SET active = false WHERE id = {town.router_id}")
    (news,) = town.settle(owed)
    assert not news.settled and town.router.tables.rows[SECRET][0]["name"] == "casa"


def test_hostile_words_of_a_router_are_tamed(town: Town) -> None:
    tables: Any = town.router.tables
    tables.secret("\x1b[31m\u202e<b>oi</b>\n", profile="50M", comment="desk:700001")
    tables.secret("M" * 1_000_000, profile="50M", comment="<img src=x>")
    tables.secret("=HYPERLINK(1)", profile="50M", comment="x\x00y")
    drifts = town.look().drifts
    assert all(text.isprintable() and len(text) <= 255 for drift in drifts for text in _texts(drift))
    (ours,) = [drift for drift in drifts if drift.way is not None]
    assert ours.way is Way.LEFT_LOGIN
    assert all(each.settled for each in town.settle(town.correct([ours])))
    assert town.ours() == [] and len(tables.rows[SECRET]) == 6


def _texts(drift: Any) -> list[str]:
    return [drift.thing, *(text for each in drift.fields for text in (each.name, each.wanted, each.found))]


def test_the_history_tells_who_corrected_what(town: Town, database: Database) -> None:
    town.router.tables.rows[SECRET][0]["profile"] = "100M"
    town.router.tables.secret("fantasma", profile="50M", comment="desk:987654")
    town.correct(town.look().drifts)
    rows = database.admin().execute(
        "SELECT who, customer_id, params->>'thing', params->>'kind' FROM desk.history_entries"
        " WHERE action = 'drift.corrected' ORDER BY id"
    )
    told_ = rows.fetchall()
    assert sorted(told_, key=str) == sorted(
        [(CLERK, town.plan.customer_id, "casa", "login"), (CLERK, None, "fantasma", "leftover/login")], key=str
    )


def test_nothing_chosen_is_refused(town: Town) -> None:
    with pytest.raises(NothingToCorrect):
        town.database.bus(CLERK).execute(CorrectDrift(corrections=()))


def test_another_router_at_the_same_place_is_owed_the_ips_too(town: Town, database: Database) -> None:
    ip_id = an_enforced_ip(town)
    with RouterOsStandIn() as new:
        as_job(database, f"UPDATE desk.routing_servers SET port = {new.port} WHERE id = {town.router_id}")
        rows = database.admin().execute(
            "SELECT topic, key FROM desk.debts WHERE done < wanted AND topic = 'customer_ip'"
        )
        assert rows.fetchall() == [("customer_ip", str(ip_id))]
