"""What stands where a customer would be, before one is open."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desk.ui.core.cards import EmptyState
from desk.ui.core.desk import Desk


class Welcome(QWidget):
    """Says the one next step."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("surface")
        layout = QVBoxLayout(self)
        layout.addWidget(
            EmptyState(
                "magnifying-glass",
                self.tr("Nenhum cliente aberto"),
                self.tr("Digite o nome, CPF/CNPJ, código, login, telefone, MAC ou IP. Os clientes aparecem na hora."),
                act=self.tr("Pesquisar Cliente"),
                on_act=lambda: desk.run_action("program.search"),
                key="F3",
                act_icon="magnifying-glass",
            )
        )
