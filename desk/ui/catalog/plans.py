"""Planos e Serviços: the list of products and its editor (domain 6.15)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from desk.services.catalog import (
    LIMITS,
    CatalogPlanRow,
    CatalogPlans,
    ListRow,
    Lists,
    PlanKind,
    SaveCatalogPlan,
    SaveListRow,
    SmallList,
)
from desk.ui.catalog.lists import SmallListDialog
from desk.ui.core import format
from desk.ui.core.cards import hairline
from desk.ui.core.composition import Composition
from desk.ui.core.desk import Desk
from desk.ui.core.fields import TextField, YesNoField
from desk.ui.core.inputs import Choice, ComboField, IntField, MoneyField
from desk.ui.core.labels import Label, icon_button
from desk.ui.core.list_page import ListPage
from desk.ui.core.saving import SaveDialog, text_of
from desk.ui.core.table import Column

KINDS = (
    Choice(PlanKind.INTERNET, "Internet"),
    Choice(PlanKind.TV, "TV"),
    Choice(PlanKind.VOICE, "Voz"),
    Choice(PlanKind.HOSTING, "Hospedagem"),
)
NUMBERS = ("trial_days", "login_limit", "down_kbps", "up_kbps")
FLAGS = (
    *("active", "requires_authorization", "allows_circuit", "allows_tv", "prints_booklet"),
    "allows_speed_restore",
    *("bills_when_debt_suspended", "allows_login", "allows_ip"),
)
HEARD = ("down_kbps", "up_kbps", "radius_profile", "simultaneous_use")
_FRESH: dict[str, Any] = {
    "kind": PlanKind.INTERNET,
    "active": True,
    "allows_login": True,
    "allows_ip": True,
    "login_limit": 1,
    "simultaneous_use": 1,
}


class CatalogPlansPage(ListPage):
    """Everything that can be sold."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk,
            name="catalog_plans",
            topic="catalog",
            columns=[
                Column(head="Nome", text=lambda p: p.name, strong=True, stretch=True),
                Column(head="Grupo de Serviço", text=lambda p: p.group, width=150),
                Column(
                    head="Valor", text=lambda p: format.money(p.price), sort=lambda p: p.price, right=True, width=90
                ),
                Column(head="Velocidade", text=_speed, sort=lambda p: p.down_kbps, width=146),
                Column(head="Planos", text=lambda p: str(p.plans), sort=lambda p: p.plans, right=True, width=72),
                Column(head="Ativo", text=lambda p: format.yes_no(p.active), width=64),
            ],
            ask=CatalogPlans,
            edit=self.edit,
            save=SaveCatalogPlan,
            empty=("package", "Nenhum plano no catálogo", "Cadastre o que o provedor vende."),
            note="O que se vende. Planos já contratados ficam com o valor que têm.",
        )

    def edit(self, plan: CatalogPlanRow | None) -> None:
        """Open a product, or an empty one."""
        CatalogPlanDialog(self._desk, plan, self).open()


def _speed(plan: CatalogPlanRow) -> str:
    return format.rates(plan.down_kbps, plan.up_kbps) if plan.down_kbps else "—"


