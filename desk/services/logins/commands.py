"""What can be ordered of Radius logins, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass, field

from desk.services.core.bus import Command


@dataclass(frozen=True)
class LoginSaved:
    """A login as it is now."""

    login_id: int
    plan_id: int
    login: str
    version: int


@dataclass(frozen=True)
class PasswordShown:
    """The password, for the screen only."""

    login_id: int
    password: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class CreateLogin(Command[LoginSaved]):
    """Cadastrar Login de Radius."""

    plan_id: int
    login: str
    password: str = field(repr=False)
    fixed_ip: str = ""
    mac_lock: str = ""


@dataclass(frozen=True, kw_only=True)
class EditLogin(Command[LoginSaved]):
    """Cadastro de Login de Acesso, without the password."""

    login_id: int
    version: int
    login: str
    fixed_ip: str = ""
    mac_lock: str = ""


@dataclass(frozen=True, kw_only=True)
class ChangePassword(Command[LoginSaved]):
    """Alterar Senha de Autenticação."""

    login_id: int
    password: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class DeleteLogin(Command[LoginSaved]):
    """Apagar o Login de Autenticação (RA-20)."""

    login_id: int
    version: int


@dataclass(frozen=True, kw_only=True)
class RevealPassword(Command[PasswordShown]):
    """Show the password to who holds `Ver Senha Login Radius`; the look is committed before the answer."""

    login_id: int
    reason: str = "consulta no balcão"
