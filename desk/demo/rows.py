"""Rows of the large load as lines of COPY text, made fast enough for millions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from random import Random

from desk.demo import documents, names, offer, places
from desk.demo.story import MAKERS

NULL = "\\N"
_HERE = f"{NULL}\t{NULL}"
_STATUSES = (
    "HABILITADO",
    "SUSPENSO_DEBITO",
    "SUSPENSO",
    "SUSPENSAO_TEMPORARIA",
    "EXPERIMENTANDO",
    "EM_INSTALACAO",
    "CANCELADO",
)
_STATUS_WEIGHTS = (0.862, 0.048, 0.014, 0.010, 0.012, 0.022, 0.032)
_ENABLED, _AWAY, _TRIAL, _INSTALLING, _CANCELLED = 0, 3, 4, 5, 6
_AWAY_DAYS = 60  # how long a temporary suspension lasts; it began within the last fifteen
_HOSTS = ("serranet.com.br", "ingamail.com.br", "correioparana.com.br", "vivaparana.com.br")
_DUE = (5, 10, 15, 20, 25)
_REFERENCES = ("", "", "", "", "", "Casa", "Apartamento", "Loja", "Sítio", "Filial Centro", "Barracão", "Chácara")
# Odd and not divisible by five, so that multiplying by it visits every number below a power of ten once.
_STRIDE = 618_033_989


class Crowd:
    """Every two customers have three plans and four logins; which ones follows from their numbers."""

    def __init__(self, rnd: Random, today: dt.date, customers: int) -> None:
        self.rnd = rnd
        self.today = today
        self.customers = customers - customers % 2
        self.plans = self.customers // 2 * 3
        self.logins = self.customers * 2
        self._base: list[str] = []
        self._login: list[str] = []
        self._status = bytearray()
        self._offer = bytearray()
        self._since = [f"{today - dt.timedelta(days=days)}" for days in range(2600, 20, -1)]
        self._people = [place for place in places.PLACES for _ in range(int(place.share * 50))]

    def _unit(self, customer: int) -> int:
        return self._people[customer * 31 % len(self._people)].id

    def customer_rows(self) -> Iterator[str]:
        """Customers, one in twelve a company; frequent names are frequent."""
        rnd = self.rnd
        surnames = names.SURNAMES + names.RARE
        weights = names.zipf(surnames, 4.0)
        folded = {word: names.plain(word) for word in {*names.WOMEN, *names.MEN, *surnames}}
        firsts = names.WOMEN + names.MEN
        first_weights = [
            *names.WOMEN_WEIGHTS,
            *(names.WOMEN_WEIGHTS[-1] + weight for weight in names.MEN_WEIGHTS),
        ]
        for start in range(1, self.customers + 1, 1000):
            count = min(1000, self.customers + 1 - start)
            given = rnd.choices(firsts, cum_weights=first_weights, k=count)
            middle = rnd.choices(surnames, cum_weights=weights, k=count)
            last = rnd.choices(surnames, cum_weights=weights, k=count)
            for offset in range(count):
                yield self._customer(start + offset, given[offset], middle[offset], last[offset], folded)

    def _customer(self, number: int, first: str, middle: str, last: str, folded: dict[str, str]) -> str:
        linked = names.LINKED.get(last, last) if number % 2 else last
        base = f"{folded[first]}.{folded[last]}"
        trade = registered = ""
        if number % 12 == 0:
            trade = f"{names.KINDS[number // 12 % len(names.KINDS)]} {middle if number % 24 else last}"
            name, kind, mother = f"{trade} Ltda" if trade.endswith(last) else f"{trade} & {last} Ltda", "PJ", ""
            document = documents.cnpj(self._company_root(number))
            base = f"{folded[last]}.{folded[middle]}"
            registered = f"90{number % 1_000_000:06d}-10"
        else:
            name = f"{first} {linked}" if middle == last else f"{first} {middle} {linked}"
            kind, document = "PF", documents.cpf(number * _STRIDE % 1_000_000_000)
            mother = f"Maria {last}"
        self._base.append(base)
        gone = number % 40 == 7
        since = self._since[number * len(self._since) // (self.customers + 1)]
        born = NULL if trade else f"{1945 + number % 60}-{1 + number % 12:02d}-{1 + number % 28:02d}"
        return (
            f"{number}\t{number}\t{kind}\t{name}\t{trade}\t{document}\t{registered}\t{born}\t{mother}\t"
            f"{base}{number}@{_HOSTS[number % len(_HOSTS)]}\t{'f' if gone else 't'}\t"
            f"{self._since[-1] if gone else NULL}\t{number:09d}\t{_DUE[number % 5]}\t{self._unit(number)}\t"
            f"{1 + number % 2}\t{since} 08:15:00-03\tvendas\n"
        )

    def _company_root(self, number: int) -> str:
        root = number * _STRIDE % 100_000_000
        if number % 60:
            return f"{root:08d}0001"
        # One company in five has letters in its CNPJ.
        letters = documents.ALPHANUMERIC
        return f"{root // 1000:05d}{letters[10 + root % 22]}{letters[10 + root // 22 % 22]}{root % 10}0001"

    def phone_rows(self) -> Iterator[str]:
        """A mobile for everybody, a second telephone for one in four."""
        for number in range(1, self.customers + 1):
            yield f"{number}\t1\t449{8 + number % 2}{number * _STRIDE % 10_000_000:07d}\tCelular\n"
            if number % 4 == 0:
                yield f"{number}\t2\t443{number % 2 * 2}{number * _STRIDE % 1_000_000:06d}\tFixo\n"

    def address_rows(self) -> Iterator[str]:
        """One address for everybody, a second for one in five."""
        for number in range(1, self.customers + 1):
            place = places.PLACES[self._unit(number) - 1]
            for position in range(1, 2 + (number % 5 == 0)):
                district, prefix = place.districts[(number + position) % len(place.districts)]
                street = place.streets[number * 7 % len(place.streets)]
                yield (
                    f"{number}\t{position}\t{prefix}{number % 199 * 5:03d}\t{street}\t"
                    f"{number * 13 % 3900 + 10}\t{district}\t{place.id}\n"
                )

    def _owner(self, plan: int) -> tuple[int, int]:
        """Customer and number of a plan: three plans for each pair of customers."""
        pair, rest = divmod(plan - 1, 3)
        return (2 * pair + 1, rest + 1) if rest < 2 else (2 * pair + 2, 1)

    def plan_rows(self) -> Iterator[str]:
        """Plans in plausible statuses; one second plan in five is television or voice."""
        rnd = self.rnd
        nets = [item for item in offer.OFFERS if item.logins and not item.authorization]
        sites = {unit: [s.id for s in offer.SITES if s.unit == unit and s.active] for unit, _, _ in offer.UNITS}
        statuses = rnd.choices(range(len(_STATUSES)), weights=_STATUS_WEIGHTS, k=self.plans)
        chosen = rnd.choices(nets, weights=[item.weight for item in nets], k=self.plans)
        self._status = bytearray(statuses)
        closed = f"{self.today - dt.timedelta(days=self.today.day % 20 + 1)}"
        for plan in range(1, self.plans + 1):
            customer, number = self._owner(plan)
            item, status = chosen[plan - 1], statuses[plan - 1]
            extra = self._without_login(plan)
            if extra:
                item = offer.BY_ID[(11, 13)[plan % 2]]
                if status == _TRIAL:
                    status = self._status[plan - 1] = _ENABLED
            self._offer.append(item.id)
            gone = status == _CANCELLED
            place = customer * len(self._since) // (self.customers + 1)
            late = min(len(self._since) - 6, place + plan % 400 * (number - 1))
            start = self._since[-1] if status == _INSTALLING else self._since[late]
            served = NULL if status in (_INSTALLING, _TRIAL) else self._since[min(late + 3, len(self._since) - 1)]
            unit = self._unit(customer)
            site = NULL if extra else sites[unit][plan % len(sites[unit])]
            yield (
                f"{plan}\t{customer}\t{number}\t{item.id}\t{_STATUSES[status]}\t"
                f"{_REFERENCES[plan % len(_REFERENCES)]}\t{start}\t{served}\t{item.price}\t{1 + plan % 5}\t"
                f"{_DUE[customer % 5]}\t{closed if status == _ENABLED else NULL}\t{site}\t{unit}\tvendas\t"
                f"{self._since[-1] if gone else NULL}\t{'Mudança de endereço' if gone else ''}\t"
                f"{self._away(plan) if status == _AWAY else _HERE}\t{start} 10:00:00-03\tvendas\n"
            )

    def _away(self, plan: int) -> str:
        """The first moment of a temporary suspension, and that of the first day with service again (ST-15)."""
        first = self.today - dt.timedelta(days=plan % 15 + 1)
        return f"{first} 00:00:00-03\t{first + dt.timedelta(days=_AWAY_DAYS)} 00:00:00-03"

    def _without_login(self, plan: int) -> bool:
        return plan % 3 == 2 and plan % 5 == 0

    def circuit_rows(self) -> Iterator[str]:
        """A circuit for every corporate plan (CI-01)."""
        for plan in range(1, self.plans + 1):
            if offer.BY_ID[self._offer[plan - 1]].corporate:
                customer, number = self._owner(plan)
                yield f"{plan}\t{places.PLACES[self._unit(customer) - 1].abbreviation}{customer:06d}-{number:03d}\n"

    def login_plan(self, login: int) -> int:
        """Plan of a login: four for every three plans."""
        group, rest = divmod(login - 1, 4)
        plan = 3 * group + (1, 1, 2, 3)[rest]
        return plan + 1 if self._without_login(plan) else plan

    def login_rows(self) -> Iterator[str]:
        """Logins, some with a fixed address or bound to a MAC."""
        for login in range(1, self.logins + 1):
            plan = self.login_plan(login)
            customer, _ = self._owner(plan)
            name = f"{self._base[customer - 1]}{login}"
            self._login.append(name)
            fixed = (
                f"177.{login // 50_000 % 100 + 20}.{login // 200 % 250}.{login % 200 + 2}" if login % 20 == 0 else NULL
            )
            lock = self._mac(login) if login % 33 == 0 else NULL
            made = self._since[login % len(self._since)]
            yield f"{login}\t{plan}\t{name}\t{fixed}\t{lock}\t{made} 11:00:00-03\tsuporte\n"

    def _mac(self, login: int) -> str:
        tail = login * _STRIDE % 0x1000000
        return f"{MAKERS[login % len(MAKERS)]}:{tail >> 16:02X}:{tail >> 8 & 255:02X}:{tail & 255:02X}"

    def session_rows(self, sessions: int) -> Iterator[str]:
        """Sessions spread evenly; the first of each login is open if its plan is served, those before are past."""
        now = dt.datetime.combine(self.today, dt.time(17, 32))
        offsets = [f"{now - dt.timedelta(minutes=minute)}+00" for minute in range(0, 43_200, 7)]
        moments = len(offsets)
        nas = {site.id: offer.NAS_OF_ROUTER[site.router] for site in offer.SITES}
        for session in range(sessions):
            turn, login = divmod(session, self.logins)
            login += 1
            plan = self.login_plan(login)
            status = self._status[plan - 1]
            opened = turn == 0 and status in (_ENABLED, _TRIAL) and login % 17 != 0
            began = (session * 37 + turn * 600) % (moments - 400) + 200
            seconds = began * 420 if opened else (began - 100) * 60
            stopped = NULL if opened else offsets[began - (began - 100) // 7]
            down = seconds * (20_000 + login % 170 * 1000)
            mac = self._mac(login)
            pool = login if turn == 0 else session
            yield (
                f"{session:08x}\t{session * _STRIDE:032x}\t{self._login[login - 1]}\t{login}\t\t"
                f"{nas[1 + login % 10]}\tvlan-1100-pppoe\tEthernet\t{offsets[began]}\t"
                f"{offsets[0] if opened else stopped}\t{stopped}\t300\t{seconds}\t{down // 11}\t{down}\t{mac}\t"
                f"{NULL if opened else 'User-Request'}\tFramed-User\tPPP\t"
                f"100.{64 + pool // 62_500 % 64}.{pool // 250 % 250}.{pool % 250 + 2}\t{mac}\n"
            )
