"""What a capability contributes to the windows of the shell: pages of a customer, pages of the settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from desk.ui.core.desk import Desk


class CustomerPageWidget(Protocol):
    """What the customer's window asks of a page besides being a widget; both are optional to override."""

    def commands(self) -> list[QWidget]:
        """Buttons that stand at the right of the tab row while the page is in front."""

    def enter(self) -> None:
        """Put the focus where the next key goes."""


@dataclass(frozen=True, kw_only=True)
class CustomerPage:
    """One of the areas of a customer: Cadastro, Planos, Histórico."""

    id: str
    label: str  # with the mnemonic of ui.md 6, such as "&Planos"
    order: int
    build: Callable[[Desk, int], QWidget]


@dataclass(frozen=True, kw_only=True)
class SettingsPage:
    """One page of the Painel de Configurações."""

    id: str
    label: str
    icon: str
    order: int
    build: Callable[[Desk], QWidget]
    command: type | None = None  # what saving sends; whoever lacks its permission sees the entry grey, with the reason
