"""What can be ordered of IPs, and what comes back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from desk.models.ips import Encryption
from desk.services.core.bus import Command


@dataclass(frozen=True)
class MacEntry:
    """A MAC and the equipment it belongs to."""

    mac: str
    equipment: str = ""


@dataclass(frozen=True)
class IpSaved:
    """An IP as it is now."""

    ip_id: int
    plan_id: int
    address: str
    version: int


@dataclass(frozen=True)
class IpReserved:
    """An address that is this dialog's while it renews it."""

    address: str
    prefix: int
    block: str
    network: str  # of the range; empty where no range has it
    gateway: str


@dataclass(frozen=True)
class CodeShown:
    """The code of a radio, for the screen only."""

    ip_id: int
    code: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class IpDraft:
    """What the dialog Novo Nº de IP do Cliente holds."""

    address: str
    prefix: int
    access_point_id: int | None = None
    login_id: int | None = None
    description: str = ""
    macs: tuple[MacEntry, ...] = ()
    encryption: Encryption = Encryption.NONE
    code: str | None = field(default=None, repr=False)  # None: as it is stored
    down_kbps: int | None = None  # None: the plan's speed
    up_kbps: int | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CreateIp(Command[IpSaved]):
    """Cadastrar Novo IP."""

    plan_id: int
    draft: IpDraft
    token: uuid.UUID | None = None
    confirmed: bool = False


@dataclass(frozen=True, kw_only=True)
class EditIp(Command[IpSaved]):
    """Change an IP of a plan."""

    ip_id: int
    version: int
    draft: IpDraft
    token: uuid.UUID | None = None
    confirmed: bool = False


@dataclass(frozen=True, kw_only=True)
class DeleteIp(Command[IpSaved]):
    """Apagar IP: the address is free with the commit, and remembered."""

    ip_id: int
    version: int


@dataclass(frozen=True, kw_only=True)
class ReserveIp(Command[IpReserved]):
    """IP Secundário Automático: the next free one of the access point; with `beyond` the one after that."""

    access_point_id: int
    token: uuid.UUID
    version: int = 4
    beyond: str | None = None


@dataclass(frozen=True, kw_only=True)
class HoldIp(Command[IpReserved]):
    """Reserve the address that was typed; IpTaken says who has it."""

    address: str
    prefix: int
    token: uuid.UUID
    but: int | None = None  # the IP being edited


@dataclass(frozen=True, kw_only=True)
class RenewIp(Command[bool]):
    """The dialog is still open. False: the reservation is gone."""

    token: uuid.UUID


@dataclass(frozen=True, kw_only=True)
class ReleaseIp(Command[bool]):
    """The dialog was closed without saving."""

    token: uuid.UUID


@dataclass(frozen=True, kw_only=True)
class RevealCode(Command[CodeShown]):
    """Show the code of WPA2; the look is committed before the answer."""

    ip_id: int
