"""IPs of plans: given, changed, deleted; refused with a reason; never two of the same."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from desk.services.core.bus import Owed
from desk.services.core.errors import ConfirmationNeeded, Invalid, NotAllowed, StaleRecord
from desk.services.ips import (
    CreateIp,
    DeleteIp,
    EditIp,
    Encryption,
    HoldIp,
    IpDraft,
    IpFormOf,
    IpTaken,
    LoginHasIp,
    MacEntry,
    MacHints,
    MacInUse,
    NoFreeIp,
    OneIp,
    ReleaseIp,
    RenewIp,
    ReserveIp,
    RevealCode,
    generate_code,
    parse_mask,
    plain_mac,
)
from desk.services.ips.errors import IpNotFound, PlanIpsFixed, PlanTakesNoIps
from tests.builders import a_catalog_plan, a_customer, a_login, a_plan, a_range, an_access_point, an_ip
from tests.postgres import Database

CLERK = "suporte"  # holds Editar IP do Plano


def draft(address: str = "10.0.0.2", prefix: int = 24, **more: object) -> IpDraft:
    return IpDraft(address=address, prefix=prefix, **more)  # type: ignore[arg-type]


def codes(refused: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(violation.field, violation.code) for violation in refused.value.violations]


def test_from_the_icon_to_the_plan(database: Database) -> None:
    point = a_range(database, "10.0.0.0/24", gateway="10.0.0.1").access_point_id
    plan = a_plan(database)
    bus, token = database.bus(CLERK), uuid.uuid4()
    reserved = bus.execute(ReserveIp(access_point_id=point, token=token)).value
    assert (reserved.address, reserved.prefix, reserved.network, reserved.gateway) == (
        "10.0.0.2",
        24,
        "10.0.0.0/24",
        "10.0.0.1",
    )
    order = CreateIp(
        plan_id=plan.id,
        token=token,
        draft=draft(
            access_point_id=point,
            description="Câmeras da casa",
            macs=(MacEntry("3c-84-6a-1f-09-a2", "Roteador da sala"), MacEntry("3C846A1F09A3")),
            encryption=Encryption.WPA2,
            code="k7Rm-2xPa-9TqV",
            down_kbps=500_000,
            up_kbps=250_000,
            options=("firewall", "bandwidth"),
        ),
    )
    made = bus.execute(order)
    assert made.owed == (Owed("customer_ip", str(made.value.ip_id)),)
    assert {f"plans/{plan.customer_id}", f"history/{plan.customer_id}"} <= made.changed
    found = bus.execute(OneIp(made.value.ip_id)).value
    assert (found.address, found.prefix, found.block) == ("10.0.0.2", 24, "10.0.0.2/32")
    assert found.macs == (MacEntry("3C:84:6A:1F:09:A2", "Roteador da sala"), MacEntry("3C:84:6A:1F:09:A3"))
    assert (found.encryption, found.down_kbps, found.options) == (Encryption.WPA2, 500_000, ("firewall", "bandwidth"))
    assert bus.execute(RevealCode(ip_id=found.id)).value.code == "k7Rm-2xPa-9TqV"
    seen = database.admin().execute("SELECT action FROM desk.history_entries ORDER BY id").fetchall()
    assert [action for (action,) in seen] == ["ip.created", "ip.code_seen"]
    assert database.admin().execute("SELECT count(*) FROM desk.ip_holdings WHERE token IS NOT NULL").fetchone() == (0,)


@pytest.mark.parametrize("mac", ["00:00:5E:00:53:01", "0000.5e00.5301", "00-00-5e-00-53-01", "00005E005301"])
def test_a_mac_has_its_zeros(mac: str) -> None:
    assert plain_mac(mac) == "00:00:5E:00:53:01"


@pytest.mark.parametrize("mac", ["3C:84:6A:1F:09:G2", "3C:84:6A:1F:09", "3C:84:6A:1F:09:A2:00", "é" * 12, "x"])
def test_what_is_no_mac(database: Database, mac: str) -> None:
    plan = a_plan(database)
    with pytest.raises(Invalid) as refused:
        database.bus(CLERK).execute(CreateIp(plan_id=plan.id, draft=draft(macs=(MacEntry(mac),))))
    assert codes(refused) == [("macs", "mac_shape")]


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        (draft(""), ("address", "required")),
        (draft("10.0.0"), ("address", "ip_shape")),
        (draft("224.0.0.1"), ("address", "ip_not_for_customers")),
        (draft(prefix=33), ("prefix", "mask_shape")),
        (draft(down_kbps=1), ("up_kbps", "required")),
        (draft(down_kbps=1, up_kbps=-1), ("up_kbps", "speed_range")),
        (draft(encryption=Encryption.WPA2, code="curto"), ("code", "wpa2_code")),
        (draft(macs=(MacEntry("00005E005301"), MacEntry("00:00:5E:00:53:01"))), ("macs", "mac_twice")),
    ],
)
def test_a_draft_that_breaks_a_rule(database: Database, wrong: IpDraft, expected: tuple[str, str]) -> None:
    plan = a_plan(database)
    with pytest.raises(Invalid) as refused:
        database.bus(CLERK).execute(CreateIp(plan_id=plan.id, draft=wrong))
    assert codes(refused) == [expected]


def test_masks_as_people_write_them() -> None:
    assert [parse_mask(text, 4) for text in ("/30", "30", "255.255.255.252", "0.0.0.3x", "255.0.255.0", "")] == [
        *(30, 30, 30),
        *(None, None, None),
    ]
    assert [parse_mask(text, 6) for text in ("/56", "129", "255.255.255.0")] == [56, None, None]


def test_codes_are_made_at_once_and_can_be_read_out(database: Database) -> None:
    assert len({generate_code() for _ in range(50)}) == 50
    assert all(len(code) == 14 and not set(code) & set("lI1oO0L") for code in (generate_code() for _ in range(50)))
    plan = a_plan(database)
    bus = database.bus(CLERK)
    made = bus.execute(CreateIp(plan_id=plan.id, draft=draft(encryption=Encryption.WPA2))).value
    assert len(bus.execute(RevealCode(ip_id=made.ip_id)).value.code) == 14


def test_who_has_it_is_said(database: Database) -> None:
    owner = a_customer(database, "Maria Nogueira")
    an_ip(database, "10.0.0.2/24", plan_id=a_plan(database, customer=owner).id)
    a_range(database, "10.0.1.0/24", gateway="10.0.1.1", access_point=an_access_point(database, "POP Alvorada"))
    plan = a_plan(database)
    bus, token = database.bus(CLERK), uuid.uuid4()
    for order in (CreateIp(plan_id=plan.id, draft=draft()), HoldIp(address="10.0.0.2", prefix=24, token=token)):
        with pytest.raises(IpTaken) as taken:
            bus.execute(order)
        assert (taken.value.params["by"], taken.value.customer_id) == ("Maria Nogueira", owner.id)
    with pytest.raises(IpTaken, match="POP Alvorada"):
        bus.execute(HoldIp(address="10.0.1.1", prefix=24, token=token))
    assert bus.execute(HoldIp(address="10.0.1.9", prefix=24, token=token)).value.network == "10.0.1.0/24"
    with pytest.raises(IpTaken, match="Carla Suporte"):
        database.bus("administrador").execute(HoldIp(address="10.0.1.9", prefix=24, token=uuid.uuid4()))
    assert bus.execute(RenewIp(token=token)).value
    assert bus.execute(ReleaseIp(token=token)).value
    database.bus("administrador").execute(HoldIp(address="10.0.1.9", prefix=24, token=uuid.uuid4()))


def test_none_left(database: Database) -> None:
    point = a_range(database, "10.0.0.0/30", gateway="10.0.0.1").access_point_id
    bus = database.bus(CLERK)
    bus.execute(ReserveIp(access_point_id=point, token=uuid.uuid4()))
    with pytest.raises(NoFreeIp):
        bus.execute(ReserveIp(access_point_id=point, token=uuid.uuid4()))
    with pytest.raises(NoFreeIp):
        bus.execute(ReserveIp(access_point_id=point, token=uuid.uuid4(), version=6))


def test_a_block_goes_whole_and_its_ends_to_nobody(database: Database) -> None:
    point = a_range(database, "10.2.0.0/24", prefix=30).access_point_id
    plan = a_plan(database)
    bus = database.bus(CLERK)
    for end in ("10.2.0.4", "10.2.0.5", "10.2.0.7"):
        with pytest.raises(Invalid) as refused:
            bus.execute(CreateIp(plan_id=plan.id, draft=draft(end, 30, access_point_id=point)))
        assert codes(refused) == [("address", "ip_end_of_block")]
    made = bus.execute(CreateIp(plan_id=plan.id, draft=draft("10.2.0.6", 30, access_point_id=point))).value
    assert bus.execute(OneIp(made.ip_id)).value.block == "10.2.0.4/30"
    other = an_access_point(database)
    with pytest.raises(Invalid) as refused:
        bus.execute(CreateIp(plan_id=plan.id, draft=draft("10.2.0.10", 30, access_point_id=other.id)))
    assert codes(refused) == [("address", "ip_other_point")]


def test_the_same_mac_is_asked_about_and_one_of_the_deleted_is_shown(database: Database) -> None:
    mac = "3C:84:6A:1F:09:A2"
    gone, live = a_customer(database, "José Pereira"), a_customer(database, "Ana Pereira")
    bus = database.bus(CLERK)
    first = bus.execute(CreateIp(plan_id=a_plan(database, customer=gone).id, draft=draft(macs=(MacEntry(mac),)))).value
    bus.execute(DeleteIp(ip_id=first.ip_id, version=first.version))
    plan = a_plan(database, customer=live)
    (hint,) = bus.execute(MacHints(mac.lower())).value
    assert (hint.customer, hint.thing, hint.deleted_at is not None) == ("José Pereira", "10.0.0.2", True)
    bus.execute(CreateIp(plan_id=plan.id, draft=draft("10.0.0.3", macs=(MacEntry(mac),))))
    order = CreateIp(plan_id=plan.id, draft=draft("10.0.0.4", macs=(MacEntry(mac),)))
    with pytest.raises(ConfirmationNeeded) as asked:
        bus.execute(order)
    assert isinstance(asked.value, MacInUse)
    assert asked.value.params == {"mac": mac, "customer": "Ana Pereira", "address": "10.0.0.3"}
    bus.execute(replace(order, confirmed=True))
    assert [(hint.customer, hint.deleted_at is None) for hint in bus.execute(MacHints(mac)).value] == [
        ("Ana Pereira", True),
        ("Ana Pereira", True),
        ("José Pereira", False),
    ]
    assert bus.execute(MacHints("3C:84")).value == ()


def test_editing_frees_the_former_address_and_keeps_the_rest(database: Database) -> None:
    plan = a_plan(database)
    bus = database.bus(CLERK)
    macs = (MacEntry("00005E005301", "Sala"), MacEntry("00005E005302"))
    made = bus.execute(CreateIp(plan_id=plan.id, draft=draft(macs=macs))).value
    changed = draft("10.0.0.9", macs=(MacEntry("00005E005301", "Quarto"), MacEntry("00005E005303")))
    saved = bus.execute(EditIp(ip_id=made.ip_id, version=made.version, draft=changed)).value
    found = bus.execute(OneIp(made.ip_id)).value
    assert [(entry.mac[-2:], entry.equipment) for entry in found.macs] == [("01", "Quarto"), ("03", "")]
    bus.execute(CreateIp(plan_id=plan.id, draft=draft("10.0.0.2")))
    with pytest.raises(StaleRecord):
        bus.execute(EditIp(ip_id=made.ip_id, version=made.version, draft=changed))
    held = HoldIp(address="10.0.0.9", prefix=24, token=uuid.uuid4(), but=made.ip_id)
    assert bus.execute(held).value.block == "10.0.0.9/32"
    bus.execute(DeleteIp(ip_id=saved.ip_id, version=saved.version))
    with pytest.raises(IpNotFound):
        bus.execute(OneIp(made.ip_id))
    bus.execute(CreateIp(plan_id=plan.id, draft=draft("10.0.0.9")))


def test_a_plan_that_takes_none(database: Database) -> None:
    bus = database.bus(CLERK)
    for plan in (
        a_plan(database, status="SUSPENSO"),
        a_plan(database, catalog_plan=a_catalog_plan(database, allows_ip=False)),
    ):
        with pytest.raises(PlanTakesNoIps):
            bus.execute(CreateIp(plan_id=plan.id, draft=draft()))
    ip = an_ip(database, "10.0.0.7/24", plan_id=a_plan(database, status="SUSPENSO").id)
    with pytest.raises(PlanIpsFixed):
        bus.execute(EditIp(ip_id=ip.id, version=1, draft=draft("10.0.0.8")))
    with pytest.raises(NotAllowed):
        database.bus("atendente").execute(DeleteIp(ip_id=ip.id, version=1))
    bus.execute(DeleteIp(ip_id=ip.id, version=1))


def test_a_session_brings_one_address(database: Database) -> None:
    plan = a_plan(database)
    login = a_login(database, plan_id=plan.id).id
    bus = database.bus(CLERK)
    bus.execute(CreateIp(plan_id=plan.id, draft=draft(login_id=login)))
    with pytest.raises(LoginHasIp):
        bus.execute(CreateIp(plan_id=plan.id, draft=draft("10.0.0.3", login_id=login)))
    bus.execute(CreateIp(plan_id=plan.id, draft=draft("10.9.0.6", 30, login_id=login)))
    bus.execute(CreateIp(plan_id=plan.id, draft=draft("2001:db8::", 56, login_id=login)))


def test_what_the_dialog_offers(database: Database) -> None:
    point = an_access_point(database, "POP Alvorada")
    a_range(database, "10.0.0.0/24", access_point=point)
    plan = a_plan(database, access_point=point, logins=["casa"])
    form = database.bus("ninguem").execute(IpFormOf(plan.id)).value
    assert (form.access_point_id, form.down_kbps, form.up_kbps) == (point.id, 100_000, 50_000)
    assert [(choice.name, choice.families) for choice in form.points] == [("POP Alvorada", (4,))]
    assert [login.login for login in form.logins] == ["casa"]
    assert [option.label for option in form.options] == [
        *("Bloquear", "NAT", "Firewall", "Cache", "Controle de banda", "Amarrar MAC ao IP"),
    ]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE desk.access_points SET sets_queue = true",
        "UPDATE desk.catalog_plans SET down_kbps = down_kbps + 1",
        "UPDATE desk.customer_plans SET status = 'SUSPENSO'",
        "UPDATE desk.customer_plans SET throttled = true",
        "UPDATE desk.ip_options SET active = false WHERE code = 'nat'",
    ],
)
def test_what_concerns_routers_is_owed(database: Database, change: str) -> None:
    point = an_access_point(database)
    ip = an_ip(database, "10.0.0.2/24", access_point_id=point.id, options=["nat"])
    admin = database.admin()
    admin.execute("UPDATE desk.debts SET done = wanted")
    with admin.transaction():
        admin.execute("SET LOCAL ROLE desk_job")
        admin.execute(change.encode())
    owed = admin.execute("SELECT key FROM desk.debts WHERE topic = 'customer_ip' AND done < wanted").fetchall()
    assert owed == [(str(ip.id),)]
