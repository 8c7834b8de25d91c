"""What the network should hold of one login, and the differences to what it holds. Pure (design D5)."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from desk.integrations.routeros.port import (
    PppActive,
    PppSecret,
    loose_address,
    owner_mark,
    secret_fields,
    stale_secret,
)
from desk.services.core.sentences import FieldMove, moves


@dataclass(frozen=True)
class WantedLogin:
    """The present wanted state of a login, as the database says."""

    id: int
    login: str
    exists: bool  # not deleted
    allowed: bool
    local_secrets: bool  # the access point's router keeps /ppp/secret itself
    profile: str = "default"
    fixed_ip: str = ""
    former_names: tuple[str, ...] = ()  # before a renaming, or as the customer's router really dials it
    password: str | None = field(default=None, repr=False)
    tidy: bool = False  # the router may hold a line of ours that it should hold no longer

    @property
    def looks_at_secrets(self) -> bool:
        """Whether the router's secrets are ours to compare."""
        return self.local_secrets or self.tidy or not self.exists

    @property
    def names(self) -> tuple[str, ...]:
        """Every name the network may know it by."""
        return tuple(dict.fromkeys((self.login, *self.former_names)))

    @property
    def renamed(self) -> bool:
        """Whether a session may still run under a name that no longer exists."""
        return any(not self.is_called(name) for name in self.former_names)

    def is_called(self, name: str) -> bool:
        """RADIUS takes a login whatever the case of its letters, so must we."""
        return name.lower() == self.login.lower()

    @property
    def secret(self) -> PppSecret | None:
        """The router's line as it should be; None when there should be none."""
        if not (self.exists and self.local_secrets):
            return None
        return PppSecret(
            name=self.login,
            profile=self.profile,
            comment=owner_mark(self.id),
            disabled=not self.allowed,
            remote_address=self.fixed_ip or None,
            password=self.password if self.allowed else None,
        )


@dataclass(frozen=True)
class FoundLogin:
    """What a router holds of it."""

    secrets: tuple[PppSecret, ...] = ()
    active: tuple[PppActive, ...] = ()


class Act(enum.StrEnum):
    """What a difference asks for."""

    ADD_SECRET = "add_secret"
    CHANGE_SECRET = "change_secret"
    DROP_SECRET = "drop_secret"
    DROP_SESSION = "drop_session"


@dataclass(frozen=True)
class Difference:
    """One thing to do on the router: preview, delivery, retry and drift report all speak of these."""

    act: Act
    name: str
    before: str = ""
    after: str = ""
    fields: tuple[FieldMove, ...] = ()

    @property
    def command(self) -> str:
        """The router's own word for it."""
        return _COMMANDS[self.act]


_COMMANDS = {
    Act.ADD_SECRET: "/ppp/secret/add",
    Act.CHANGE_SECRET: "/ppp/secret/set",
    Act.DROP_SECRET: "/ppp/secret/remove",
    Act.DROP_SESSION: "/ppp/active/remove",
}


def plan(wanted: WantedLogin, found: FoundLogin) -> tuple[Difference, ...]:
    """The differences, in the order in which they are safe: first the secret, then the session that it governs."""
    differences: list[Difference] = []
    mark = owner_mark(wanted.id)
    # Where services share a name there may be two lines; ours is the one to compare.
    by_name = {secret.name: secret for secret in sorted(found.secrets, key=lambda s: (s.comment == mark, s.ours))}
    target = wanted.secret
    if target is not None:
        there = by_name.get(target.name)
        if there is None:
            told = moves({}, {"name": target.name} | secret_fields(target))
            differences.append(Difference(Act.ADD_SECRET, target.name, "", _shown(target), told))
        elif told := _told(there, target):
            differences.append(Difference(Act.CHANGE_SECRET, target.name, _shown(there), _shown(target), told))
    for name, secret in by_name.items():
        if (target is None or name != target.name) and secret.comment == mark:
            differences.append(Difference(Act.DROP_SECRET, name, _shown(secret), ""))
    for name in dict.fromkeys(session.name for session in found.active):
        if not (wanted.exists and wanted.allowed and wanted.is_called(name)):
            differences.append(Difference(Act.DROP_SESSION, name, "online", ""))
    return tuple(differences)


def _told(there: PppSecret, target: PppSecret) -> tuple[FieldMove, ...]:
    stale = stale_secret(there, target)
    has = secret_fields(there)
    before = {name: has.get(name, "") for name in stale}
    if loose_address(there, target):
        before["remote-address"] = there.remote_address or ""
    return moves(before, stale)


def _shown(secret: PppSecret) -> str:
    return f"{'disabled' if secret.disabled else 'enabled'} {secret.profile}"
