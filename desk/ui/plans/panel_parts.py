"""Cards of the panel that take the whole width: items, addresses, status history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QVBoxLayout, QWidget

from desk.services.plans import AddressKind, AddressView, Delivery, LoginItem, PlanRow, StatusStep
from desk.services.sessions import Allowance, AllowanceUse
from desk.ui.core import format, icons
from desk.ui.core.cards import Card
from desk.ui.core.desk import Desk
from desk.ui.core.labels import Chip, ElidedLabel, Label, button, clear, row, set_tone
from desk.ui.core.table import Column, RowRole, TableView
from desk.ui.core.tree import Part
from desk.ui.plans.nodes import ip_state, ip_text, login_state

ADDRESS_LABELS = {
    AddressKind.INSTALLATION: "Endereço de Instalação",
    AddressKind.BILLING: "Endereço de Cobrança",
    AddressKind.FISCAL: "Endereço Doc. Fiscais",
}


@dataclass(frozen=True)
class ItemRow:
    """One line of Itens do Plano."""

    key: object
    kind: str
    icon: str
    text: str
    state: Part
    date: str


def item_state(login: LoginItem) -> Part:
    """What is owed comes before the connection: a clerk who waits for it looks here."""
    if login.delivery is Delivery.PENDING:
        return Part("Pendente no RADIUS", "warn", "clock-fill")
    if login.delivery in (Delivery.FAILED, Delivery.PARKED):
        return Part(f"Entrega: {login.delivery.value}", "bad", "x-circle-fill")
    state = login_state(login)
    return replace(state, text=state.text[:1].upper() + state.text[1:])


class ItemsCard(Card):
    """Itens do Plano: the same items as in the tree, with their state and date (domain 5.9)."""

    chosen = Signal(object)  # key of the node
    opened = Signal(object)
    menu_wanted = Signal(object, QPoint)

    def __init__(self, desk: Desk) -> None:
        super().__init__("Itens do Plano")
        self._desk = desk
        self._plan: PlanRow | None = None
        self.allowance = ElidedLabel("", "caption", "text2", middle=False)
        self.head.addWidget(self.allowance)
        self.add = button("Adicionar", self._add, kind="link", icon="plus")
        self.head.addWidget(self.add)
        self.table = TableView(
            [
                Column(head="Tipo", text=lambda item: item.kind, icon=lambda item: item.icon, width=112),
                Column(head="Descrição", text=lambda item: item.text, code=True, stretch=True),
                Column(
                    head="Situação",
                    text=lambda item: item.state.text,
                    icon=lambda item: item.state.icon,
                    tone=lambda item: item.state.tone,
                    width=200,
                ),
                Column(head="Data", text=lambda item: item.date, width=100),
            ],
            name="plans/items",
            settings=desk.settings,
        )
        self.table.setAccessibleName("Itens do plano")
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.clicked.connect(self._clicked)
        self.table.opened.connect(lambda item: self.opened.emit(item.key))
        self.table.menu_wanted.connect(self._menu)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.none = Label("Este plano ainda não tem itens.", "body", "text2")
        self.body.addWidget(self.table)
        self.body.addWidget(self.none)

    def _clicked(self) -> None:
        if (item := self.table.current_row()) is not None:
            self.chosen.emit(item.key)

    def _menu(self, item: ItemRow | None, place: QPoint) -> None:
        if item is not None:
            self.menu_wanted.emit(item.key, place)

    def _add(self) -> None:
        if self._plan is not None:
            self._desk.run_action("logins.new", self._plan)

    def show_items(self, plan: PlanRow, key: object) -> None:
        """The plan's items; `key` is the one chosen in the tree."""
        self._plan = plan
        self.add.setVisible(plan.allows_login and "logins.new" in self._desk.actions)
        items = [
            ItemRow(
                ("login", login.id),
                "Login",
                "key",
                login.login,
                item_state(login),
                format.day(login.created_at.astimezone().date()),
            )
            for login in plan.logins
        ]
        items += [
            ItemRow(
                ("ip", ip.id),
                "IP",
                "hash-straight",
                ip_text(ip),
                ip_state(ip),
                format.day(ip.created_at.astimezone().date()),
            )
            for ip in plan.ips
        ]
        items += [
            ItemRow(("circuit", circuit.id), "Circuito", "flow-arrow", circuit.name, Part("—"), "")
            for circuit in plan.circuits
        ]
        self.table.show_rows(items, key=lambda item: item.key)
        self._mark(key)
        self.table.setVisible(bool(items))
        self.none.setVisible(not items)
        self.table.fit_height()

    def _mark(self, key: object) -> None:
        """Highlight the line of what is chosen in the tree; the plan itself has none."""
        model = self.table.model()
        lines = range(model.rowCount())
        at = next((at for at in lines if model.index(at, 0).data(RowRole).key == key), None)
        if at is None:
            self.table.clearSelection()
            self.table.setCurrentIndex(QModelIndex())
        else:
            self.table.selectRow(at)

    def show_allowance(self, plan_id: int, allowance_gb: int | None) -> None:
        """Franquia, when the catalogue plan has one; what was used of it comes a moment later."""
        self.allowance.setText(f"Franquia {format.number(allowance_gb)} GB" if allowance_gb else "")
        set_tone(self.allowance, "text2")
        if allowance_gb:
            self._desk.ask(AllowanceUse(plan_id), owner=self, done=self._used, slot=("allowance", id(self)))

    def _used(self, found: Allowance) -> None:
        if found.allowed is None:
            return
        period = f"{format.short_day(found.since)} a {format.short_day(found.until)}"
        left = f"restam {format.size(found.left)}" if found.left else "acabou"
        used = f"usados {format.size(found.used)} ({found.percent} %)"
        self.allowance.setText(f"Franquia {format.size(found.allowed)}: {used}, {left} · {period}")
        set_tone(self.allowance, "warn" if found.percent >= 90 else "text2")


