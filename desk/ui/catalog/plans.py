"""Planos e Serviços: the list of products and its editor (domain 6.15)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from desk.services.catalog import (
    CatalogPlanRow,
    CatalogPlans,
    CompositionDraft,
    ListRow,
    Lists,
    PlanKind,
    SaveCatalogPlan,
    ServiceClass,
    SmallList,
)
from desk.ui.core import format
from desk.ui.core.cards import Card
from desk.ui.core.desk import Desk
from desk.ui.core.fields import TextField, YesNoField
from desk.ui.core.forms import Form
from desk.ui.core.inputs import Choice, ComboField, IntField, MoneyField
from desk.ui.core.labels import Label
from desk.ui.core.list_page import ListPage
from desk.ui.core.saving import SaveDialog, text_of
from desk.ui.core.table import Column

PARTS = 4
KINDS = (
    Choice(PlanKind.INTERNET, "Internet"),
    Choice(PlanKind.TV, "TV"),
    Choice(PlanKind.VOICE, "Voz"),
    Choice(PlanKind.HOSTING, "Hospedagem"),
)
CLASSES = tuple(Choice(each, each.value) for each in ServiceClass)


class CatalogPlansPage(ListPage):
    """Everything that can be sold."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk,
            name="catalog_plans",
            topic="catalog",
            columns=[
                Column(head="Nome", text=lambda p: p.name, strong=True, stretch=True),
                Column(head="Grupo de Serviço", text=lambda p: p.group, width=160),
                Column(
                    head="Valor", text=lambda p: format.money(p.price), sort=lambda p: p.price, right=True, width=90
                ),
                Column(head="Velocidade", text=_speed, width=130),
                Column(head="Planos", text=lambda p: str(p.plans), sort=lambda p: p.plans, right=True, width=72),
                Column(head="Ativo", text=lambda p: format.yes_no(p.active), width=64),
            ],
            ask=CatalogPlans,
            edit=self.edit,
            save=SaveCatalogPlan,
            empty=("package", "Nenhum plano no catálogo", "Cadastre o que o provedor vende."),
        )

    def edit(self, plan: CatalogPlanRow | None) -> None:
        """Open a product, or an empty one."""
        CatalogPlanDialog(self._desk, plan, self).open()


def _speed(plan: CatalogPlanRow) -> str:
    return format.rates(plan.down_kbps, plan.up_kbps) if plan.down_kbps else "—"


