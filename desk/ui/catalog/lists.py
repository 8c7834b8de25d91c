"""Cidades, Unidades de Negócios, Grupos de Serviço, Formas de Pagamento: one page and one editor for all four."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from desk.services.catalog import DeleteCity, DeleteListRow, ListRow, Lists, SaveCity, SaveListRow, SmallList
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import Size
from desk.ui.core.fields import TextField, YesNoField
from desk.ui.core.format import yes_no
from desk.ui.core.inputs import Choice, ComboField, IntField
from desk.ui.core.list_page import ListPage
from desk.ui.core.saving import SaveDialog, text_of
from desk.ui.core.table import Column

_COLUMNS: dict[SmallList, list[Column]] = {
    SmallList.CITIES: [
        Column(head="UF", text=lambda r: r.state, width=60),
        Column(head="IBGE", text=lambda r: r.ibge or "—", code=True, width=110),
        Column(head="Sigla", text=lambda r: r.abbreviation or "—", code=True, width=80),
    ],
    SmallList.UNITS: [Column(head="Cidade", text=lambda r: r.city or "—", width=240)],
    SmallList.GROUPS: [],
    SmallList.METHODS: [
        Column(head="Emite Carnê", text=lambda r: yes_no(r.prints_booklet), width=110),
        Column(head="Ativa", text=lambda r: yes_no(r.active), width=80),
    ],
}
# What the list is called when it is empty, what it is for, and what one entry of it is called.
_WORDS = {
    SmallList.CITIES: ("Nenhuma cidade", "Endereços de clientes e unidades usam estas cidades.", "Cidade", "Nova"),
    SmallList.UNITS: (
        "Nenhuma unidade de negócios",
        "Cada cliente pertence a uma unidade, e cada unidade vende os seus planos.",
        "Unidade de Negócios",
        "Nova",
    ),
    SmallList.GROUPS: ("Nenhum grupo de serviço", "Reúnem os planos do catálogo.", "Grupo de Serviço", "Novo"),
    SmallList.METHODS: (
        "Nenhuma forma de pagamento",
        "Cada plano é cobrado por uma delas.",
        "Forma de Pagamento",
        "Nova",
    ),
}
_ICONS = {
    SmallList.CITIES: "map-pin",
    SmallList.UNITS: "buildings",
    SmallList.GROUPS: "stack",
    SmallList.METHODS: "money",
}


class SmallListPage(ListPage):
    """The entries of one list."""

    def __init__(self, which: SmallList, desk: Desk) -> None:
        self._which = which
        headline, purpose, _, _ = _WORDS[which]
        super().__init__(
            desk,
            name=f"lists/{which.name.lower()}",
            topic="catalog",
            columns=[Column(head="Nome", text=lambda r: r.name, strong=True, stretch=True), *_COLUMNS[which]],
            ask=partial(Lists, which),
            edit=self.edit,
            save=SaveCity if which is SmallList.CITIES else SaveListRow,
            empty=(_ICONS[which], headline, purpose),
            note=purpose,
        )

    def edit(self, found: ListRow | None) -> None:
        """Open an entry, or an empty one."""
        SmallListDialog(self._desk, self._which, found, self).open()


class SmallListDialog(SaveDialog):
    """The fields that the list has."""

    def __init__(self, desk: Desk, which: SmallList, found: ListRow | None, parent: QWidget) -> None:
        _, _, one, new = _WORDS[which]
        title = one if found is not None else f"{new} {one}"
        super().__init__(desk, title, parent, size=Size.SMALL, columns=1)
        self._which, self._found = which, found
        longest = 120 if which is SmallList.CITIES else 60
        self.form.add(TextField("name", "Nome", mandatory=True, limit=longest))
        if which is SmallList.CITIES:
            self.form.add(TextField("state", "UF", mandatory=True, limit=2, width=64))
            self.form.add(TextField("ibge", "Código IBGE", code=True, limit=7, width=112))
            circuits = "três letras; os nomes de circuitos começam com ela"
            self.form.add(TextField("abbreviation", "Sigla", code=True, limit=3, width=80, hint=circuits))
        elif which is SmallList.UNITS:
            self._city = self.form.add(ComboField("city_id", "Cidade", (), search=True))
            desk.ask(Lists(SmallList.CITIES), owner=self, done=self._cities)
        elif which is SmallList.METHODS:
            self.form.add(YesNoField("prints_booklet", "Emite Carnê"))
            self.form.add(YesNoField("active", "Ativa"))
            days = "Dias até restabelecer a velocidade de novo"
            self.form.add(IntField("speed_gap_days", days, hint="Vazio: vale a variável", width=72, high=365))
        draft = {name: getattr(found, name) for name in self.form.fields} if found else {"active": True}
        self.begin(draft, found.name if found else "")
        self.command = self._save
        if found is not None:
            order = DeleteCity(id=found.id) if which is SmallList.CITIES else DeleteListRow(which=which, id=found.id)
            what = f"Apagar “{found.name}”?"
            self.offer_delete(
                lambda: order, what, "Só o que nenhum outro cadastro usa pode ser apagado.", f"{one}: apagado"
            )

    def _cities(self, rows: list[ListRow]) -> None:
        self._city.set_choices([Choice(None, "—"), *(Choice(city.id, f"{city.name} – {city.state}") for city in rows)])
        self.form.set("city_id", self._found.city_id if self._found else None)
        self.form.settle()

    def _save(self, draft: dict[str, Any]) -> SaveListRow | SaveCity:
        entry, name = self._found.id if self._found else None, text_of(draft["name"])
        if self._which is SmallList.CITIES:
            texts = {field: text_of(draft[field]) for field in ("state", "ibge", "abbreviation")}
            return SaveCity(id=entry, name=name, **texts)
        return SaveListRow(
            which=self._which,
            id=entry,
            name=name,
            city_id=draft.get("city_id"),
            prints_booklet=bool(draft.get("prints_booklet")),
            active=bool(draft.get("active", True)),
            speed_gap_days=draft.get("speed_gap_days"),
        )