class AddressCard(Card):
    """The three addresses with the tag of the default they follow (PL-30…PL-34)."""

    def __init__(self) -> None:
        super().__init__("Endereços")
        self._line = QHBoxLayout()
        self._line.setSpacing(24)
        self.body.addLayout(self._line)

    def show_addresses(self, addresses: Sequence[AddressView]) -> None:
        """One column for each kind."""
        clear(self._line)
        for address in addresses:
            self._line.addWidget(_address(address), 1)


def _address(address: AddressView) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    column.addWidget(Label(ADDRESS_LABELS[address.kind], "caption", "text2"))
    column.addLayout(row(address_tag(address), None))
    column.addWidget(Label(address_text(address), "body", wrap=True).selectable())
    column.addStretch(1)
    holder.setAccessibleName(f"{ADDRESS_LABELS[address.kind]}: {address.follows} {address_text(address)}")
    return holder


def address_tag(address: AddressView) -> Chip:
    """The tag of the default that an address follows, or that it follows none (PL-31, PL-32)."""
    if not address.follows:
        return Chip("próprio deste plano", "mute")
    return Chip(address.follows, "ok" if address.kind is AddressKind.INSTALLATION else "violet")


def address_text(address: AddressView) -> str:
    """Street, number, complement; district, city; CEP."""
    if not address.street:
        return "O cliente não tem endereço cadastrado."
    first = ", ".join(part for part in (address.street, address.number, address.complement) if part)
    return f"{first}\n{address.district}, {address.city} – {address.state}\nCEP {format.cep(address.zip)}"


class StatusCard(Card):
    """Every status the plan went through, newest first."""

    def __init__(self) -> None:
        super().__init__("Histórico de status")
        self._lines = QVBoxLayout()
        self._lines.setSpacing(4)
        self.body.addLayout(self._lines)

    def show_steps(self, steps: Sequence[StatusStep]) -> None:
        """One line a step: when, from and to, who, why."""
        clear(self._lines)
        for step in steps[:12]:
            holder = QWidget()
            when = Label(format.moment(step.at.astimezone()), "body", "text2")
            when.setFixedWidth(124)
            status = icons.Status(step.to_status, step.to_label)
            if step.marker:
                status = icons.Status(icons.PROVISIONAL, "Habilitado provisoriamente")
            chip = Chip()
            chip.set_status(status, filled=False)
            why = " · ".join(part for part in (step.who, step.reason, step.note) if part)
            line = row(when, chip, Label(why, "body", "text2"), None, spacing=8)
            holder.setLayout(line)
            self._lines.addWidget(holder)
