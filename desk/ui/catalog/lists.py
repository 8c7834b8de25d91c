"""Cidades, Unidades de Negócios, Grupos de Serviço, Formas de Pagamento: one page and one editor for all four."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from desk.services.catalog import ListRow, Lists, SaveListRow, SmallList
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import Size
from desk.ui.core.fields import TextField, YesNoField
from desk.ui.core.format import yes_no
from desk.ui.core.inputs import Choice, ComboField
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
        Column(head="Carnê", text=lambda r: yes_no(r.prints_booklet), width=80),
        Column(head="Ativa", text=lambda r: yes_no(r.active), width=80),
    ],
}


class SmallListPage(ListPage):
    """The entries of one list."""

    def __init__(self, which: SmallList, desk: Desk) -> None:
        self._which = which
        super().__init__(
            desk,
            name=f"lists/{which.name.lower()}",
            topic="catalog",
            columns=[Column(head="Nome", text=lambda r: r.name, strong=True, stretch=True), *_COLUMNS[which]],
            ask=partial(Lists, which),
            edit=self.edit,
            save=SaveListRow,
            empty=("list", f"{which.value}: nada ainda", "O que for cadastrado aqui aparece nas outras telas."),
        )

    def edit(self, found: ListRow | None) -> None:
        """Open an entry, or an empty one."""
        SmallListDialog(self._desk, self._which, found, self).open()


class SmallListDialog(SaveDialog):
    """The fields that the list has."""

    def __init__(self, desk: Desk, which: SmallList, found: ListRow | None, parent: QWidget) -> None:
        super().__init__(desk, which.value, parent, size=Size.SMALL, columns=1)
        self._which, self._found = which, found
        self.form.add(TextField("name", "Nome", mandatory=True, limit=60))
        if which is SmallList.CITIES:
            self.form.add(TextField("state", "UF", mandatory=True, limit=2, width=64))
            self.form.add(TextField("ibge", "Código IBGE", code=True, limit=7, width=120))
            self.form.add(TextField("abbreviation", "Sigla (3 letras)", code=True, limit=3, width=80))
        elif which is SmallList.UNITS:
            self._city = self.form.add(ComboField("city_id", "Cidade", (), search=True))
            desk.ask(Lists(SmallList.CITIES), owner=self, done=self._cities)
        elif which is SmallList.METHODS:
            self.form.add(YesNoField("prints_booklet", "Emite carnê"))
            self.form.add(YesNoField("active", "Ativa"))
        draft = {name: getattr(found, name) for name in self.form.fields} if found else {"active": True}
        self.begin(draft, found.name if found else "")
        self.command = self._save

    def _cities(self, rows: list[ListRow]) -> None:
        self._city.set_choices([Choice(None, "—"), *(Choice(city.id, f"{city.name} – {city.state}") for city in rows)])
        self.form.set("city_id", self._found.city_id if self._found else None)
        self.form.settle()

    def _save(self, draft: dict[str, Any]) -> SaveListRow:
        return SaveListRow(
            which=self._which,
            id=self._found.id if self._found else None,
            name=text_of(draft["name"]),
            state=text_of(draft.get("state")),
            ibge=text_of(draft.get("ibge")),
            abbreviation=text_of(draft.get("abbreviation")),
            city_id=draft.get("city_id"),
            prints_booklet=bool(draft.get("prints_booklet")),
            active=bool(draft.get("active", True)),
        )
