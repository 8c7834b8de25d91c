"""What a router holds against what it should, line by line as the router tells it. Pure but for the counting.

Whether a line is right is decided by the same `plan` that a delivery acts on; here its differences get a name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from desk.integrations.routeros.lines import words
from desk.integrations.routeros.port import (
    LineMenu,
    PppActive,
    PppSecret,
    RouterLine,
    flag,
    line_fields,
    marked_ip,
    marked_login,
    stale_line,
)
from desk.services.drift.findings import Drift, DriftKind, FieldDrift, Findings, Way
from desk.services.ips import network as ips
from desk.services.ips.wanted import IpAtRouter
from desk.services.logins import network as logins
from desk.services.logins.reconcile import LoginAtRouter

SECRET, ACTIVE = "/ppp/secret", "/ppp/active"
HIDDEN = "•••"
NAME_LIMIT = 64  # of a login; a longer name is none of ours


@dataclass
class Digests:
    """What the router holds as passwords, as digests that are of no use after this look."""

    nonce: bytes
    of: dict[int, bytes] = field(default_factory=dict, repr=False)

    def take(self, login_id: int, password: str) -> None:
        """Only the digest is kept."""
        self.of[login_id] = hashlib.sha256(self.nonce + password.encode()).digest()


def compare_secrets(
    found: Iterable[PppSecret], wanted: Mapping[int, LoginAtRouter], findings: Findings, digests: Digests | None
) -> None:
    """Secrets: of a router that keeps none, every one of ours is too many."""
    targets = {number: at.wanted.secret for number, at in wanted.items() if at.wanted.local_secrets}
    by_name = {target.name: number for number, target in targets.items() if target is not None}
    seen: set[int] = set()
    taken: set[int] = set()
    for secret in found:
        findings.compared += 1
        owner = marked_login(secret.comment)
        if owner is None:
            if secret.name in by_name:
                taken.add(by_name[secret.name])
            findings.foreign_line(SECRET, secret.name, _secret_text(secret), secret.id)
            continue
        target = targets.get(owner)
        if target is None or secret.name != target.name or owner in seen:
            why = "duplicate" if target is not None else "unwanted" if owner in wanted else ""
            findings.add(_extra_secret(findings.router_id, owner, secret, why))
            continue
        seen.add(owner)
        if digests is not None and not target.disabled and secret.password is not None:
            digests.take(owner, secret.password)
        if logins.plan(wanted[owner].wanted, logins.FoundLogin((secret,))):
            findings.add(_changed_secret(findings.router_id, wanted[owner], secret, target))
    for number, target in targets.items():
        if target is not None and number not in seen:
            findings.add(_missing_secret(findings.router_id, wanted[number], target, taken=number in taken))


def _extra_secret(router_id: int, owner: int, secret: PppSecret, why: str) -> Drift:
    return Drift(
        router_id,
        DriftKind.EXTRA,
        SECRET,
        secret.name,
        (FieldDrift("", "", _secret_text(secret)),),
        why,
        Way.LEFT_LOGIN,
        owner,
        secret.id,
        (f"{SECRET}/remove =.id={secret.id}",),
    )


def _changed_secret(router_id: int, at: LoginAtRouter, secret: PppSecret, target: PppSecret) -> Drift:
    values = (
        ("profile", target.profile, secret.profile),
        ("disabled", flag(target.disabled), flag(secret.disabled)),
        ("remote-address", target.remote_address or "", secret.remote_address or ""),
    )
    fields = tuple(FieldDrift(name, want, have) for name, want, have in values if want != have)
    # What the delivery sets beside it, without its being a difference that matters.
    service = [] if secret.service == target.service else [("service", target.service)]
    stale = dict([*((each.name, each.wanted) for each in fields if each.wanted), *service])
    sends = [f"{SECRET}/set =.id={secret.id} {' '.join(words(stale))}"] if stale else []
    if target.remote_address is None and secret.remote_address:
        sends.append(f"{SECRET}/unset =.id={secret.id} =value-name=remote-address")
    return _of_login(router_id, DriftKind.DIFFERS, at, fields, sends, line_id=secret.id)


def _missing_secret(router_id: int, at: LoginAtRouter, target: PppSecret, *, taken: bool) -> Drift:
    parts = {"name": target.name, "profile": target.profile, "disabled": flag(target.disabled)}
    parts |= {"service": target.service, "comment": target.comment}
    if target.remote_address is not None:
        parts["remote-address"] = target.remote_address
    if not target.disabled:
        parts["password"] = HIDDEN
    sends = [f"{SECRET}/add {' '.join(words(parts))}"]
    fields = (FieldDrift("", _secret_text(target), ""),)
    missing = _of_login(router_id, DriftKind.MISSING, at, fields, sends)
    # A line of somebody else has the name: the delivery would be refused, and nothing of theirs is touched.
    return replace(missing, why="name_taken", way=None, sends=()) if taken else missing


def wrong_password(router_id: int, at: LoginAtRouter, known: Drift | None) -> Drift:
    """The same difference with one field more, or a new one; which passwords they are is nobody's to see."""
    sends = f"{SECRET}/set =password={HIDDEN}"
    one = FieldDrift("password", HIDDEN, HIDDEN)
    if known is not None:
        return replace(known, fields=(*known.fields, one), sends=(*known.sends, sends))
    return _of_login(router_id, DriftKind.DIFFERS, at, (one,), [sends])


