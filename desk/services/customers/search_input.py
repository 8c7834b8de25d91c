"""Understands what was typed into the search field: which kinds of key it can be, and in which form each is stored."""

from __future__ import annotations

import enum
import ipaddress
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from desk.services.customers.folding import fold


class SearchKind(enum.StrEnum):
    """What is searched in; the values are the captions of the filters."""

    ALL = "Tudo"
    NAME = "Nome"
    CODE = "Código"
    DOCUMENT = "CPF/CNPJ"
    LOGIN = "Login"
    EMAIL = "E-mail"
    PHONE = "Telefone"
    MAC = "MAC"
    IP = "IP"
    CIRCUIT = "Circuito"
    DOMAIN = "Domínio"


K = SearchKind
_PREFIXES = {
    "nome": K.NAME,
    "codigo": K.CODE,
    "cod": K.CODE,
    "cpf": K.DOCUMENT,
    "cnpj": K.DOCUMENT,
    "doc": K.DOCUMENT,
    "login": K.LOGIN,
    "email": K.EMAIL,
    "e mail": K.EMAIL,
    "telefone": K.PHONE,
    "fone": K.PHONE,
    "tel": K.PHONE,
    "mac": K.MAC,
    "ip": K.IP,
    "circuito": K.CIRCUIT,
    "dominio": K.DOMAIN,
}
_PREFIX = re.compile(r"\s*([A-Za-zÀ-ÿ][A-Za-zÀ-ÿ -]*):(.*)", re.DOTALL)
_DIGITS = re.compile(r"[\d.\-/()+ ]+")
_IP = re.compile(r"(\d{1,3})(\.\d{1,3}){0,3}\.?(/\d{1,2})?")
_MAC_PAIRS = re.compile(r"[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){0,5}[:-]?")
_MAC_CISCO = re.compile(r"[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}")
_MAC_PLAIN = re.compile(r"[0-9A-Fa-f]{12}")
_SMALL_WORDS = frozenset({"da", "das", "de", "do", "dos", "e"})
_MOST_WORDS = 8
LARGEST_CODE = 2**31 - 1


Params = dict[str, str | int]


@dataclass(frozen=True)
class Asked:
    """What to look for: the kinds in which it makes sense, and the bounds of each as parameters of the statement."""

    kinds: frozenset[SearchKind] = frozenset()
    typed: str = ""
    params: Params = field(default_factory=dict, hash=False)

    @property
    def exact_address(self) -> bool:
        """A whole IP address, not the beginning of one."""
        return self.params.get("ip_low") == self.params.get("ip_high")

    @property
    def exact_mac(self) -> bool:
        """A whole MAC, not the beginning of one."""
        return self.params.get("mac_low") == self.params.get("mac_high")

    @property
    def suffix(self) -> bool:
        """Enough digits for the end of a telephone number."""
        return "phone_back" in self.params

    @property
    def substring(self) -> bool:
        """Worth a look in the middle of names, logins and mailboxes."""
        return "name_part" in self.params


def understand(text: str, kind: SearchKind = SearchKind.ALL) -> Asked:
    """Classify; `mac:`, `ip:`, `login:` and their like do what the filter does."""
    text = text.strip().replace("\x00", "")[:200]
    prefix = _PREFIX.fullmatch(text)
    if prefix and (named := _PREFIXES.get(fold(prefix[1]))):
        kind, text = named, prefix[2].strip()
    if not text:
        return Asked()
    kinds: set[SearchKind] = _by_look(text) if kind is K.ALL else {kind}
    return _with_bounds(text, kinds, asked_for_one=kind is not K.ALL)


def _by_look(text: str) -> set[SearchKind]:
    if text.startswith("@"):
        return {K.DOMAIN}
    if "@" in text:
        return {K.EMAIL, K.LOGIN}
    if address_bounds(text) and ":" in text:
        return {K.IP}
    kinds: set[SearchKind] = set()
    if _looks_like_mac(text):
        kinds.add(K.MAC)
    if _DIGITS.fullmatch(text) and re.search(r"\d", text):
        kinds |= {K.CODE, K.DOCUMENT, K.PHONE, K.LOGIN}
        if ("." in text or "/" in text) and address_bounds(text):
            kinds.add(K.IP)
        return kinds
    if K.MAC in kinds and ":" in text:
        return kinds
    kinds |= {K.NAME, K.LOGIN, K.CIRCUIT, K.EMAIL, K.DOMAIN}
    if re.search(r"\d", text) and " " not in text:
        kinds.add(K.DOCUMENT)  # the CNPJ of 2026 has letters
    return kinds


def _looks_like_mac(text: str) -> bool:
    if _MAC_CISCO.fullmatch(text) or _MAC_PLAIN.fullmatch(text):
        return True
    groups = len(re.findall("[0-9A-Fa-f]{2}", text))
    return bool(_MAC_PAIRS.fullmatch(text)) and (":" in text or ("-" in text and groups >= 3))


