"""The customers that the manual, the tour and the pictures speak of; they come first."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from desk.demo import documents
from desk.demo.dataset import months_back
from desk.demo.offer import BY_ID
from desk.demo.places import PostalAddress
from desk.demo.provider import Client, Contract, Provider
from desk.demo.story import Life, Step
from desk.models.catalog import StatusCode
from desk.models.customers import CustomerKind
from desk.models.plans import ValueKind

S = StatusCode


def characters(provider: Provider) -> None:
    """All of them, Maria Aparecida Nogueira first."""
    _maria(provider)
    _bakery(provider)
    _petri(provider)
    _namesakes(provider)
    _awaiting(provider)


def _life(provider: Provider, *steps: tuple[dt.date, int, StatusCode, str, str]) -> Life:
    return Life([Step(provider.at(day, hour, 12), to, who, reason) for day, hour, to, who, reason in steps])


def _enabled(provider: Provider, start: dt.date, days: int = 2) -> Life:
    return _life(
        provider,
        (start, 10, S.INSTALLING, "vendas", ""),
        (start + dt.timedelta(days=days), 15, S.ENABLED, "suporte", ""),
    )


def _cancelled(provider: Provider, start: dt.date, end: dt.date, reason: str) -> Life:
    life = _enabled(provider, start)
    life.steps.append(Step(provider.at(end, 16, 40), S.CANCELLED, "atendente", reason))
    life.cancelled_on, life.cancel_reason = end, reason
    return life


def _maria(provider: Provider) -> None:
    today = provider.today
    since = months_back(today, 40, 12)
    home = PostalAddress("87033210", "Avenida Alvorada", "1480", "Casa 2", "Jardim Alvorada", 1, "portão verde")
    shop = PostalAddress("87013060", "Avenida Brasil", "3127", "Loja 1", "Zona 01", 1)
    farm = PostalAddress("87103000", "Estrada Rural, km 7", "S/N", "", "Distrito de Iguatemi", 1, "depois da ponte")
    maria = provider.customer(
        1234,
        "Maria Aparecida Nogueira",
        documents.cpf(123456789),
        since,
        email="maria@serranet.com.br",
        notes="Prefere contato pela manhã.",
    )
    provider.phone(maria, "44998712043", "Celular, WhatsApp")
    provider.phone(maria, "4430251180", "Loja")
    provider.address(maria, home)
    provider.address(maria, shop)
    _maria_home(provider, maria, since)
    provider.plan(
        maria,
        BY_ID[12],
        S.CANCELLED,
        months_back(today, 38, 20),
        reference="Casa",
        life=_cancelled(provider, months_back(today, 38, 20), months_back(today, 20, 9), "Motivo financeiro"),
    )
    provider.plan(
        maria,
        BY_ID[15],
        S.ENABLED,
        months_back(today, 31, 6),
        life=_enabled(provider, months_back(today, 31, 6), 1),
    )
    _maria_shop(provider, maria, shop)
    rural = provider.plan(
        maria,
        BY_ID[6],
        S.CANCELLED,
        months_back(today, 22, 3),
        reference="Sítio",
        life=_cancelled(provider, months_back(today, 22, 3), months_back(today, 9, 28), "Mudança de endereço"),
        where=farm,
        site=8,
    )
    provider.login(rural, "maria.sitio", past=4)
    provider.plan(
        maria,
        BY_ID[11],
        S.ENABLED,
        months_back(today, 19, 15),
        reference="Casa",
        life=_enabled(provider, months_back(today, 19, 15), 1),
    )
    ordered = today - dt.timedelta(days=2)
    provider.plan(
        maria,
        BY_ID[13],
        S.INSTALLING,
        ordered,
        reference="Casa",
        life=_life(provider, (ordered, 11, S.INSTALLING, "atendente", "")),
    )


def _maria_home(provider: Provider, maria: Client, since: dt.date) -> None:
    fibre = provider.plan(
        maria,
        BY_ID[2],
        S.ENABLED,
        since,
        reference="Casa",
        seller="vendas",
        site=1,
        life=_enabled(provider, since),
    )
    fibre.row["identifier_code"] = f"{maria.code:09d}"
    provider.detail(
        fibre,
        ValueKind.DISCOUNT,
        "Desconto fidelidade",
        amount=Decimal("10.00"),
        starts_on=months_back(provider.today, 6),
        months=12,
    )
    provider.circuit(fibre)
    provider.login(
        fibre,
        "maria.nogueira",
        started=provider.now - dt.timedelta(days=3, hours=4, minutes=20),
        mac="3C:84:6A:1F:09:B2",
        address="177.10.20.30",
        past=5,
    )
    yesterday = provider.at(provider.today - dt.timedelta(days=1), 16, 5)
    provider.login(fibre, "maria.camera", online=False, added=yesterday, past=1)


def _maria_shop(provider: Provider, maria: Client, shop: PostalAddress) -> None:
    today = provider.today
    start, overdue = months_back(today, 27, 18), today - dt.timedelta(days=9)
    life = _enabled(provider, start, 3)
    life.steps.append(Step(provider.at(overdue, 7, 10), S.SUSPENDED_DEBT, "desk_worker", "Fatura vencida"))
    provider.story.provisional(life, 2, 3)
    contract = provider.plan(
        maria,
        BY_ID[1],
        S.SUSPENDED_DEBT,
        start,
        reference="Loja Centro",
        life=life,
        where=shop,
        site=2,
        separate=True,
    )
    provider.login(contract, "nogueira.loja", started=provider.now - dt.timedelta(days=1, hours=22), past=3)


def _bakery(provider: Provider) -> None:
    today = provider.today
    since = months_back(today, 33, 4)
    bakery = provider.customer(
        3019,
        "Padaria Pão da Serra Ltda",
        documents.cnpj("12ABC3450001"),
        since,
        kind=CustomerKind.COMPANY,
        trade_name="Pão da Serra",
        email="conta.nogueira@paodaserra.com.br",
        due_day=15,
        notes="Falar com dona Neusa no financeiro.",
    )
    provider.phone(bakery, "4430284410", "Balcão")
    provider.phone(bakery, "44991357720", "Neusa, financeiro")
    provider.address(bakery, PostalAddress("87020015", "Avenida Colombo", "5790", "", "Zona 07", 1))
    provider.address(bakery, PostalAddress("87013060", "Avenida Herval", "640", "Sala 5", "Zona 01", 1))
    link = provider.plan(
        bakery, BY_ID[8], S.ENABLED, since, reference="Matriz", seller="vendas", life=_enabled(provider, since, 4)
    )
    provider.circuit(link)
    provider.login(link, "paodaserra", past=4)
    provider.login(link, "paodaserra.cameras", past=2)
    branch = months_back(today, 14, 8)
    second = provider.plan(
        bakery,
        BY_ID[2],
        S.ENABLED,
        branch,
        reference="Filial Herval",
        life=_enabled(provider, branch),
        where=PostalAddress("87013060", "Avenida Herval", "640", "", "Zona 01", 1),
    )
    provider.login(second, "paodaserra.herval", past=3)
    provider.detail(second, ValueKind.SURCHARGE, "Locação de roteador Wi-Fi 6", amount=Decimal("9.90"))
    provider.plan(bakery, BY_ID[14], S.ENABLED, branch, reference="Matriz", life=_enabled(provider, branch, 5))


def _petri(provider: Provider) -> None:
    since = months_back(provider.today, 11, 21)
    petri = provider.customer(
        4877,
        "João Carlos Petri",
        documents.cpf(304817269),
        since,
        email="joao.petri@serranet.com.br",
        unit=4,
        due_day=20,
    )
    provider.phone(petri, "44997340518", "Celular")
    provider.address(
        petri, PostalAddress("86990000", "Avenida Cristóvão Colombo", "912", "", "Centro", 4, "esquina com a padaria")
    )
    contract = provider.plan(petri, BY_ID[3], S.ENABLED, since, life=_enabled(provider, since))
    provider.login(contract, "joao.petri", past=5)


def _namesakes(provider: Provider) -> None:
    """Those whom a search for "nogueira" finds through another key than the name."""
    today = provider.today
    parts = _simple(
        provider, 4410, "Auto Peças Nogueira Ltda", documents.cnpj("123884100001"), 13, 2, "Auto Peças Nogueira"
    )
    provider.login(parts, "autopecas.nogueira")
    jose = _simple(provider, 2877, "José Roberto Dias", documents.cpf(517203849), 26, 1)
    provider.login(jose, "nogueira.jr", online=False)
    luciana = _simple(
        provider,
        5162,
        "Luciana Prado Teixeira",
        documents.cpf(681940759),
        8,
        1,
        email="l.prado.nogueira@serranet.com.br",
        status=S.SUSPENDED_DEBT,
    )
    provider.login(luciana, "luciana.teixeira")
    gone = months_back(today, 65, 17)
    antonio = provider.customer(
        391, "Antônio Nogueira Filho", documents.cpf(90415829), months_back(today, 80, 5), inactive_since=gone
    )
    provider.phone(antonio, "4432245590", "Residencial")
    provider.address(antonio, PostalAddress("87050120", "Rua Mem de Sá", "418", "", "Vila Operária", 1))
    start = months_back(today, 80, 5)
    old = provider.plan(
        antonio, BY_ID[5], S.CANCELLED, start, life=_cancelled(provider, start, gone, "Mudança de endereço")
    )
    provider.login(old, "antonio.nogueira", past=2)


def _awaiting(provider: Provider) -> None:
    """A dedicated link that the authoriser has yet to release."""
    ordered = provider.today - dt.timedelta(days=1)
    client = provider.customer(
        6231,
        "Cerealista Vale do Ivaí S.A.",
        documents.cnpj("7B2KX9100001"),
        ordered,
        kind=CustomerKind.COMPANY,
        trade_name="Cerealista Vale do Ivaí",
        email="ti@valedoivai.com.br",
        unit=2,
        due_day=25,
    )
    provider.phone(client, "4432641200", "Recepção")
    provider.address(client, PostalAddress("87112540", "Avenida Maringá", "2210", "", "Jardim Verão", 2))
    life = _life(provider, (ordered, 11, S.AWAITING, "vendas", ""))
    provider.plan(client, BY_ID[9], S.AWAITING, ordered, reference="Silo 1", seller="vendas", life=life)


def _simple(
    provider: Provider,
    code: int,
    name: str,
    document: str,
    months: int,
    unit: int,
    trade_name: str = "",
    *,
    email: str = "",
    status: StatusCode = S.ENABLED,
) -> Contract:
    since = months_back(provider.today, months, 11)
    client = provider.customer(
        code,
        name,
        document,
        since,
        kind=CustomerKind.COMPANY if trade_name else CustomerKind.PERSON,
        trade_name=trade_name,
        email=email,
        unit=unit,
    )
    provider.phone(client, f"449{91000000 + code * 17 % 8999999:08d}", "Celular")
    city = (
        PostalAddress("87111010", "Avenida Londrina", str(code % 900 + 40), "", "Centro", 2)
        if unit == 2
        else PostalAddress("87040100", "Avenida Guaiapó", str(code % 900 + 40), "", "Vila Morangueira", 1)
    )
    provider.address(client, city)
    life = _enabled(provider, since)
    if status is S.SUSPENDED_DEBT:
        cut = provider.today - dt.timedelta(days=6)
        life.steps.append(Step(provider.at(cut, 7, 10), status, "desk_worker", "Fatura vencida"))
    contract = provider.plan(client, BY_ID[1], status, since, life=life)
    if trade_name:
        provider.plan(client, BY_ID[13], S.ENABLED, since, life=_enabled(provider, since, 6))
    return contract
