"""Novo Nº de IP do Cliente: four tabs, and below them what the routers will be told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from desk.services.core.errors import DomainError, Invalid
from desk.services.ips import (
    CreateIp,
    DeleteIp,
    EditIp,
    Encryption,
    IpDetails,
    IpDraft,
    IpForm,
    IpFormOf,
    IpTaken,
    OneIp,
    check_mac,
    check_speed,
)
from desk.services.plans import IpItem, LoginItem, OnePlan, PlanRow
from desk.ui.core import format
from desk.ui.core.cards import NoteBar
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import Size
from desk.ui.core.fields import YesNoField
from desk.ui.core.forms import Form, FormDialog
from desk.ui.core.inputs import IntField
from desk.ui.core.labels import Label, button
from desk.ui.core.messages import Text
from desk.ui.core.network_box import NetworkBox
from desk.ui.core.network_question import NetworkQuestion
from desk.ui.core.saving import SAVED
from desk.ui.core.tabs import UnderlinedTabs
from desk.ui.ips.addresses import AddressPage
from desk.ui.ips.macs import MacPage

TABS = ("Configuração", "Mac Adress", "Velocidade", "Opções")
LOOK_MS = 500  # typing ends before the routers are asked


class IpDialog(FormDialog):
    """New or edited IP; lists come with the first answer, so the fields wait for it."""

    def __init__(self, desk: Desk, plan_id: int, whose: str, ip: IpDetails | None, parent: QWidget | None) -> None:
        title = "Novo Nº de IP do Cliente" if ip is None else "Nº de IP do Cliente"
        super().__init__(title, size=Size.FORM, parent=parent)
        self._desk, self._plan_id, self._ip = desk, plan_id, ip
        self.tabs = UnderlinedTabs(TABS)
        holder = QFrame()
        inside = QVBoxLayout(holder)
        inside.setContentsMargins(20, 4, 20, 0)
        inside.addWidget(self.tabs)
        self.top.addWidget(holder)
        self.pages = QStackedWidget()
        self.tabs.currentChanged.connect(self.pages.setCurrentIndex)
        self.addresses = AddressPage(desk, ip)
        self.macs = MacPage(desk, ip.id if ip else None, self._watch)
        self.speed = Form(columns=2)
        self.options = Form(columns=2)
        self._speed_page()
        speed_holder = _page(self.speed, self._speed_note)
        self._option_note = Label("", "caption", "text2", wrap=True)
        option_holder = _page(self.options, self._option_note)
        self._pages: list[list[Form]] = [[self.addresses], [self.macs.form], [self.speed], [self.options]]
        for page in (self.addresses, self.macs, speed_holder, option_holder):
            self.pages.addWidget(page)
        self.body.addWidget(self.pages)
        self.network = NetworkBox(desk, self)
        self.body.addWidget(self.network)
        self.network.blank("Com o endereço preenchido, aqui aparece o que muda em cada roteador.")
        self.hold(*(form for forms in self._pages for form in forms), whose=whose)
        if ip is not None:
            self.belongs_to(desk, plan_id)
        self.is_dirty = self._changed_anything
        for forms in self._pages:
            for form in forms:
                self._follow(form)
        self.addresses.taken_by.connect(self._open_customer)
        self.set_primary(button("Salvar", self.save, kind="primary"))
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(LOOK_MS)
        self._soon.timeout.connect(self.look)
        for at in range(len(TABS)):
            QShortcut(QKeySequence(f"Ctrl+{at + 1}"), self, activated=lambda at=at: self.tabs.setCurrentIndex(at))  # type: ignore[call-overload]
        QShortcut(QKeySequence("Alt+P"), self, activated=self.addresses.next_free)  # type: ignore[call-overload]
        self.finished.connect(lambda result: self.addresses.finish(saved=bool(result)))
        self.known: IpForm | None = None
        desk.ask(IpFormOf(plan_id), owner=self, done=self._known)

    def _speed_page(self) -> None:
        self._follows_plan = self.speed.add(YesNoField("of_plan", "Usar a velocidade do plano"), span=2)
        self._down = self.speed.add(IntField("down_kbps", "Download (kbps)", width=140, high=100_000_000))
        self._up = self.speed.add(IntField("up_kbps", "Upload (kbps)", width=140, high=100_000_000))
        self._speed_note = NoteBar("Vale só para este IP e substitui a velocidade do plano no MikroTik.", "info")
        self.speed.changed.connect(lambda _: self._show_speed())

    def _known(self, form: IpForm) -> None:
        self.known = form
        self.addresses.offer(form)
        ip = self._ip
        self.macs.fill(ip.macs if ip else (), ip.encryption if ip else Encryption.NONE)
        rates = f"{format.number(form.down_kbps)} / {format.number(form.up_kbps)} kbps"
        self._follows_plan.words.setText(f"Usar a velocidade do plano ({rates})")
        of_plan = ip is None or ip.down_kbps is None
        down, up = (form.down_kbps, form.up_kbps) if ip is None or of_plan else (ip.down_kbps, ip.up_kbps)
        self.speed.bind({"of_plan": of_plan, "down_kbps": down, "up_kbps": up})
        self._show_speed()
        for option in form.options:
            field = self.options.add(YesNoField(option.code, option.label, sentence=option.hint))
            field.set_value(option.code in ip.options if ip else option.default_on)
            self.options.draft[option.code] = field.value()
        self.options.settle()
        self._option_note.setText("" if form.options else "Nenhuma opção cadastrada em Configurações.")
        self.tabs.setCurrentIndex(0)
        (self.addresses.address if form.access_point_id else self.addresses.point).setFocus()
        self.fit()
        if ip is not None:
            self.look()

    def _show_speed(self) -> None:
        own = not self._follows_plan.value()
        for field in (self._down, self._up):
            field.setEnabled(own)
        self._speed_note.setVisible(own)

    def _watch(self, form: Form) -> None:
        """A row of MACs that was added."""
        self._pages[1].append(form)
        self._forms = (*self._forms, form)
        form.problems_changed.connect(self._tell)
        form.confirmed.connect(self._to_button)
        self._follow(form)

    def _follow(self, form: Form) -> None:
        form.problems_changed.connect(self._mark_tabs)
        form.changed.connect(lambda _: self._soon.start())

    def _live(self) -> list[list[Form]]:
        """The forms of each tab, without rows that were taken away."""
        return [self._pages[0], [*self.macs.rows, self.macs.form], self._pages[2], self._pages[3]]

    def _changed_anything(self) -> bool:
        rows = self._ip.macs if self._ip else ()
        return any(form.dirty for forms in self._live() for form in forms) or (
            self.known is not None and len(self.macs.entries()) != len(rows)
        )

    def _tell(self) -> None:
        gone = [form for form in self._forms if form not in [each for forms in self._live() for each in forms]]
        self._forms = tuple(form for form in self._forms if form not in gone)
        super()._tell()

    def _mark_tabs(self) -> None:
        self.tabs.set_wrong({at for at, forms in enumerate(self._live()) if any(form.problems() for form in forms)})

    def draft(self) -> IpDraft:
        """What the four tabs hold."""
        own, page = not self._follows_plan.value(), self.addresses
        encryption = self.macs.encryption.value() or Encryption.NONE
        return IpDraft(
            address=page.address.text(),
            prefix=page.prefix.value() or 0,
            access_point_id=page.point.value(),
            login_id=page.login.value(),
            description=page.draft["description"] or "",
            macs=self.macs.entries(),
            encryption=encryption,
            code=self.macs.new_code() if encryption is Encryption.WPA2 else None,
            down_kbps=self._down.value() if own else None,
            up_kbps=self._up.value() if own else None,
            options=tuple(name for name, on in self.options.draft.items() if on),
        )

    def ready(self) -> bool:
        """Check every tab, and open the first that holds an error."""
        wrong = []
        for at, forms in enumerate(self._live()):
            for form in forms:
                form.check()
                wrong += [(at, form)] if form.problems() else []
        if not self._follows_plan.value():
            found = list(check_speed(self._down.value(), self._up.value()))
            if found:
                self.speed.show_violations(found)
                wrong.append((2, self.speed))
        self._mark_tabs()
        if wrong:
            self._lead_to(*wrong[0])
        return not wrong

    def _lead_to(self, at: int, form: Form) -> None:
        self.tabs.setCurrentIndex(at)
        form.go_to_first()

    def look(self) -> None:
        """Ask the routers what this draft would change."""
        page = self.addresses
        macs = [entry.mac for entry in self.macs.entries()]
        if page.address.check() is not None or any(list(check_mac(mac)) for mac in macs):
            return
        self.network.ask(self._order())

    def save(self) -> None:
        """Check, send, close when it was saved."""
        if self.known is None or not self.ready():
            return
        self.set_busy(True)
        self._desk.do(self._order(), owner=self, said=SAVED, done=self._saved, failed=self._refused)

    def _order(self) -> CreateIp | EditIp:
        token = self.addresses.token
        if self._ip is None:
            return CreateIp(plan_id=self._plan_id, draft=self.draft(), token=token)
        return EditIp(ip_id=self._ip.id, version=self._ip.version, draft=self.draft(), token=token)

    def _saved(self, value: Any) -> None:
        self.set_busy(False)
        draft, ip = self.draft(), self._ip
        self.accept()
        logins = {draft.login_id, ip.login_id if ip is not None else None} - {None}
        was = (ip.address, ip.prefix, ip.login_id, set(ip.options)) if ip is not None else None
        if logins and was != (draft.address, draft.prefix, draft.login_id, set(draft.options)):
            offer_to_close(self._desk, self._plan_id, lambda login: login.id in logins)

    def _refused(self, error: DomainError) -> bool:
        self.set_busy(False)
        if isinstance(error, IpTaken):
            self.addresses.show_taken(error)
            self._lead_to(0, self.addresses)
            return True
        if isinstance(error, Invalid):
            for at, forms in enumerate(self._live()):
                for form in forms:
                    if any(each.field in form.fields for each in error.violations):
                        form.show_violations(error.violations)
                        self._lead_to(at, form)
                        return True
        return False

    def _open_customer(self, customer_id: int) -> None:
        self.is_dirty = lambda: False
        self.reject()
        self._desk.run_action("customers.open", _Customer(customer_id))


class _Customer:
    """What the action that opens a customer wants."""

    def __init__(self, customer_id: int) -> None:
        self.id = self.customer_id = customer_id


def offer_to_close(desk: Desk, plan_id: int, brings: Callable[[LoginItem], bool]) -> None:
    """A session keeps the address that it began with; whoever changed it may want it to begin anew."""

    def known(plan: PlanRow) -> None:
        login = next((each for each in plan.logins if brings(each) and each.online_since is not None), None)
        if login is not None and desk.actions["sessions.close"].obstacle(desk, login) is None:
            desk.run_action("sessions.close", login)

    desk.ask(OnePlan(plan_id), owner=desk, done=known, failed=lambda _: True)


def ask_delete(desk: Desk, ip: IpItem, parent: QWidget | None) -> None:
    """Apagar IP: names the address and the lines that go from each router."""
    words = Text(
        what=f"Apagar o IP {ip.address}?",
        why="O endereço fica livre agora e pode ser dado a outro cliente.",
        do="O IP e seus MACs ficam em Itens Apagados e no Histórico.",
    )
    order = DeleteIp(ip_id=ip.id, version=ip.version)
    question = NetworkQuestion(
        desk,
        "Apagar IP",
        words,
        "Apagar IP",
        order,
        said="IP apagado com sucesso",
        danger=True,
        plan_id=ip.plan_id,
        parent=parent,
    )
    if ip.login:
        question.accepted.connect(lambda: offer_to_close(desk, ip.plan_id, lambda login: login.login == ip.login))
    question.open()


def open_ip(desk: Desk, ip: IpItem, whose: str, parent: QWidget | None) -> None:
    """Read the IP, then open its dialog."""
    desk.ask(
        OneIp(ip.id),
        owner=desk,
        done=lambda details: IpDialog(desk, ip.plan_id, whose, details, parent).open(),
        slot=("open ip", ip.id),
    )


def _page(form: Form, below: QWidget) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(12)
    column.addWidget(form)
    column.addWidget(below)
    column.addStretch(1)
    return holder