def _of_login(
    router_id: int,
    kind: DriftKind,
    at: LoginAtRouter,
    fields: tuple[FieldDrift, ...],
    sends: list[str],
    line_id: str = "",
) -> Drift:
    return Drift(
        router_id,
        kind,
        SECRET,
        at.wanted.login,
        fields,
        way=Way.LOGIN,
        owner=at.wanted.id,
        line_id=line_id,
        sends=tuple(sends),
        owed=at.owed,
        customer_id=at.customer_id,
    )


def compare_sessions(
    found: Iterable[PppActive], wanted: Mapping[int, LoginAtRouter], findings: Findings
) -> dict[str, PppActive]:
    """Connections of logins that belong here; answers those of names that do not, for somebody who knows more."""
    by_name = {at.wanted.login.lower(): at for at in wanted.values()}
    others: dict[str, PppActive] = {}
    for active in found:
        findings.compared += 1
        at = by_name.get(active.name.lower())
        if at is None and len(active.name) > NAME_LIMIT:
            findings.foreign_line(ACTIVE, active.name, active.address, active.id)
        elif at is None:
            others[active.name] = active
        elif not at.wanted.allowed:
            findings.add(extra_session(findings.router_id, at.wanted.id, active, "blocked", at.customer_id))
    return others


def extra_session(router_id: int, login_id: int, active: PppActive, why: str, customer_id: int | None) -> Drift:
    """A connection that should have ended."""
    return Drift(
        router_id,
        DriftKind.EXTRA,
        ACTIVE,
        active.name,
        (FieldDrift("", "", " ".join(part for part in (active.address, active.caller_id) if part)),),
        why,
        Way.LEFT_SESSION,
        login_id,
        active.id,
        (f"{ACTIVE}/remove =.id={active.id}",),
        customer_id=customer_id,
    )


def compare_lines(
    menu: LineMenu, found: Iterable[RouterLine], wanted: Mapping[int, IpAtRouter], findings: Findings
) -> None:
    """One menu: lines that are right are forgotten at once, so that what stays in memory are the differences."""
    left = {number: lines for number, at in wanted.items() if (lines := _lines(at, menu))}
    odd: dict[int, list[RouterLine]] = {}
    for line in found:
        findings.compared += 1
        owner = marked_ip(line.comment)
        if owner is None:
            findings.foreign_line(menu, _thing(line), ips.shown(line), line.id)
        elif owner not in wanted:
            findings.add(_extra_line(findings.router_id, owner, line, ""))
        elif (same := _same(line, left.get(owner, []))) is not None:
            left[owner].remove(same)
        else:
            odd.setdefault(owner, []).append(line)
    for number in {**odd, **{number: None for number, lines in left.items() if lines}}:
        at = wanted[number]
        # Those that are right have been forgotten: they are what is wanted and not missing.
        right = [line for line in _lines(at, menu) if line not in left.get(number, [])]
        for difference in ips.plan(at.wanted, [*right, *odd.get(number, [])]):
            if difference.menu is menu:
                findings.add(_of_ip(findings.router_id, at, difference))


def _lines(at: IpAtRouter, menu: LineMenu) -> list[RouterLine]:
    return [line for line in at.wanted.lines if line.menu is menu]


def _same(line: RouterLine, targets: Iterable[RouterLine]) -> RouterLine | None:
    return next((t for t in targets if dict(t.fields) == dict(line.fields) and t.disabled == line.disabled), None)


def _of_ip(router_id: int, at: IpAtRouter, difference: ips.Difference) -> Drift:
    before, after = difference.before, difference.after
    if after is None:
        assert before is not None
        extra = _extra_line(router_id, at.wanted.id, before, "unwanted")
        return replace(extra, customer_id=at.customer_id)
    sent = " ".join(words(line_fields(after) if before is None else stale_line(before, after)))
    return Drift(
        router_id,
        DriftKind.MISSING if before is None else DriftKind.DIFFERS,
        after.menu,
        _thing(after),
        (FieldDrift("", ips.shown(after), ""),) if before is None else tuple(_fields(before, after)),
        way=Way.IP,
        owner=at.wanted.id,
        line_id="" if before is None else before.id,
        sends=(f"{after.menu}/add {sent}" if before is None else f"{after.menu}/set =.id={before.id} {sent}",),
        owed=at.owed,
        customer_id=at.customer_id,
    )


def _fields(before: RouterLine, after: RouterLine) -> Iterator[FieldDrift]:
    for name, value in after.fields.items():
        if before.fields.get(name, "") != value:
            yield FieldDrift(name, value, before.fields.get(name, ""))
    if before.disabled != after.disabled:
        yield FieldDrift("disabled", flag(after.disabled), flag(before.disabled))


def _extra_line(router_id: int, owner: int, line: RouterLine, why: str) -> Drift:
    return Drift(
        router_id,
        DriftKind.EXTRA,
        line.menu,
        _thing(line),
        (FieldDrift("", "", ips.shown(line)),),
        why,
        Way.LEFT_IP,
        owner,
        line.id,
        (f"{line.menu}/remove =.id={line.id}",),
    )


def _thing(line: RouterLine) -> str:
    return line.fields.get("address") or line.fields.get("name") or line.fields.get("target", "")


def _secret_text(secret: PppSecret) -> str:
    off = " (desligado)" if secret.disabled else ""
    return f"{secret.profile}{f' {secret.remote_address}' if secret.remote_address else ''}{off}"
