"""Opções do IP: the switches of the last tab of Novo Nº de IP do Cliente."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from desk.services.access_points import IpEffect, IpOptionRow, IpOptions, SaveIpOption
from desk.ui.core.desk import Desk
from desk.ui.core.fields import TextField, YesNoField
from desk.ui.core.format import yes_no
from desk.ui.core.inputs import Choice, ComboField, IntField
from desk.ui.core.list_page import ListPage
from desk.ui.core.saving import SaveDialog, text_of
from desk.ui.core.table import Column

# What each IP that has the switch on is owed again for; its other fields change nothing on a router.
HEARD = ("effect", "address_list", "active")


class IpOptionsPage(ListPage):
    """All switches with what each does."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk,
            name="ip_options",
            topic="access_points",
            columns=[
                Column(head="Opção", text=lambda o: o.label, strong=True, width=190),
                Column(head="O que faz", text=effect_text, stretch=True),
                Column(head="De início", text=lambda o: yes_no(o.default_on), width=80),
                Column(head="Em uso", text=lambda o: str(o.used), sort=lambda o: o.used, right=True, width=70),
                Column(head="Ativa", text=lambda o: yes_no(o.active), width=64),
            ],
            ask=IpOptions,
            edit=self.edit,
            save=SaveIpOption,
            empty=("sliders-horizontal", "Nenhuma opção", "Cadastre o que se pode ligar em cada IP."),
            key=lambda option: option.code,
            note="As chaves da aba Opções de cada IP. As de lista põem o IP numa lista de endereços do roteador.",
        )

    def edit(self, option: IpOptionRow | None) -> None:
        """Open a switch, or an empty one."""
        IpOptionDialog(self._desk, option, self).open()


def effect_text(option: IpOptionRow) -> str:
    """What it does, with the list it puts the IP on."""
    return f"{option.effect} {option.address_list}".strip()


class IpOptionDialog(SaveDialog):
    """Label, effect, list."""

    def __init__(self, desk: Desk, option: IpOptionRow | None, parent: QWidget) -> None:
        super().__init__(desk, "Nova Opção do IP" if option is None else "Opção do IP", parent)
        self._option = option
        form = self.form
        form.add(TextField("label", "Opção", mandatory=True, limit=40))
        code = form.add(TextField("code", "Código", mandatory=True, code=True, limit=20, hint="Não muda depois"))
        form.add(TextField("hint", "Explicação", limit=80), span=2)
        form.add(ComboField("effect", "O que faz", [Choice(each, str(each)) for each in IpEffect], mandatory=True))
        self._list = form.add(TextField("address_list", "Lista de endereços", code=True, limit=60))
        form.add(YesNoField("default_on", "Ligada de início"))
        form.add(YesNoField("active", "Ativa"))
        form.add(IntField("position", "Ordem", width=80, high=9999))
        if option is not None:
            self.tell_network(SaveIpOption, HEARD)
        names = ("label", "code", "hint", "effect", "address_list", "default_on", "active", "position")
        fresh: dict[str, Any] = {"active": True, "position": 100, "effect": IpEffect.LIST}
        self.begin({name: getattr(option, name) for name in names} if option else fresh, option.label if option else "")
        code.set_read_only(option is not None)
        form.changed.connect(lambda name: self._show_list())
        self._show_list()
        self.command = self._save

    def _show_list(self) -> None:
        self._list.setEnabled(self.form.draft["effect"] is IpEffect.LIST)

    def _save(self, draft: dict[str, Any]) -> SaveIpOption:
        return SaveIpOption(
            code=text_of(draft["code"]),
            new=self._option is None,
            label=text_of(draft["label"]),
            hint=text_of(draft["hint"]),
            effect=draft["effect"],
            address_list=text_of(draft["address_list"]),
            default_on=bool(draft["default_on"]),
            position=draft["position"] or 0,
            active=bool(draft["active"]),
        )
