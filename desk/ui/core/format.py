"""How money, dates, documents, phones, rates and times read in Portuguese, and back."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from desk.ui.core.language import LOCALE as LOCALE

MINUS = "−"  # a true minus is as wide as a digit
_SWAP = str.maketrans({",": ".", ".": ",", "-": MINUS})


def number(value: Decimal | int | float, decimals: int = 0) -> str:
    """A number with Brazilian separators."""
    return f"{value:,.{decimals}f}".translate(_SWAP)


def money(value: Decimal) -> str:
    """An amount without the currency, as lists show it: 1.234,56."""
    return number(value, 2)


def reais(value: Decimal) -> str:
    """An amount with the currency, for totals: R$ 1.234,56."""
    return f"{MINUS if value < 0 else ''}R$ {number(abs(value), 2)}"


def parse_number(text: str) -> Decimal | None:
    """The number somebody typed, with comma or without; None when it is none."""
    plain = text.replace("R$", "").replace("%", "").replace(MINUS, "-").replace(" ", "").replace("\u00a0", "")
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"-?\d{1,3}(\.\d{3})+", plain):
        plain = plain.replace(".", "")
    if not re.fullmatch(r"-?\d+(\.\d+)?", plain):
        return None
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def percent(value: Decimal) -> str:
    """A percentage with as many decimals as it has: 2,5 %."""
    plain = f"{value.normalize():f}"
    whole, _, rest = plain.partition(".")
    return f"{number(Decimal(whole))}{',' + rest if rest else ''} %"


def day(value: date | None) -> str:
    """dd/mm/aaaa, or nothing."""
    return value.strftime("%d/%m/%Y") if value is not None else ""


def short_day(value: date) -> str:
    """dd/mm, where the year is clear."""
    return value.strftime("%d/%m")


def moment(value: datetime | None, *, seconds: bool = False) -> str:
    """Day and time of this computer's zone."""
    if value is None:
        return ""
    local = value.astimezone() if value.tzinfo is not None else value
    return local.strftime("%d/%m/%Y %H:%M:%S" if seconds else "%d/%m/%Y %H:%M")


def clock(value: datetime | time, *, seconds: bool = False) -> str:
    """The time of day."""
    local = value.astimezone() if isinstance(value, datetime) and value.tzinfo is not None else value
    return local.strftime("%H:%M:%S" if seconds else "%H:%M")


def parse_day(text: str) -> date | None:
    """The date somebody typed: 15/07/2026, 15/7/26, 15072026 or 15/07 of this year."""
    found = re.fullmatch(r"(\d{1,2})[/.\-](\d{1,2})(?:[/.\-](\d{2}|\d{4}))?", text.strip())
    if found is None:
        found = re.fullmatch(r"(\d{2})(\d{2})(\d{2}|\d{4})", text.strip())
    if found is None:
        return None
    year = int(found[3]) if found[3] else date.today().year
    try:
        return date(year + 2000 if year < 100 else year, int(found[2]), int(found[1]))
    except ValueError:
        return None


def _bare(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", text).upper()


def document(text: str) -> str:
    """A CPF or CNPJ with its punctuation; the new CNPJ may hold letters."""
    bare = _bare(text)
    if len(bare) == 11 and bare.isdigit():
        return f"{bare[:3]}.{bare[3:6]}.{bare[6:9]}-{bare[9:]}"
    if len(bare) == 14:
        return f"{bare[:2]}.{bare[2:5]}.{bare[5:8]}/{bare[8:12]}-{bare[12:]}"
    return text


def document_kind(text: str) -> str:
    """CPF or CNPJ, by length."""
    return "CNPJ" if len(_bare(text)) == 14 else "CPF"


def masked_document(text: str) -> str:
    """As much of a CPF or CNPJ as may stand open on a screen."""
    bare = _bare(text)
    if len(bare) == 14:
        return f"{bare[:2]}.***.***/{bare[8:12]}-**"
    if len(bare) == 11:
        return f"***.{bare[3:6]}.{bare[6:9]}-**"
    return "***"


def phone(text: str) -> str:
    """A phone number as Brazilians write it; foreign ones with their country's code."""
    import phonenumbers  # here, since it loads its tables, and no window needs them to open

    try:
        found = phonenumbers.parse(text, "BR")
    except phonenumbers.NumberParseException:
        return text
    if not phonenumbers.is_possible_number(found):
        return text
    home = found.country_code == 55
    kind = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(found, kind)


def cep(text: str) -> str:
    """A postal code with its dash."""
    bare = _bare(text)
    return f"{bare[:5]}-{bare[5:]}" if len(bare) == 8 and bare.isdigit() else text


def mac(text: str) -> str:
    """A MAC address as AA:BB:CC:DD:EE:FF."""
    bare = _bare(text)
    return ":".join(bare[at : at + 2] for at in range(0, 12, 2)) if len(bare) == 12 else text


def rate(kbps: int) -> str:
    """A speed in the unit people say: 500 Mbps."""
    if kbps >= 1_000_000 and kbps % 100_000 == 0:
        return f"{_short(Decimal(kbps) / 1_000_000)} Gbps"
    return f"{_short(Decimal(kbps) / 1_000)} Mbps" if kbps >= 1_000 else f"{kbps} kbps"


def rates(down: int, up: int) -> str:
    """Download and upload together: 500 / 250 Mbps."""
    one, two = rate(down), rate(up)
    value, unit = one.rsplit(" ", 1)
    return f"{value} / {two}" if two.endswith(f" {unit}") else f"{one} / {two}"


def told_rate(text: str) -> str:
    """A speed as routers write it, upload first (50000k/100000k), as people say it: 100 / 50 Mbps."""
    found = re.fullmatch(r"(\d+)([kM]?)/(\d+)([kM]?)", text)
    if found is None:
        return text
    scale = {"": Decimal(1) / 1000, "k": Decimal(1), "M": Decimal(1000)}
    up, down = (int(int(found[at]) * scale[found[at + 1]]) for at in (1, 3))
    return rates(down, up) if up or down else "sem limite"


def size(count: int) -> str:
    """An amount of data in the unit people say: 1,2 GB."""
    value = Decimal(count)
    for unit in ("B", "kB", "MB", "GB"):
        if abs(value) < 1000:
            return f"{number(value) if unit in ('B', 'kB') else _short(value)} {unit}"
        value /= 1000
    return f"{_short(value)} TB"


def _short(value: Decimal) -> str:
    plain = number(value, 1)
    return plain.removesuffix(",0")


def lasting(value: timedelta) -> str:
    """How long something took or has lasted, in the two largest units: 3 d 4 h."""
    seconds = max(0, int(value.total_seconds()))
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, seconds = divmod(rest, 60)
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min" if minutes else f"{seconds} s"


def countdown(seconds: int) -> str:
    """Time left as m:ss."""
    return f"{max(0, seconds) // 60}:{max(0, seconds) % 60:02d}"


def yes_no(value: bool) -> str:
    """Sim or Não."""
    return "Sim" if value else "Não"


def count(amount: int, one: str, many: str) -> str:
    """A number with its noun: 1 plano, 3 planos."""
    return f"{number(amount)} {one if amount == 1 else many}"


def folded(text: str) -> str:
    """Lower case without accents, as what is typed and what it looks for are compared."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