def _with_bounds(text: str, kinds: set[SearchKind], *, asked_for_one: bool) -> Asked:
    params: Params = {}
    kept: set[SearchKind] = set()
    for kind in kinds:
        bounds = _BOUNDS[kind](text)
        if bounds is not None:
            kept.add(kind)
            params |= bounds
    folded = fold(text)
    has_letters = re.search(r"[^\W\d_]", text) is not None
    if kept & {K.NAME, K.LOGIN, K.EMAIL} and "@" not in text and len(folded) >= 3 and (has_letters or asked_for_one):
        params["name_part"] = f"%{folded}%"
        params["login_part"] = "%" + re.sub(r"([%_\\])", r"\\\1", text.lower()) + "%"
    return Asked(frozenset(kept), text, params)


def _between(name: str, start: str) -> Params:
    """A prefix as a range: no text that begins with `start` sorts after the last character there is."""
    return {name: start, f"{name}_end": start + "\U0010ffff"}


def _name(text: str) -> Params | None:
    folded = fold(text)
    if not folded:
        return None
    words = tsquery(_words(folded))
    return _between("name", folded) | {"words": words, "words_begun": f"{words}:*"}


def _code(text: str) -> Params | None:
    code = re.sub(r"\D", "", text).lstrip("0")
    if not code or int(code) > LARGEST_CODE:
        return None
    return _between("code", code) | {"code_number": int(code)}


def _document(text: str) -> Params | None:
    document = re.sub(r"[^0-9A-Z]", "", text.upper())
    return _between("document", document) if 1 <= len(document) <= 14 else None


def _phone(text: str) -> Params | None:
    digits = re.sub(r"\D", "", text)
    phone = digits.removeprefix("55") if text.startswith("+") else digits.lstrip("0")
    if not 1 <= len(phone) <= 13:
        return None
    return _between("phone", phone) | (_between("phone_back", phone[::-1]) if len(phone) >= 4 else {})


def _domain(text: str) -> Params | None:
    host = text.lower().rpartition("@")[2]
    return _between("domain", host) if host else None


def _address(text: str) -> Params | None:
    bounds = address_bounds(text)
    return {"ip_low": bounds[0], "ip_high": bounds[1]} if bounds else None


def _mac(text: str) -> Params | None:
    bounds = mac_bounds(text)
    return {"mac_low": bounds[0], "mac_high": bounds[1]} if bounds else None


_BOUNDS: dict[SearchKind, Callable[[str], Params | None]] = {
    K.NAME: _name,
    K.CODE: _code,
    K.DOCUMENT: _document,
    K.LOGIN: lambda text: _between("login", text.lower()),
    K.EMAIL: lambda text: _between("email", text.lower()),
    K.PHONE: _phone,
    K.MAC: _mac,
    K.IP: _address,
    K.CIRCUIT: lambda text: _between("circuit", text.lower()),
    K.DOMAIN: _domain,
}


def _words(folded: str) -> list[str]:
    words = folded.split()
    return ([word for word in words if word not in _SMALL_WORDS] or words)[:_MOST_WORDS]


def words_of(text: str) -> list[str]:
    """The words of a name as they are looked for: folded, without de, da and their like."""
    return _words(fold(text))


def tsquery(words: Iterable[str]) -> str:
    """All of these words, in any order; folding left nothing in them that would need quoting."""
    return " & ".join(f"'{word}'" for word in words)


def address_bounds(text: str) -> tuple[str, str] | None:
    """The first and last address that `177.10.`, `177.10.20.0/24` or a whole address stands for."""
    try:
        if ":" in text:
            found = ipaddress.IPv6Address(text)
            return str(found), str(found)
        if not _IP.fullmatch(text):
            return None
        if "/" in text:
            network = ipaddress.IPv4Network(text, strict=False)
            return str(network[0]), str(network[-1])
        parts = text.rstrip(".").split(".")
        low = ipaddress.IPv4Address(".".join([*parts, *["0"] * (4 - len(parts))]))
        high = ipaddress.IPv4Address(".".join([*parts, *["255"] * (4 - len(parts))]))
    except ValueError:
        return None
    return str(low), str(high)


def mac_bounds(text: str) -> tuple[str, str] | None:
    """The first and last MAC that begins as typed."""
    digits = re.sub(r"[:.\- ]", "", text).lower()
    if not re.fullmatch("[0-9a-f]{2,12}", digits):
        return None
    return _as_mac(digits.ljust(12, "0")), _as_mac(digits.ljust(12, "f"))


def _as_mac(digits: str) -> str:
    return ":".join(digits[place : place + 2] for place in range(0, 12, 2))
