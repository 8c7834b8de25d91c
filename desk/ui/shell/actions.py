"""What the program itself can do, wherever one is."""

from __future__ import annotations

from typing import Any

from desk.ui.core.actions import Action
from desk.ui.core.desk import Desk


def _window(method: str) -> Any:
    """Call a method of the shell, which registers itself on the desk."""

    def run(desk: Desk, row: Any) -> None:
        getattr(desk.property("shell"), method)()

    return run


ACTIONS = [
    Action(
        id="program.search",
        label="Pesquisar Cliente",
        menu="program",
        group=0,
        icon="magnifying-glass",
        shortcut="F3",
        palette="program",
        run=_window("focus_search"),
    ),
    Action(
        id="program.palette",
        label="Comandos",
        menu="program",
        group=0,
        icon="command",
        shortcut="Ctrl+K",
        run=_window("show_palette"),
    ),
    Action(
        id="program.deliveries",
        label="Entregas",
        menu="program",
        group=1,
        icon="share-network",
        shortcut="F8",
        palette="program",
        run=_window("show_deliveries"),
    ),
    Action(
        id="program.settings",
        label="Painel de Configurações",
        menu="program",
        group=2,
        icon="gear-six",
        palette="program",
        run=_window("show_settings"),
    ),
    Action(
        id="program.theme",
        label="Mudar Tema",
        menu="program",
        group=2,
        icon="circle-half",
        palette="program",
        run=_window("next_theme"),
    ),
    Action(
        id="program.shortcuts",
        label="Atalhos de Teclado",
        menu="program",
        group=3,
        icon="keyboard",
        palette="program",
        run=_window("show_shortcuts"),
    ),
    Action(
        id="program.help",
        label="Ajuda",
        menu="program",
        group=3,
        icon="question",
        shortcut="F1",
        palette="program",
        run=_window("show_help"),
    ),
    Action(
        id="program.doctor",
        label="Diagnóstico",
        menu="program",
        group=3,
        icon="heartbeat",
        palette="program",
        run=_window("show_doctor"),
    ),
    Action(
        id="program.password",
        label="Trocar Minha Senha",
        menu="program",
        group=4,
        icon="lock-key",
        palette="program",
        run=_window("change_password"),
    ),
    Action(
        id="program.sign_out",
        label="Sair",
        menu="program",
        group=4,
        icon="sign-out",
        palette="program",
        run=_window("sign_out"),
    ),
]
