"""Cities, districts and streets of the demo provider's region, with their real IBGE codes and CEP ranges."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from desk.demo.names import words


@dataclass(frozen=True)
class Place:
    """One city: what the tables need, and where its streets are."""

    id: int
    name: str
    ibge: str
    abbreviation: str
    share: float
    districts: tuple[tuple[str, int], ...]
    streets: tuple[str, ...]
    state: str = "PR"


@dataclass(frozen=True)
class PostalAddress:
    """One address as the tables hold it."""

    zip: str
    street: str
    number: str
    complement: str
    district: str
    city_id: int
    landmark: str = ""


_COMMON = tuple(
    words(
        "Rua das Acácias|Rua das Palmeiras|Rua XV de Novembro|Avenida Paraná|Rua Sete de Setembro|Rua Bahia|"
        "Rua Dom Pedro II|Avenida Tiradentes|Rua Ipê Roxo|Rua São Paulo|Rua José de Alencar|Rua Minas Gerais|"
        "Rua Marechal Deodoro|Rua Castro Alves|Rua Santa Catarina|Rua Espírito Santo|Rua Pará|Rua Goiás"
    )
)
_MARINGA = tuple(
    words(
        "Avenida Brasil|Avenida Colombo|Avenida Cerro Azul|Avenida Mandacaru|Avenida Morangueira|Avenida Alvorada|"
        "Avenida Pedro Taques|Avenida São Paulo|Avenida Herval|Rua Santos Dumont|Rua Néo Alves Martins|"
        "Rua Joubert de Carvalho|Rua Mem de Sá|Rua Paranaguá|Rua Rio Branco|Rua Visconde de Nassau|"
        "Avenida Guaiapó|Rua Monsenhor Kimura|Avenida Tuiuti|Rua Quintino Bocaiúva|Rua Pioneiro João Nunes"
    )
)

# Each district with the first five digits of its CEP.
PLACES = (
    Place(
        id=1,
        name="Maringá",
        ibge="4115200",
        abbreviation="MGA",
        share=0.56,
        districts=(
            ("Zona 01", 87013),
            ("Zona 02", 87010),
            ("Zona 05", 87015),
            ("Zona 07", 87020),
            ("Zona 07", 87030),
            ("Jardim Alvorada", 87033),
            ("Jardim Alvorada", 87035),
            ("Vila Morangueira", 87040),
            ("Vila Operária", 87050),
            ("Conjunto Requião", 87047),
            ("Parque das Grevíleas", 87025),
            ("Jardim Iguaçu", 87060),
            ("Distrito de Iguatemi", 87103),
        ),
        streets=_MARINGA,
    ),
    Place(
        id=2,
        name="Sarandi",
        ibge="4126256",
        abbreviation="SDI",
        share=0.20,
        districts=(
            ("Centro", 87111),
            ("Jardim Independência", 87113),
            ("Jardim Verão", 87112),
            ("Jardim Panorama", 87114),
        ),
        streets=("Avenida Maringá", "Avenida Londrina", "Rua Ademar Bornia", "Rua Guiapó", *_COMMON),
    ),
    Place(
        id=3,
        name="Paiçandu",
        ibge="4117503",
        abbreviation="PCU",
        share=0.10,
        districts=(("Centro", 87140), ("Jardim Pioneiro", 87140), ("Água Boa", 87145)),
        streets=("Avenida Ivaí", "Rua Onésio Francisco de Farias", *_COMMON),
    ),
    Place(
        id=4,
        name="Marialva",
        ibge="4114807",
        abbreviation="MVA",
        share=0.08,
        districts=(("Centro", 86990), ("Jardim Planalto", 86990), ("Estrada Marialva–Aquidaban", 86990)),
        streets=("Avenida Cristóvão Colombo", "Rua Santa Efigênia", *_COMMON),
    ),
    Place(
        id=5,
        name="Mandaguaçu",
        ibge="4114104",
        abbreviation="MDU",
        share=0.06,
        districts=(("Centro", 87160), ("Jardim Monte Líbano", 87160), ("Estrada Pulinópolis", 87160)),
        streets=("Avenida Munhoz da Rocha", "Rua Bernardino Bogo", *_COMMON),
    ),
)

_COMPLEMENTS = ("Casa 2", "Fundos", "Apto 12", "Apto 304", "Bloco B, apto 21", "Sala 5", "Sobrado", "Loja 1")
_LANDMARKS = (
    "ao lado do posto de saúde",
    "em frente à escola municipal",
    "portão verde",
    "esquina com a padaria",
    "depois da ponte",
    "próximo à igreja São José",
)


def pick_place(rnd: Random) -> Place:
    """A city, the larger ones more often."""
    return rnd.choices(PLACES, weights=[place.share for place in PLACES])[0]


def address(rnd: Random, place: Place) -> PostalAddress:
    """An address in that city."""
    district, prefix = rnd.choice(place.districts)
    rural = district.startswith(("Estrada", "Distrito"))
    # Towns with one general CEP end in 000; the others number their streets.
    suffix = 0 if prefix in (86990, 87160, 87140) else rnd.randrange(10, 999, 5)
    return PostalAddress(
        zip=f"{prefix}{suffix:03d}",
        street=f"Estrada Rural, km {rnd.randrange(2, 18)}" if rural else rnd.choice(place.streets),
        number="S/N" if rural else str(rnd.randrange(12, 3980)),
        complement=rnd.choice(_COMPLEMENTS) if rnd.random() < 0.28 else "",
        district=district,
        city_id=place.id,
        landmark=rnd.choice(_LANDMARKS) if rural or rnd.random() < 0.12 else "",
    )
