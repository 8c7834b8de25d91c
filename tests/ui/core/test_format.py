"""Numbers, dates and codes read as Brazilians write them, and are understood when typed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.ui.core import format


@pytest.mark.parametrize(
    ("shown", "wanted"),
    [
        (format.money(Decimal("1234.5")), "1.234,50"),
        (format.money(Decimal("-6.67")), "−6,67"),
        (format.reais(Decimal("-99.9")), "−R$ 99,90"),
        (format.percent(Decimal("2.50")), "2,5 %"),
        (format.percent(Decimal("10")), "10 %"),
        (format.day(date(2026, 7, 5)), "05/07/2026"),
        (format.day(None), ""),
        (format.document("52998224725"), "529.982.247-25"),
        (format.document("12ABC34501DE35"), "12.ABC.345/01DE-35"),
        (format.masked_document("12345678909"), "***.456.789-**"),
        (format.masked_document("12ABC34501DE35"), "12.***.***/01DE-**"),
        (format.masked_document(""), "***"),
        (format.phone("44998712043"), "(44) 99871-2043"),
        (format.phone("nada"), "nada"),
        (format.cep("87013000"), "87013-000"),
        (format.mac("3c846a1f09b2"), "3C:84:6A:1F:09:B2"),
        (format.rate(500_000), "500 Mbps"),
        (format.rate(1_000_000), "1 Gbps"),
        (format.rate(512), "512 kbps"),
        (format.rates(500_000, 250_000), "500 / 250 Mbps"),
        (format.rates(1_000_000, 500_000), "1 Gbps / 500 Mbps"),
        (format.size(1_200_000_000), "1,2 GB"),
        (format.size(999), "999 B"),
        (format.lasting(timedelta(days=3, hours=4, minutes=9)), "3 d 4 h"),
        (format.lasting(timedelta(minutes=7)), "7 min"),
        (format.countdown(272), "4:32"),
        (format.count(1, "plano", "planos"), "1 plano"),
        (format.count(1200, "plano", "planos"), "1.200 planos"),
    ],
)
def test_it_reads_so(shown: str, wanted: str) -> None:
    assert shown == wanted


@pytest.mark.parametrize("typed", ["1.234,56", "1234,56", "1234.56", "R$ 1.234,56"])
def test_an_amount_is_understood_however_typed(typed: str) -> None:
    assert format.parse_number(typed) == Decimal("1234.56")


@pytest.mark.parametrize("typed", ["", "abc", "1,2,3", "12a", "--1", "1.2.3"])
def test_what_is_no_number_is_none(typed: str) -> None:
    assert format.parse_number(typed) is None


@given(st.decimals(min_value=-10_000_000, max_value=10_000_000, places=2))
def test_an_amount_survives_being_shown_and_read(amount: Decimal) -> None:
    assert format.parse_number(format.reais(amount)) == amount


@pytest.mark.parametrize("typed", ["15/07/2026", "15/7/26", "15072026", "15-07-2026"])
def test_a_day_is_understood_however_typed(typed: str) -> None:
    assert format.parse_day(typed) == date(2026, 7, 15)


@pytest.mark.parametrize("typed", ["31/02/2026", "15/13/2026", "ontem", "1507"])
def test_what_is_no_day_is_none(typed: str) -> None:
    assert format.parse_day(typed) is None


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("50000k/100000k", "100 / 50 Mbps"),
        ("10M/20M", "20 / 10 Mbps"),
        ("0/0", "sem limite"),
        ("128k/1000k", "1 Mbps / 128 kbps"),
        ("10M/20M 30M/40M", "10M/20M 30M/40M"),
    ],
)
def test_speed_as_routers_write_it(told: str, said: str) -> None:
    assert format.told_rate(told) == said
