"""Check digits of CPF and CNPJ, so that invented documents are valid ones."""

from __future__ import annotations

from random import Random

ALPHANUMERIC = "0123456789ABCDEFGHJKLMNPRSTVWXYZ"
_CNPJ_FIRST = (5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
_CNPJ_SECOND = (6, *_CNPJ_FIRST)


def _digit(total: int) -> int:
    rest = total % 11
    return 0 if rest < 2 else 11 - rest


def _contributions(weights: tuple[int, int, int]) -> list[int]:
    return [
        number // 100 * weights[0] + number // 10 % 10 * weights[1] + number % 10 * weights[2] for number in range(1000)
    ]


# The nine digits of a CPF are looked up in three steps of three: the large load makes a million of them.
_D1 = [_contributions(weights) for weights in ((10, 9, 8), (7, 6, 5), (4, 3, 2))]
_D2 = [_contributions(weights) for weights in ((11, 10, 9), (8, 7, 6), (5, 4, 3))]


def cpf(base: int) -> str:
    """The valid CPF whose first nine digits are `base`."""
    high, low = divmod(base, 1000)
    high, middle = divmod(high, 1000)
    first = _digit(_D1[0][high] + _D1[1][middle] + _D1[2][low])
    second = _digit(_D2[0][high] + _D2[1][middle] + _D2[2][low] + 2 * first)
    return f"{base:09d}{first}{second}"


def cnpj(base: str) -> str:
    """The valid CNPJ whose first twelve characters are `base`; letters count as in the alphanumeric format."""
    values = [ord(character) - 48 for character in base]
    first = _digit(sum(value * weight for value, weight in zip(values, _CNPJ_FIRST, strict=True)))
    second = _digit(sum(value * weight for value, weight in zip([*values, first], _CNPJ_SECOND, strict=True)))
    return f"{base}{first}{second}"


def random_cpf(rnd: Random) -> str:
    """A CPF; the ninth digit 9 is the tax region of Paraná and Santa Catarina."""
    return cpf(rnd.randrange(10_000_000, 99_999_999) * 10 + 9)


def random_cnpj(rnd: Random, *, alphanumeric: bool) -> str:
    """A head-office CNPJ, in the numeric or in the new alphanumeric format."""
    if not alphanumeric:
        return cnpj(f"{rnd.randrange(1_000_000, 60_000_000):08d}0001")
    root = [rnd.choice(ALPHANUMERIC) for _ in range(8)]
    root[2] = rnd.choice(ALPHANUMERIC[10:])
    return cnpj("".join(root) + "0001")
