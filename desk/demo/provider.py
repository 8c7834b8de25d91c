"""The demo provider: one builder that knows how customers, plans and logins of a regional provider look."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from desk.demo import names, offer, places
from desk.demo.dataset import Dataset
from desk.demo.story import Life, Story
from desk.models.catalog import StatusCode
from desk.models.customers import CustomerKind
from desk.models.plans import AddressKind, ValueKind

ZONE = ZoneInfo("America/Sao_Paulo")
# Close comes this many days before the due day.
CLOSE_LEAD = 15


@dataclass
class Client:
    """A customer under construction."""

    id: int
    code: int
    name: str
    kind: CustomerKind
    unit: int
    since: dt.date
    due_day: int
    row: dict[str, Any]
    addresses: int = 0
    plans: list[Contract] = field(default_factory=list)

    @property
    def login(self) -> str:
        """What the customer's logins begin with."""
        return names.login_base(str(self.row["trade_name"]) or self.name)


@dataclass
class Contract:
    """A customer plan under construction."""

    id: int
    number: int
    client: Client
    offer: offer.Offer
    site: int
    life: Life
    title: str
    row: dict[str, Any]


class Provider:
    """Builds the rows; everything random comes from one seeded source, every date from `now`."""

    def __init__(self, now: dt.datetime, seed: int = 20260715) -> None:
        self.now = now
        self.today = now.astimezone(ZONE).date()
        self.rnd = Random(seed)
        self.data = Dataset()
        self.story = Story(self.data, self.rnd, now)
        self._logins: set[str] = set()
        self._fixed_ip = 0

    def at(self, day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
        """A moment of that day in the provider's zone, never later than now."""
        return min(dt.datetime.combine(day, dt.time(hour, minute), ZONE), self.now)

    def settings(self) -> None:
        """Cities, units, catalogue, payment methods, routers and access points."""
        add, made = self.data.add, {"created_at": self.at(dt.date(2019, 3, 11), 9), "created_by": "administrador"}
        for place in places.PLACES:
            add("cities", name=place.name, state=place.state, ibge=place.ibge, abbreviation=place.abbreviation)
        for _, name, city in offer.UNITS:
            add("business_units", name=name, city_id=city)
        for group in offer.SERVICE_GROUPS:
            add("service_groups", name=group)
        for name, booklet in offer.PAYMENT_METHODS:
            add("payment_methods", name=name, prints_booklet=booklet)
        for item in offer.OFFERS:
            self._catalog(item, made)
        for identity, name, address in offer.ROUTERS:
            add(
                "routing_servers",
                name=name,
                host=address,
                port=8729,
                tls="TLS anônimo",
                username="desk",
                local_secrets=identity in offer.LOCAL_SECRET_ROUTERS,
                nas_address=address,
                **made,
            )
            self.data.router_secrets[identity] = (names.password(self.rnd) * 2, names.password(self.rnd) * 2)
        for site in offer.SITES:
            add(
                "access_points",
                name=site.name,
                business_unit_id=site.unit,
                routing_server_id=site.router,
                customer_limit=site.limit,
                active=site.active,
                **made,
            )

    def _catalog(self, item: offer.Offer, made: dict[str, Any]) -> None:
        self.data.add(
            "catalog_plans",
            name=item.name,
            kind=item.kind.value,
            service_group_id=item.group,
            price=item.price,
            active=item.active,
            requires_authorization=item.authorization,
            allows_circuit=item.circuit,
            allows_tv=item.tv,
            prints_booklet=True,
            bills_when_debt_suspended=item.bills_suspended,
            trial_days=item.trial_days,
            allows_login=item.logins > 0,
            login_limit=item.logins,
            radius_profile=item.profile,
            down_kbps=item.down * 1000,
            up_kbps=item.up * 1000,
            simultaneous_use=1,
            allowance_gb=item.allowance,
            allows_speed_restore=item.logins > 0,
            installation_fee=Decimal(item.fee),
            **made,
        )
        for unit in item.units:
            self.data.add("catalog_plan_units", catalog_plan_id=item.id, business_unit_id=unit)
        for position, (text, service, amount) in enumerate(item.composition, 1):
            self.data.add(
                "catalog_composition_items",
                catalog_plan_id=item.id,
                position=position,
                description=text,
                service_class=service.value,
                amount=Decimal(amount),
            )

    def customer(
        self,
        code: int,
        name: str,
        document: str,
        since: dt.date,
        *,
        kind: CustomerKind = CustomerKind.PERSON,
        trade_name: str = "",
        email: str = "",
        unit: int = 1,
        due_day: int = 10,
        inactive_since: dt.date | None = None,
        notes: str = "",
        woman: bool = False,
    ) -> Client:
        """A customer; telephones and addresses are added one by one."""
        person = kind is CustomerKind.PERSON
        rnd = self.rnd
        born = self.today - dt.timedelta(days=rnd.randrange(20 * 365, 78 * 365))
        father = names.parent(rnd, name, mother=False) if person and rnd.random() < 0.6 else ""
        row: dict[str, Any] = {
            "code": code,
            "kind": kind.value,
            "name": name,
            "trade_name": trade_name,
            "document": document,
            "registration": f"{rnd.randrange(3_000_000, 14_999_999)}-{rnd.randrange(10)} SESP/PR"
            if person
            else f"90{rnd.randrange(100_000, 999_999)}-{rnd.randrange(10, 99)}",
            "birth_date": born if person else None,
            "mother_name": names.parent(rnd, name, mother=True) if person else "",
            "father_name": father,
            "email": email,
            "notes": notes,
            "active": inactive_since is None,
            "inactive_since": inactive_since,
            "identifier_code": f"{code:09d}",
            "default_due_day": due_day,
            "business_unit_id": unit,
            "last_plan_number": 0,
            "created_at": self.at(since, 8, rnd.randrange(30)),
            "created_by": rnd.choice(("atendente", "vendas", "vendas")),
        }
        identity = self.data.add("customers", **row)
        stored = self.data.tables["customers"][-1]
        self.story.line(
            row["created_at"], row["created_by"], "customer.registered", identity, None, name=name, code=code
        )
        return Client(identity, code, name, kind, unit, since, due_day, stored)

    def phone(self, client: Client, number: str, label: str = "") -> None:
        """The customer's next telephone."""
        position = sum(row["customer_id"] == client.id for row in self.data.tables["customer_phones"][-4:]) + 1
        self.data.add("customer_phones", customer_id=client.id, position=position, number=number, label=label)

    def address(self, client: Client, where: places.PostalAddress) -> None:
        """The customer's next address; the first is the installation default, the second the billing one."""
        client.addresses += 1
        self.data.add("addresses", customer_id=client.id, position=client.addresses, **vars(where))

    def plan(
        self,
        client: Client,
        item: offer.Offer,
        status: StatusCode,
        contracted: dt.date,
        *,
        reference: str = "",
        value: Decimal | None = None,
        seller: str | None = None,
        site: int | None = None,
        life: Life | None = None,
        where: places.PostalAddress | None = None,
        separate: bool = False,
        payment: int = 1,
    ) -> Contract:
        """A plan of that customer in that status, with the past that leads there."""
        rnd = self.rnd
        number = len(client.plans) + 1
        if life is None:
            life = self.story.invent(item, status, contracted)
        site = site or self._site(client, item)
        activated = life.activated
        closes = activated is not None and life.status in (StatusCode.ENABLED, StatusCode.SUSPENDED_DEBT)
        row: dict[str, Any] = {
            "customer_id": client.id,
            "number": number,
            "catalog_plan_id": item.id,
            "status": life.status.value,
            "reference": reference,
            "start_date": contracted,
            "first_activation_date": activated.astimezone(ZONE).date() if activated else None,
            "value": item.price if value is None else value,
            "installation_fee": Decimal(item.fee),
            "payment_method_id": payment,
            "due_day": client.due_day,
            "last_close_date": self.last_close(client.due_day, activated) if closes else None,
            "separate_invoice": separate,
            "booklet": payment == 2,
            "identifier_code": f"{client.code:09d}{number:03d}" if separate else None,
            "access_point_id": site,
            "business_unit_id": client.unit,
            "seller": seller or rnd.choice(("vendas", "vendas", "atendente")),
            "provisional_until": life.provisional_until,
            "provisional_at": life.provisional_at,
            "suspended_from": life.suspension[0] if life.suspension is not None else None,
            "suspended_until": life.suspension[1] if life.suspension is not None else None,
            "throttled": life.status is StatusCode.ENABLED and rnd.random() < 0.01,
            "composition_customized": False,
            "cancelled_on": life.cancelled_on,
            "cancel_reason": life.cancel_reason,
            "created_at": life.steps[0].at,
            "created_by": life.steps[0].who,
        }
        identity = self.data.add("customer_plans", **row)
        client.row["last_plan_number"] = number
        title = f"{item.name} – {reference}" if reference else item.name
        contract = Contract(
            identity, number, client, item, site or 0, life, title, self.data.tables["customer_plans"][-1]
        )
        client.plans.append(contract)
        self.story.tell(life, client.id, identity, title, reference)
        if where is not None:
            self.data.add("plan_addresses", plan_id=identity, kind=AddressKind.INSTALLATION.value, **vars(where))
        return contract

    def last_close(self, due_day: int, activated: dt.datetime | None) -> dt.date | None:
        """The last close before today of that due day, if the plan was active by then."""
        month = self.today.replace(day=1)
        for months in (1, 0, -1, -2):
            index = month.year * 12 + month.month - 1 + months
            close = dt.date(index // 12, index % 12 + 1, min(due_day, 28)) - dt.timedelta(days=CLOSE_LEAD)
            if close <= self.today:
                active = activated is not None and activated.astimezone(ZONE).date() < close
                return close if active else None
        return None

    def detail(self, contract: Contract, kind: ValueKind, text: str, **how: Any) -> None:
        """A discount or surcharge: `amount` or `percent`, for so many `months`."""
        self.data.add(
            "plan_value_details",
            plan_id=contract.id,
            kind=kind.value,
            description=text,
            amount=how.get("amount"),
            percent=how.get("percent"),
            starts_on=how.get("starts_on", contract.row["start_date"]),
            months=how.get("months"),
        )

    def circuit(self, contract: Contract) -> None:
        """The circuit, named by city, customer and plan (CI-01)."""
        city = places.PLACES[contract.client.unit - 1].abbreviation
        name = f"{city}{contract.client.code:06d}-{contract.number:03d}"
        self.data.add("circuits", plan_id=contract.id, name=name)

    def login(
        self,
        contract: Contract,
        name: str,
        *,
        online: bool = True,
        started: dt.datetime | None = None,
        added: dt.datetime | None = None,
        mac: str = "",
        address: str = "",
        deleted: dt.datetime | None = None,
        past: int = 3,
    ) -> int:
        """A login with its password and its sessions."""
        name = self.free_login(name)
        dedicated = contract.offer.authorization and deleted is None
        if dedicated:
            self._fixed_ip += 1
            address = f"177.10.{16 + self._fixed_ip // 250}.{2 + self._fixed_ip % 250}"
        created = added or contract.life.activated or contract.life.steps[0].at
        mac = mac or self.story.mac()
        identity = self.data.add(
            "radius_logins",
            plan_id=contract.id,
            login=name,
            fixed_ip=address if dedicated else None,
            mac_lock=mac if dedicated and self.rnd.random() < 0.5 else None,
            deleted_at=deleted,
            deleted_by="suporte" if deleted else None,
            created_at=created,
            created_by="suporte",
        )
        if deleted is None:
            self.data.passwords[identity] = names.password(self.rnd)
        self.story.line(created, "suporte", "login.created", contract.client.id, contract.id, login=name)
        nas = offer.NAS_OF_ROUTER[offer.ROUTER_OF_SITE[contract.site]]
        self.story.sessions(
            contract.life, identity, name, nas, mac, address=address, online=online, started=started, past=past,
            created=created, until=deleted,
        )  # fmt: skip
        if deleted is not None:
            self._deleted_login(contract, identity, name, deleted)
        return identity

    def _deleted_login(self, contract: Contract, login_id: int, name: str, at: dt.datetime) -> None:
        self.data.add(
            "deleted_items",
            at=at,
            who="suporte",
            source="DESK",
            kind="login",
            value=name,
            customer_id=contract.client.id,
            plan_id=contract.id,
            snapshot={"id": login_id, "login": name, "plan_id": contract.id},
        )
        self.story.line(at, "suporte", "login.deleted", contract.client.id, contract.id, login=name, login_id=login_id)

    def free_login(self, wished: str) -> str:
        """That login, or the next free one with a number behind it."""
        name, number = wished, 1
        while name in self._logins:
            number += 1
            name = f"{wished}{number}"
        self._logins.add(name)
        return name

    def _site(self, client: Client, item: offer.Offer) -> int | None:
        if not item.logins:
            return None
        radio = item.group == 2
        fitting = [site.id for site in offer.SITES if site.unit == client.unit and site.radio == radio and site.active]
        return self.rnd.choice(fitting)
