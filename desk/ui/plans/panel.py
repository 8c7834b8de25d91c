"""The plan that is chosen in the tree, to be read: one page of cards under a bar of pills."""

from __future__ import annotations

import datetime as dt
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from desk.services.plans import PlanDetails, PlanRow, PlanWindow, ValueDetailView, ValueKind, months_left
from desk.ui.core import format
from desk.ui.core.actions import build_menu
from desk.ui.core.cards import Card, EmptyState, Fact, FieldGrid, Pair, hairline
from desk.ui.core.desk import Desk
from desk.ui.core.icons import Status
from desk.ui.core.labels import Chip, ElidedLabel, IconLabel, button, icon_button, row
from desk.ui.core.tabs import FirstFits, PillBar
from desk.ui.plans.nodes import PLAN_ICONS
from desk.ui.plans.panel_parts import AddressCard, ItemsCard, StatusCard

SECTIONS = ("Detalhe", "Informação de Cobrança", "Itens do Plano", "Endereços", "Histórico de status")
REST_MS = 20
TITLE_ROOM = 240
MAIN_ACTIONS = ("plans.change_catalog", "plans.suspend", "plans.enable", "plans.enable_provisionally")


class PlanPanel(QWidget):
    """Read first, edit on purpose: Editar, Enter or F2 opens the window Plano/Serviço."""

    item_chosen = Signal(object)  # key of a node

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._plan: PlanRow | None = None
        self.details: PlanDetails | None = None
        self._asking = QTimer(self)  # holding an arrow key down asks for the plan it stops at
        self._asking.setSingleShot(True)
        self._asking.setInterval(REST_MS)
        self._asking.timeout.connect(self._ask)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(self.tr("Detalhes do plano"))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self.stack = QStackedWidget()
        outer.addWidget(self.stack)
        self.stack.addWidget(EmptyState("cursor", self.tr("Nenhum plano escolhido"), self.tr("Escolha na árvore.")))
        whole = QWidget()
        self._whole = QVBoxLayout(whole)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.setSpacing(0)
        self._whole.addLayout(self._head())
        self.pills = PillBar([self.tr(label) for label in SECTIONS])
        pills = row(self.pills, None)
        pills.setContentsMargins(16, 0, 16, 8)
        self._whole.addLayout(pills)
        self._whole.addWidget(hairline())
        self._whole.addWidget(self._page(), 1)
        self.stack.addWidget(whole)
        self.pills.follow(self.area, [self.detail, self.billing, self.items, self.addresses, self.statuses])

    def _head(self) -> QHBoxLayout:
        self.icon = IconLabel("globe-hemisphere-west", "text", 18)
        self.title = ElidedLabel("", "subtitle", "text")
        self.chip = Chip("", "ok", "")
        self.more = icon_button("dots-three", self.tr("Mais comandos"), self._menu)
        line = row(self.icon, self.title, self.chip, None, spacing=8)
        self.buttons = FirstFits(self.more, always=True)
        line.addWidget(self.buttons)
        line.setContentsMargins(20, 10, 16, 8)
        return line

    def _page(self) -> QScrollArea:
        self.area = QScrollArea()
        self.area.setObjectName("panel")
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QScrollArea.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        page = QWidget()
        page.setObjectName("page")
        outer = QVBoxLayout(page)
        outer.setContentsMargins(16, 12, 16, 16)
        outer.setSpacing(12)
        self.detail, self.billing = Card(self.tr("Detalhe")), Card(self.tr("Informação de Cobrança"))
        self.detail_facts, self.billing_facts = FieldGrid(), FieldGrid()
        self.detail.body.addWidget(self.detail_facts)
        self.detail.body.addStretch(1)
        self.money_facts = FieldGrid()  # a grid of its own: long names of parts do not move the values above
        self.billing.body.addWidget(self.billing_facts)
        self.billing.body.addWidget(self.money_facts)
        self.billing.body.addStretch(1)
        outer.addWidget(Pair(self.detail, self.billing))
        self.items = ItemsCard(self._desk)
        self.items.chosen.connect(self.item_chosen)
        self.addresses = AddressCard()
        self.statuses = StatusCard()
        for card in (self.items, self.addresses, self.statuses):
            outer.addWidget(card)
        outer.addStretch(1)
        self.area.setWidget(page)
        return self.area

    def clear(self) -> None:
        """Nothing is chosen."""
        self._plan = None
        self._asking.stop()
        self.stack.setCurrentIndex(0)

    def show_plan(self, plan: PlanRow, key: object) -> None:
        """Show a plan: at once what the tree knows of it, then the rest."""
        before, self._plan = self._plan, plan
        fresh = before is None or before.id != plan.id
        self.icon.set_icon(PLAN_ICONS[plan.kind], "text")
        self.title.setText(plan.title)
        # Commands leave into “…” before the name is cut beyond recognition.
        self.title.setMinimumWidth(min(self.title.sizeHint().width(), TITLE_ROOM))
        self.chip.set_status(Status(plan.status, plan.status_label), filled=True)
        if plan != before:
            self._show_buttons(plan)
        self.items.show_items(plan, key)
        self.stack.setCurrentIndex(1)
        if fresh:
            self.area.verticalScrollBar().setValue(0)
        self._asking.start()

    def _ask(self) -> None:
        if self._plan is None:
            return
        # A plan that is gone by now leaves the tree with the next reload, so nobody needs to be told here.
        slot = ("panel", id(self))
        self._desk.ask(PlanWindow(self._plan.id), owner=self, done=self._show, failed=lambda _: True, slot=slot)

    def _show_buttons(self, plan: PlanRow) -> None:
        shown: list[QWidget] = []
        wanted = ["plans.open", *(name for name in MAIN_ACTIONS if name in self._desk.actions)]
        for name in wanted:
            action = self._desk.actions[name]
            obstacle = action.obstacle(self._desk, plan)
            possible = obstacle is None
            if obstacle is not None and name != "plans.open" and not obstacle.startswith("Falta a permissão"):
                continue  # the menu keeps it in sight, with its reason
            label = self.tr("Editar") if name == "plans.open" else action.text()
            icon = "pencil-simple" if name == "plans.open" else action.icon
            made = button(label, partial(self._desk.run_action, name, plan), icon=icon)
            made.setObjectName(f"panel:{name}")
            made.setEnabled(possible)
            made.setToolTip(obstacle or "")
            shown.append(made)
        for former in self.buttons.show_buttons(shown):
            former.deleteLater()

    def _menu(self) -> None:
        if self._plan is not None:
            menu: QMenu = build_menu(self._desk, "plan", self._plan, self)
            menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _show(self, shown: PlanDetails) -> None:
        if self._plan is None or shown.row.id != self._plan.id:
            return
        self.details = shown
        self.detail_facts.show_facts(_detail_facts(shown))
        self.billing_facts.show_facts(_billing_facts(shown))
        self.money_facts.show_facts(_money_facts(shown))
        self.items.show_allowance(shown.row.id, shown.allowance_gb)
        self.addresses.show_addresses(shown.addresses)
        self.statuses.show_steps(shown.statuses)


