"""Radius logins: what a customer's router dials with."""

from desk.services.logins import use_cases as _use_cases  # noqa: F401  registers handlers
from desk.services.logins.commands import (
    ChangePassword,
    CreateLogin,
    DeleteLogin,
    EditLogin,
    LoginSaved,
    PasswordShown,
    RevealPassword,
)
from desk.services.logins.queries import (
    LoginForm,
    LoginInformation,
    LoginIsFree,
    LoginProperties,
    NewLoginForm,
)
from desk.services.logins.rules import check_ip, check_login, check_mac, check_password, generate_password

__all__ = [
    "ChangePassword",
    "CreateLogin",
    "DeleteLogin",
    "EditLogin",
    "LoginForm",
    "LoginInformation",
    "LoginIsFree",
    "LoginProperties",
    "LoginSaved",
    "NewLoginForm",
    "PasswordShown",
    "RevealPassword",
    "check_ip",
    "check_login",
    "check_mac",
    "check_password",
    "generate_password",
]
