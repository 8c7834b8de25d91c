"""The other customers: as many as asked for, each with a plausible household or company."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from desk.demo import documents, names, offer, places
from desk.demo.provider import Client, Contract, Provider
from desk.models.catalog import StatusCode
from desk.models.customers import CustomerKind
from desk.models.plans import ValueKind

S = StatusCode
STATUSES = (
    (S.ENABLED, 0.862),
    (S.SUSPENDED_DEBT, 0.048),
    (S.SUSPENDED, 0.014),
    (S.SUSPENDED_TEMPORARILY, 0.010),
    (S.TRIAL, 0.012),
    (S.INSTALLING, 0.022),
    (S.CANCELLED, 0.032),
)
DUE_DAYS = (5, 10, 10, 10, 15, 20, 25)
MAIL_HOSTS = ("serranet.com.br", "serranet.com.br", "ingamail.com.br", "correioparana.com.br")
SECOND_PLACES = ("Chácara", "Apartamento", "Casa da mãe", "Loja", "Barracão", "Consultório", "Sítio")


def crowd(provider: Provider, total: int) -> None:
    """Fill up to `total` customers, the oldest with the lowest codes."""
    rows = provider.data.tables["customers"]
    taken = {row["code"] for row in rows}
    seen = {row["document"] for row in rows}
    missing = total - len(rows)
    codes = sorted(provider.rnd.sample([code for code in range(120, 6200) if code not in taken], missing))
    oldest = (provider.today - dt.date(2019, 4, 1)).days
    for rank, code in enumerate(codes):
        days = int(oldest * (1 - (rank + 1) / (missing + 1)) ** 1.3) + 4
        _one(provider, code, provider.today - dt.timedelta(days=days), seen)


def _one(provider: Provider, code: int, since: dt.date, seen: set[str]) -> None:
    rnd = provider.rnd
    company = rnd.random() < 0.14
    place = places.pick_place(rnd)
    if company:
        name, trade = names.company(rnd)
        document = documents.random_cnpj(rnd, alphanumeric=rnd.random() < 0.3)
        email = f"{rnd.choice(('contato', 'financeiro', 'compras'))}@{names.plain(trade)[:24]}.com.br"
    else:
        (name, _), trade = names.person(rnd), ""
        document = documents.random_cpf(rnd)
        email = f"{names.login_base(name)}{rnd.choice(('', '', rnd.randrange(60, 99)))}@{rnd.choice(MAIL_HOSTS)}"
    while document in seen:
        document = documents.random_cpf(rnd) if not company else documents.random_cnpj(rnd, alphanumeric=True)
    seen.add(document)
    client = provider.customer(
        code,
        name,
        document,
        since,
        kind=CustomerKind.COMPANY if company else CustomerKind.PERSON,
        trade_name=trade,
        email=email if rnd.random() < 0.93 else "",
        unit=place.id,
        due_day=rnd.choice(DUE_DAYS),
    )
    _contact(provider, client, place)
    _plans(provider, client, place, company=company)
    if client.plans and all(plan.life.status is S.CANCELLED for plan in client.plans):
        client.row["active"] = False
        client.row["inactive_since"] = max(plan.row["cancelled_on"] for plan in client.plans)


def _contact(provider: Provider, client: Client, place: places.Place) -> None:
    rnd = provider.rnd
    provider.phone(client, f"449{rnd.choice((8, 9))}{rnd.randrange(1_000_000, 9_999_999)}", "Celular")
    if rnd.random() < 0.3:
        provider.phone(client, f"443{rnd.choice((0, 2))}{rnd.randrange(200_000, 999_999)}", "Fixo")
    if rnd.random() < 0.08:
        # Moved here and kept the old number: São Paulo, Londrina, Campo Grande.
        provider.phone(client, f"{rnd.choice((11, 43, 67))}9{rnd.randrange(91_000_000, 99_999_999)}", "Recado")
    for _ in range(rnd.choices((1, 2, 3), weights=(70, 24, 6))[0]):
        provider.address(client, places.address(rnd, place))


def _plans(provider: Provider, client: Client, place: places.Place, *, company: bool) -> None:
    rnd = provider.rnd
    status = rnd.choices([code for code, _ in STATUSES], weights=[weight for _, weight in STATUSES])[0]
    main = _contract(provider, client, _choose(provider, client, corporate=company and rnd.random() < 0.6), status)
    if main.offer.corporate and main.offer.circuit:
        provider.circuit(main)
    served = main.life.status is S.ENABLED
    for number, chance, extra in ((11, 0.11, S.ENABLED), (12, 0.03, S.ENABLED), (13, 0.08, S.ENABLED)):
        if served and not company and rnd.random() < chance:
            _contract(provider, client, offer.BY_ID[number], extra)
    if served and company and rnd.random() < 0.25:
        _contract(provider, client, offer.BY_ID[14], S.ENABLED)
    if served and company and rnd.random() < 0.2:
        _contract(provider, client, offer.BY_ID[rnd.choice((15, 16))], S.ENABLED)
    if rnd.random() < 0.09:
        again = rnd.choices((S.ENABLED, S.CANCELLED), weights=(7, 3))[0]
        where = places.address(rnd, place)
        _contract(provider, client, _choose(provider, client, corporate=False), again, rnd.choice(SECOND_PLACES), where)


def _choose(provider: Provider, client: Client, *, corporate: bool) -> offer.Offer:
    fitting = [
        item
        for item in offer.OFFERS
        if item.logins and item.corporate == corporate and client.unit in item.units
    ]  # fmt: skip
    return provider.rnd.choices(fitting, weights=[item.weight for item in fitting])[0]


def _contract(
    provider: Provider,
    client: Client,
    item: offer.Offer,
    status: StatusCode,
    reference: str = "",
    where: places.PostalAddress | None = None,
) -> Contract:
    rnd, today = provider.rnd, provider.today
    age = (today - client.since).days
    if item.authorization and status is S.INSTALLING:
        status = S.AWAITING
    if status is S.TRIAL and not item.trial_days:
        item = offer.BY_ID[2]
    if status in (S.INSTALLING, S.TRIAL, S.AWAITING):
        contracted = today - dt.timedelta(days=rnd.randrange(1, 6))
    elif client.plans and age > 120:
        contracted = client.since + dt.timedelta(days=rnd.randrange(30, age - 80))
    else:
        contracted = client.since
    if status not in (S.INSTALLING, S.TRIAL, S.AWAITING) and (today - contracted).days < 90:
        status = S.ENABLED
    value = item.price - Decimal("10.00") if rnd.random() < 0.07 and item.price > 90 else None
    contract = provider.plan(
        client,
        item,
        status,
        contracted,
        reference=reference or (rnd.choice(("Casa", "Apartamento")) if rnd.random() < 0.15 else ""),
        value=value,
        where=where,
        separate=rnd.random() < 0.04,
        payment=rnd.choices((1, 2, 3, 4, 5), weights=(64, 10, 16, 5, 5))[0],
    )
    _details(provider, contract)
    if item.logins and contract.life.status not in (S.INSTALLING, S.AWAITING):
        _logins(provider, contract)
    return contract


def _details(provider: Provider, contract: Contract) -> None:
    rnd = provider.rnd
    if not contract.offer.logins:
        return
    if rnd.random() < 0.15:
        provider.detail(contract, ValueKind.DISCOUNT, "Desconto fidelidade", amount=Decimal("10.00"), months=12)
    elif rnd.random() < 0.05:
        provider.detail(contract, ValueKind.DISCOUNT, "Primeiros meses", percent=Decimal("50.00"), months=3)
    if rnd.random() < 0.1:
        provider.detail(contract, ValueKind.SURCHARGE, "Locação de roteador Wi-Fi 6", amount=Decimal("9.90"))


def _logins(provider: Provider, contract: Contract) -> None:
    rnd = provider.rnd
    base = contract.client.login
    online = rnd.random() < 0.94
    provider.login(contract, base, online=online, past=rnd.randrange(1, 5))
    if contract.offer.logins > 1 and rnd.random() < 0.17:
        tail = rnd.choice(("camera", "loja", "fundos", "wifi"))
        provider.login(contract, f"{base}.{tail}", online=rnd.random() < 0.8, past=rnd.randrange(1, 3))
    begun = contract.life.activated
    if begun is not None and (provider.now - begun).days > 90 and rnd.random() < 0.06:
        gone = begun + dt.timedelta(days=rnd.randrange(20, 80), hours=3)
        provider.login(contract, f"{base}.antigo", deleted=gone, past=2)