def _detail_facts(d: PlanDetails) -> list[Fact]:
    limit = f"{d.access_point_used} de {d.access_point_limit}" if d.access_point_limit else ""
    facts = [
        Fact("Número do plano", f"{d.row.number:03d}", code=True),
        Fact("Plano/Serviço", d.row.name),
        Fact("Data Início", format.day(d.start_date)),
        Fact("Data de Primeira Ativação", format.day(d.first_activation_date) or "—"),
        Fact("Unidade de Negócios", d.unit),
        Fact("Grupo de Serviço", d.service_group),
        Fact("Ponto de Acesso", d.access_point or "—", note=limit),
    ]
    if d.down_kbps:
        facts.append(Fact("Velocidade", format.rates(d.down_kbps, d.up_kbps)))
    if d.row.provisional_day is not None:
        facts.append(Fact("Habilitado até", format.day(d.row.provisional_day), tone="warn", icon="timer"))
    if d.row.suspended_from is not None and d.row.suspended_last is not None:
        days = f"{format.day(d.row.suspended_from)} a {format.day(d.row.suspended_last)}"
        note = "planejada" if d.row.suspension_planned else ""
        facts.append(Fact("Suspensão Temporária", days, note=note, tone="warn", icon="calendar-x"))
    if d.cancelled_on is not None:
        facts.append(Fact("Data de Cancelamento", format.day(d.cancelled_on), note=d.cancel_reason))
    facts.append(Fact("Vendedor", d.seller_name or "—"))
    return facts


def _billing_facts(d: PlanDetails) -> list[Fact]:
    return [
        Fact("Forma Pagamento", d.payment_method),
        Fact("Dia Vencimento", str(d.row.due_day)),
        Fact("Data Último Fechamento", format.day(d.last_close_date) or "—"),
        Fact("Boleto Separado", "Sim" if d.separate_invoice else "Não"),
        Fact("Cód.Identificador", d.identifier_code or "—", code=True),
        *([Fact("Composição do Plano", "personalizada")] if d.composition_customized else []),
    ]


def _money_facts(d: PlanDetails) -> list[Fact]:
    facts: list[Fact] = []
    for at, part in enumerate(d.composition if len(d.composition) > 1 or d.composition_customized else ()):
        facts.append(
            Fact(part.description, format.money(part.amount), note=part.service_class, money=True, line=at == 0)
        )
    facts.append(Fact("Valor do plano", format.money(d.row.value), money=True, line=True))
    facts += [_detail_line(detail) for detail in d.details]
    facts.append(Fact("Total por mês", format.reais(d.row.total), money=True, strong=True))
    return facts


def _detail_line(detail: ValueDetailView) -> Fact:
    label = "Desconto" if detail.kind is ValueKind.DISCOUNT else "Acréscimo"
    last = months_left(dt.date.today(), detail.starts_on, detail.months)
    note = f"até {last:%m/%Y}" if last else ""
    if detail.percent is not None:
        note = f"{format.percent(detail.percent)} {note}".strip()
    if not detail.running:
        note = f"{note} (não vigente)".strip()
    return Fact(detail.description or label, format.money(detail.effect), note=note, money=True)