class CatalogPlanDialog(SaveDialog):
    """Cadastro, Radius, units, and the parts that must add up to the value."""

    def __init__(self, desk: Desk, plan: CatalogPlanRow | None, parent: QWidget) -> None:
        super().__init__(desk, "Novo Plano do Catálogo" if plan is None else "Planos e Serviços", parent)
        self._plan = plan
        self.body.setSpacing(12)
        form = self.form
        form.add(TextField("name", "Nome", mandatory=True, limit=80), span=2)
        form.add(ComboField("kind", "Tipo", KINDS, mandatory=True))
        self._group = form.add(ComboField("service_group_id", "Grupo de Serviço", (), mandatory=True))
        form.add(MoneyField("price", "Valor", mandatory=True))
        form.add(MoneyField("installation_fee", "Taxa de Instalação"))
        form.add(YesNoField("active", "Ativo"))
        form.add(YesNoField("requires_authorization", "Autorização"))
        form.add(YesNoField("allows_circuit", "Permite Circuito"))
        form.add(YesNoField("allows_tv", "Permite a Criação de Planos de TV"))
        form.add(YesNoField("prints_booklet", "Emite Carnê"))
        form.add(YesNoField("bills_when_debt_suspended", "Gerar Faturamento para Planos Suspensos Por Débito"))
        form.add(IntField("trial_days", "Dias para experimentar", width=72))
        form.add(IntField("allowance_gb", "Franquia (GB)", hint="vazio = sem franquia", low=1))
        form.add(YesNoField("allows_login", "Permite autenticação Radius"))
        form.add(IntField("login_limit", "Logins incluídos", width=72, high=99))
        form.add(IntField("down_kbps", "Download (kbps)"))
        form.add(IntField("up_kbps", "Upload (kbps)"))
        form.add(TextField("radius_profile", "Perfil", code=True, limit=60))
        form.add(IntField("simultaneous_use", "Conexões ao mesmo tempo", width=72, low=1))
        self.units = Card("Unidades de Negócios que vendem")
        self._unit_lines = QVBoxLayout()
        self.units.body.addLayout(self._unit_lines)
        self.body.addWidget(self.units)
        self._unit_boxes: dict[int, QCheckBox] = {}
        self.parts = self._composition()
        self.begin(_draft(plan), plan.name if plan else "")
        self.command = self._save
        desk.ask(Lists(SmallList.GROUPS), owner=self, done=self._groups)
        desk.ask(Lists(SmallList.UNITS), owner=self, done=self._show_units)

    def _composition(self) -> Form:
        card = Card("Composição dos Planos")
        self.sum = Label("", "caption", "text2")
        card.head.addWidget(self.sum)
        form = Form(columns=3)
        for at in range(PARTS):
            form.add(TextField(f"description{at}", "Descrição" if not at else "", limit=80))
            form.add(ComboField(f"class{at}", "Classe" if not at else "", CLASSES))
            form.add(MoneyField(f"amount{at}", "Valor" if not at else ""))
        kept = self._plan.composition if self._plan else ()
        draft: dict[str, Any] = {}
        for at in range(PARTS):
            part = kept[at] if at < len(kept) else None
            draft[f"description{at}"] = part.description if part else ""
            draft[f"class{at}"] = part.service_class if part else ServiceClass.SCM
            draft[f"amount{at}"] = part.amount if part else None
        form.bind(draft)
        form.changed.connect(lambda _: self._show_sum())
        self.form.changed.connect(lambda _: self._show_sum())
        card.body.addWidget(form)
        self.body.addWidget(card)
        return form

    def _drafts(self) -> tuple[CompositionDraft, ...]:
        draft = self.parts.draft
        return tuple(
            CompositionDraft(text_of(draft[f"description{at}"]), draft[f"class{at}"], draft[f"amount{at}"])
            for at in range(PARTS)
            if draft[f"amount{at}"] is not None and text_of(draft[f"description{at}"])
        )

    def _show_sum(self) -> None:
        total = sum((part.amount for part in self._drafts()), Decimal(0))
        self.sum.setText(f"soma {format.money(total)} de {format.money(self.form.draft['price'] or Decimal(0))}")

    def _groups(self, rows: list[ListRow]) -> None:
        self._group.set_choices([Choice(group.id, group.name) for group in rows])
        first = rows[0].id if rows else None
        self.form.set("service_group_id", self._plan.service_group_id if self._plan else first)
        self.form.settle()
        self._show_sum()

    def _show_units(self, rows: list[ListRow]) -> None:
        for unit in rows:
            box = QCheckBox(unit.name)
            box.setChecked(self._plan is None or unit.id in self._plan.unit_ids)
            self._unit_boxes[unit.id] = box
            self._unit_lines.addWidget(box)
        self.fit()

    def _save(self, draft: dict[str, Any]) -> SaveCatalogPlan:
        numbers = ("trial_days", "login_limit", "down_kbps", "up_kbps")
        flags = (
            *("active", "requires_authorization", "allows_circuit", "allows_tv", "prints_booklet"),
            *("bills_when_debt_suspended", "allows_login"),
        )
        rest: dict[str, Any] = {name: draft[name] or 0 for name in numbers}
        rest |= {name: bool(draft[name]) for name in flags}
        return SaveCatalogPlan(
            id=self._plan.id if self._plan else None,
            version=self._plan.version if self._plan else 0,
            name=text_of(draft["name"]),
            kind=draft["kind"],
            service_group_id=draft["service_group_id"],
            price=draft["price"],
            installation_fee=draft["installation_fee"] or Decimal(0),
            radius_profile=text_of(draft["radius_profile"]),
            allowance_gb=draft["allowance_gb"],
            simultaneous_use=draft["simultaneous_use"] or 1,
            unit_ids=tuple(unit_id for unit_id, box in self._unit_boxes.items() if box.isChecked()),
            composition=self._drafts(),
            **rest,
        )


def _draft(plan: CatalogPlanRow | None) -> dict[str, Any]:
    if plan is None:
        return {
            "kind": PlanKind.INTERNET,
            "active": True,
            "allows_login": True,
            "login_limit": 1,
            "simultaneous_use": 1,
        }
    names = (
        *("name", "kind", "price", "installation_fee", "active", "requires_authorization", "allows_circuit"),
        *("allows_tv", "prints_booklet", "bills_when_debt_suspended", "trial_days", "allowance_gb", "allows_login"),
        *("login_limit", "down_kbps", "up_kbps", "radius_profile", "simultaneous_use"),
    )
    return {name: getattr(plan, name) for name in names}