class CatalogPlanDialog(SaveDialog):
    """Cadastro, Radius, Taxa, units, and the parts that must add up to the value."""

    def __init__(self, desk: Desk, plan: CatalogPlanRow | None, parent: QWidget) -> None:
        super().__init__(desk, "Novo Plano do Catálogo" if plan is None else "Plano do Catálogo", parent)
        self._plan = plan
        self._cadastro()
        self._radius()
        self._units_section()
        self.body.addWidget(hairline())
        self.body.addWidget(Label("Composição dos Planos", "section"))
        self.composition = Composition(plan.composition if plan else ())
        self.composition.changed.connect(self.fit)
        self.body.addWidget(self.composition)
        names = [name for form in self.forms for name in form.fields if name != "service_group_id"]
        self.begin({name: getattr(plan, name) for name in names} if plan else _FRESH, plan.name if plan else "")
        plain = self.is_dirty
        self.is_dirty = lambda: plain() or self.composition.dirty or self._units_dirty()
        self.form.changed.connect(lambda _: self.composition.set_price(self.form.draft["price"]))
        self.composition.set_price(self.form.draft["price"])
        self._tell_speeds("")
        self.command = self._save
        desk.ask(Lists(SmallList.GROUPS), owner=self, done=self._groups)
        desk.ask(Lists(SmallList.UNITS), owner=self, done=self._units)

    def _cadastro(self) -> None:
        form = self.form
        form.add(TextField("name", "Nome", mandatory=True, limit=80), span=2)
        form.add(ComboField("kind", "Tipo", KINDS, mandatory=True))
        self._group = form.add(ComboField("service_group_id", "Grupo de Serviço", (), mandatory=True))
        new = icon_button("plus", "Novo Grupo de Serviço", self._new_group)
        new.setEnabled(self.desk.may(SaveListRow))
        self._group.line.addWidget(new)
        form.add(MoneyField("price", "Valor", mandatory=True))
        form.add(MoneyField("installation_fee", "Taxa de Instalação"))
        form.add(YesNoField("active", "Ativo"))
        form.add(YesNoField("requires_authorization", "Autorização", sentence="Plano novo espera quem autorize."))
        form.add(YesNoField("allows_circuit", "Permite Circuito"))
        form.add(YesNoField("allows_tv", "Permite a Criação de Planos de TV"))
        form.add(YesNoField("allows_speed_restore", "Permite Restabelecer Velocidade Provisória"))
        form.add(YesNoField("prints_booklet", "Emite Carnê"))
        long = form.add(YesNoField("bills_when_debt_suspended", "Gerar Faturamento para Planos Suspensos Por Débito"))
        long.words.setWordWrap(True)
        form.add(IntField("trial_days", "Dias para experimentar", width=72, high=LIMITS["trial_days"][1]))

    def _radius(self) -> None:
        form = self.radius = self.section("Radius")
        form.add(YesNoField("allows_login", "O Serviço Suporta Autenticação"))
        form.add(YesNoField("allows_ip", "Permite IP"))
        form.add(IntField("login_limit", "Logins incluídos", width=72, high=LIMITS["login_limit"][1]))
        form.add(IntField("down_kbps", "Download (kbps)", width=112, high=LIMITS["down_kbps"][1]))
        form.add(IntField("up_kbps", "Upload (kbps)", width=112, high=LIMITS["up_kbps"][1]))
        form.add(TextField("radius_profile", "Perfil", code=True, limit=60, hint="Vazio: default"))
        form.add(IntField("simultaneous_use", "Conexões ao mesmo tempo", mandatory=True, width=72, low=1, high=99))
        most = LIMITS["allowance_gb"][1]
        form.add(IntField("allowance_gb", "Franquia (GB)", hint="Vazio: sem franquia", width=112, low=1, high=most))
        form.changed.connect(self._tell_speeds)
        if self._plan is not None:
            self.tell_network(SaveCatalogPlan, HEARD)

    def _tell_speeds(self, name: str) -> None:
        for each in ("down_kbps", "up_kbps"):
            value = self.radius.draft[each]
            self.radius[each].set_hint(f"= {format.rate(value)}" if value else "0: sem limite")
        for each in ("login_limit", "down_kbps", "up_kbps", "radius_profile", "simultaneous_use", "allowance_gb"):
            self.radius[each].setEnabled(bool(self.radius.draft["allows_login"]))

    def _units_section(self) -> None:
        self.body.addWidget(hairline())
        self.body.addWidget(Label("Unidades de Negócios que vendem este plano", "section"))
        self.units: dict[int, QCheckBox] = {}
        self._unit_grid = QGridLayout()
        self._unit_grid.setHorizontalSpacing(16)
        self._no_units = Label("Nenhuma unidade cadastrada ainda.", "caption", "text2")
        self.body.addWidget(self._no_units)
        self.body.addLayout(self._unit_grid)

    def _groups(self, rows: list[ListRow]) -> None:
        self._group.set_choices([Choice(group.id, group.name) for group in rows])
        fresh = rows[0].id if rows else None
        self.form.set("service_group_id", self._plan.service_group_id if self._plan else fresh)
        self.form.settle()

    def _new_group(self) -> None:
        dialog = SmallListDialog(self.desk, SmallList.GROUPS, None, self)
        dialog.saved = lambda made: self.desk.ask(
            Lists(SmallList.GROUPS), owner=self, done=lambda rows: self._take_group(rows, made)
        )
        dialog.open()

    def _take_group(self, rows: list[ListRow], made: int) -> None:
        self._group.set_choices([Choice(group.id, group.name) for group in rows])
        self.form.set("service_group_id", made)

    def _units(self, rows: list[ListRow]) -> None:
        self._no_units.setVisible(not rows)
        for at, unit in enumerate(rows):
            box = QCheckBox(unit.name)
            box.setChecked(self._plan is None or unit.id in self._plan.unit_ids)
            self.units[unit.id] = box
            self._unit_grid.addWidget(box, at // 3, at % 3)
        self._units_first = self._unit_ids
        self.fit()

    @property
    def _unit_ids(self) -> tuple[int, ...]:
        return tuple(sorted(unit_id for unit_id, box in self.units.items() if box.isChecked()))

    def _units_dirty(self) -> bool:
        return bool(self.units) and self._unit_ids != self._units_first

    def ready(self) -> bool:
        """The fields, then the parts and their sum."""
        fields, parts = super().ready(), self.composition.ready()
        if fields and not parts:
            self.set_footer("A composição não soma o valor", tone="bad", icon="warning-circle-fill")
        return fields and parts

    def _save(self, draft: dict[str, Any]) -> SaveCatalogPlan:
        plan = self._plan
        rest: dict[str, Any] = {name: draft[name] or 0 for name in NUMBERS}
        rest |= {name: bool(draft[name]) for name in FLAGS}
        return SaveCatalogPlan(
            id=plan.id if plan else None,
            version=plan.version if plan else 0,
            name=text_of(draft["name"]),
            kind=draft["kind"],
            service_group_id=draft["service_group_id"],
            price=draft["price"],
            installation_fee=draft["installation_fee"] or Decimal(0),
            radius_profile=text_of(draft["radius_profile"]),
            allowance_gb=draft["allowance_gb"],
            simultaneous_use=draft["simultaneous_use"] or 1,
            unit_ids=self._unit_ids if self.units else plan.unit_ids if plan else (),
            composition=self.composition.parts,
            seen_unit_ids=plan.unit_ids if plan else (),
            seen_composition=plan.composition if plan else (),
            **rest,
        )
