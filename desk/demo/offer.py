"""What the demo provider sells, where, and over which routers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from desk.models.catalog import PlanKind, ServiceClass

COMPANY = "SerraNet Telecom"
SERVICE_GROUPS = ("Internet Fibra", "Internet Rádio", "Empresarial", "TV por Assinatura", "Telefonia", "Hospedagem")
UNITS = ((1, "Maringá", 1), (2, "Sarandi", 2), (3, "Paiçandu", 3), (4, "Marialva", 4), (5, "Mandaguaçu", 5))
PAYMENT_METHODS = (
    ("Boleto registrado", False),
    ("Carnê", True),
    ("Pix recorrente", False),
    ("Cartão de crédito", False),
    ("Débito automático", False),
)


@dataclass(frozen=True)
class Offer:
    """One catalogue plan and the parts its price is split into."""

    id: int
    name: str
    kind: PlanKind
    group: int
    composition: tuple[tuple[str, ServiceClass, str], ...]
    weight: int
    down: int = 0
    up: int = 0
    logins: int = 0
    active: bool = True
    authorization: bool = False
    circuit: bool = False
    tv: bool = False
    trial_days: int = 0
    allowance: int | None = None
    fee: str = "0.00"
    units: tuple[int, ...] = (1, 2, 3, 4, 5)
    corporate: bool = False
    bills_suspended: bool = False

    @property
    def price(self) -> Decimal:
        """The price is what its parts add up to."""
        return sum((Decimal(amount) for _, _, amount in self.composition), Decimal("0.00"))

    @property
    def profile(self) -> str:
        """Name of the speed profile, as the routers have it."""
        return f"{self.down}M/{self.up}M" if self.down else ""


def _net(name: str, scm: str, sva: str, extra: str = "") -> tuple[tuple[str, ServiceClass, str], ...]:
    parts = [
        (f"Conexão à internet – {name}", ServiceClass.SCM, scm),
        ("Provimento de acesso e suporte", ServiceClass.SVA, sva),
    ]
    if extra:
        parts.append(("Antivírus e clube de vantagens", ServiceClass.SVA, extra))
    return tuple(parts)


_I, _TV, _V, _H = PlanKind.INTERNET, PlanKind.TV, PlanKind.VOICE, PlanKind.HOSTING
OFFERS = (
    Offer(1, "INTERNET FIBRA 300 MB", _I, 1, _net("300 Mbps", "59.90", "40.00"), 30, 300, 150, 2, fee="120.00"),
    Offer(
        2,
        "INTERNET FIBRA 500 MB",
        _I,
        1,
        _net("500 Mbps", "69.90", "50.00", "10.00"),
        34,
        500,
        250,
        2,
        circuit=True,
        trial_days=7,
        allowance=1000,
        fee="120.00",
    ),
    Offer(
        3,
        "INTERNET FIBRA 700 MB",
        _I,
        1,
        _net("700 Mbps", "79.90", "60.00", "10.00"),
        13,
        700,
        350,
        3,
        trial_days=7,
        fee="120.00",
    ),
    Offer(
        4,
        "INTERNET FIBRA 1 GIGA",
        _I,
        1,
        _net("1 Gbps", "109.90", "75.00", "15.00"),
        6,
        1000,
        500,
        3,
        circuit=True,
        fee="120.00",
    ),
    Offer(5, "INTERNET FIBRA 100 MB", _I, 1, _net("100 Mbps", "44.90", "35.00"), 3, 100, 50, 1, active=False),
    Offer(
        6,
        "INTERNET RÁDIO RURAL 15 MB",
        _I,
        2,
        _net("15 Mbps", "74.90", "45.00"),
        6,
        15,
        5,
        1,
        allowance=300,
        fee="350.00",
        units=(1, 4, 5),
    ),
    Offer(
        7,
        "INTERNET RÁDIO RURAL 25 MB",
        _I,
        2,
        _net("25 Mbps", "89.90", "60.00"),
        3,
        25,
        8,
        1,
        fee="350.00",
        units=(1, 4, 5),
    ),
    Offer(
        8,
        "EMPRESARIAL FIBRA 500 MB",
        _I,
        3,
        _net("500 Mbps empresarial", "169.90", "80.00"),
        9,
        500,
        500,
        4,
        circuit=True,
        corporate=True,
    ),
    Offer(
        9,
        "EMPRESARIAL DEDICADO 100 MB",
        _I,
        3,
        (
            ("Link dedicado 100 Mbps", ServiceClass.SCM, "790.00"),
            ("Gerência e bloco de IPs", ServiceClass.SVA, "100.00"),
        ),
        3,
        100,
        100,
        8,
        authorization=True,
        circuit=True,
        corporate=True,
        bills_suspended=True,
        fee="500.00",
        units=(1, 2),
    ),
    Offer(
        10,
        "EMPRESARIAL DEDICADO 300 MB",
        _I,
        3,
        (
            ("Link dedicado 300 Mbps", ServiceClass.SCM, "1490.00"),
            ("Gerência e bloco de IPs", ServiceClass.SVA, "200.00"),
        ),
        1,
        300,
        300,
        8,
        authorization=True,
        circuit=True,
        corporate=True,
        bills_suspended=True,
        fee="500.00",
        units=(1,),
    ),
    Offer(
        11,
        "TV ESSENCIAL + PLAYHUB",
        _TV,
        4,
        (("Canais por assinatura", ServiceClass.SEAC, "34.90"), ("PlayHub", ServiceClass.SVA, "15.00")),
        8,
        tv=True,
    ),
    Offer(
        12,
        "TV COMPLETA + PLAYHUB",
        _TV,
        4,
        (("Canais por assinatura", ServiceClass.SEAC, "84.90"), ("PlayHub", ServiceClass.SVA, "25.00")),
        3,
        tv=True,
    ),
    Offer(
        13,
        "VOZ FIXA BRASIL",
        _V,
        5,
        (("Telefonia fixa", ServiceClass.STFC, "24.90"), ("Identificador e correio de voz", ServiceClass.SVA, "5.00")),
        6,
    ),
    Offer(
        14,
        "VOZ EMPRESARIAL 8 CANAIS",
        _V,
        5,
        (
            ("Telefonia fixa, 8 canais", ServiceClass.STFC, "149.90"),
            ("PABX em nuvem", ServiceClass.SVA, "30.00"),
            ("Locação de aparelhos", ServiceClass.OTHER, "10.00"),
        ),
        2,
        corporate=True,
    ),
    Offer(15, "HOSPEDAGEM 10 GB", _H, 6, (("Hospedagem de site e e-mail", ServiceClass.SVA, "39.90"),), 3),
    Offer(16, "HOSPEDAGEM 1 GB", _H, 6, (("Hospedagem de site", ServiceClass.SVA, "14.90"),), 2),
)
BY_ID = {offer.id: offer for offer in OFFERS}


@dataclass(frozen=True)
class Site:
    """An access point with the router behind it."""

    id: int
    name: str
    unit: int
    router: int
    limit: int | None
    radio: bool = False
    active: bool = True


ROUTERS = (
    (1, "RT-ALVORADA-01", "10.20.0.1"),
    (2, "RT-ALVORADA-02", "10.20.0.2"),
    (3, "RT-CENTRO-01", "10.20.1.1"),
    (4, "RT-SARANDI-01", "10.21.0.1"),
    (5, "RT-PAICANDU-01", "10.22.0.1"),
    (6, "RT-MARIALVA-01", "10.23.0.1"),
    (7, "RT-MANDAGUACU-01", "10.24.0.1"),
)
# The rural router keeps /ppp/secret itself; the others ask RADIUS alone.
LOCAL_SECRET_ROUTERS = frozenset({7})
SITES = (
    Site(1, "POP Alvorada", 1, 2, 500),
    Site(2, "POP Centro", 1, 3, 400),
    Site(3, "POP Morangueira", 1, 1, 350),
    Site(4, "POP Sarandi", 2, 4, 400),
    Site(5, "POP Paiçandu", 3, 5, 200),
    Site(6, "POP Marialva", 4, 6, 200),
    Site(7, "POP Mandaguaçu", 5, 7, 150),
    Site(8, "Torre Iguatemi (rádio)", 1, 1, 80, radio=True),
    Site(9, "Torre Aquidaban (rádio)", 4, 6, 60, radio=True),
    Site(10, "Torre Pulinópolis (rádio)", 5, 7, 60, radio=True),
    Site(11, "POP Vila Operária (desativado)", 1, 3, None, active=False),
)
ROUTER_OF_SITE = {site.id: site.router for site in SITES}
NAS_OF_ROUTER = {identity: address for identity, _, address in ROUTERS}
