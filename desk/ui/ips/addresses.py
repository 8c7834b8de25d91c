"""The tab Configuração: access point, address, mask; the address is this dialog's while it is open."""

from __future__ import annotations

import uuid
from functools import partial

from PySide6.QtCore import QTimer, Signal

from desk.services.core.errors import DomainError, Invalid
from desk.services.ips import (
    HoldIp,
    IpDetails,
    IpForm,
    IpReserved,
    IpTaken,
    NoFreeIp,
    ReleaseIp,
    RenewIp,
    ReserveIp,
    check_address,
    mask_label,
    parse_address,
)
from desk.ui.core.desk import Desk
from desk.ui.core.fields import TextField
from desk.ui.core.forms import Form
from desk.ui.core.inputs import Choice, ComboField
from desk.ui.core.labels import button, link
from desk.ui.core.messages import violation_text
from desk.ui.ips.texts import NONE_FREE

# The database waits two minutes; one renewal may get lost.
RENEW_MS = 40_000
MASKS = {4: tuple(range(32, 15, -1)), 6: (128, 64, 60, 56, 52, 48, 44, 40, 36, 32)}


class AddressPage(Form):
    """Fields of the tab, and the reservation behind them."""

    taken_by = Signal(object)  # customer id, or None

    def __init__(self, desk: Desk, ip: IpDetails | None) -> None:
        super().__init__(columns=2)
        self._desk, self._ip = desk, ip
        self.token = uuid.uuid4()
        self.held = ""  # what is reserved, or the IP's own
        self._points: dict[int | None, tuple[int, ...]] = {}
        self._owner: int | None = None
        self.point = self.add(ComboField("access_point_id", "Ponto de Acesso"), span=2)
        self.address = self.add(TextField("address", "IP", mandatory=True, code=True, limit=45), span=2)
        self.address.checks.append(lambda text: next((found.code for found in check_address(text)), None))
        self.next_button = button(
            "Próximo livre", self.next_free, icon="magic-wand", tip="IP Secundário Automático (Alt+P)"
        )
        self.next6_button = button("IPv6", partial(self.next_free, 6), tip="Próximo prefixo livre")
        self.address.line.addWidget(self.next_button)
        self.address.line.addWidget(self.next6_button)
        self.prefix = self.add(ComboField("prefix", "Máscara", _masks(4), mandatory=True))
        self.add(TextField("description", "Descrição", limit=60))
        self.owner_link = link("Abrir o cadastro de quem usa", self.open_owner, icon="arrow-square-out")
        self.owner_link.hide()
        self.address.line.addWidget(self.owner_link)
        self.login = self.add(ComboField("login_id", "Entregue por"), span=2)
        self.address.left.connect(self.hold)
        self.changed.connect(self._moved)
        self._renewing = QTimer(self)
        self._renewing.setInterval(RENEW_MS)
        self._renewing.timeout.connect(self.renew)

    def offer(self, form: IpForm) -> None:
        """Fill the lists, and show the IP being edited."""
        self._points = {point.id: point.families for point in form.points}
        self.point.set_choices(
            [
                Choice(None, "—"),
                *(Choice(p.id, f"{p.name} — {p.router}" if p.router else p.name) for p in form.points),
            ]
        )
        self.login.set_choices(
            [
                Choice(None, "Roteador, fixo"),
                *(Choice(login.id, f"Login {login.login}, pelo RADIUS") for login in form.logins),
            ]
        )
        self.login.setVisible(bool(form.logins))
        if self._ip is None:
            self.bind({"access_point_id": form.access_point_id, "prefix": 32, "login_id": None})
        else:
            self.prefix.set_choices(_masks(6 if ":" in self._ip.address else 4, self._ip.prefix))
            names = ("access_point_id", "address", "prefix", "description", "login_id")
            self.bind({name: getattr(self._ip, name) for name in names})
            self.held = self._ip.address
        self._show_buttons()

    def _moved(self, name: str) -> None:
        if name == "access_point_id":
            self._show_buttons()
        elif name == "address":
            self._owner = None
            self.owner_link.hide()
            address = parse_address(self.address.text())
            if address is not None and (address.version == 6) != (max(self._lengths()) > 32):
                self.prefix.set_choices(_masks(address.version))
                self.set("prefix", 64 if address.version == 6 else 32)
            if self.address.text() != self.held:
                self.address.set_hint("")

    def _lengths(self) -> list[int]:
        return [choice.value for choice in self.prefix.choices]

    def _show_buttons(self) -> None:
        families = self._points.get(self.point.value(), ())
        self.next6_button.setVisible(6 in families)
        self.next_button.setVisible(4 in families or 6 not in families)

    def next_free(self, version: int = 4) -> None:
        """IP-10: the next free address and its mask; pressed again, the one after it."""
        point = self.point.value()
        if point is None:
            self.point.set_problem("Escolha o Ponto de Acesso primeiro", "required")
            self.problems_changed.emit()
            return
        again = self.held if self._renewing.isActive() and (":" in self.held) == (version == 6) else None
        order = ReserveIp(access_point_id=point, token=self.token, version=version, beyond=again or None)
        slot = ("reserve", id(self))
        self._desk.do(order, owner=self, done=self._reserved, failed=self._refused, slot=slot)

    def hold(self) -> None:
        """Reserve what was typed, or say whose it is."""
        if self.address.check() is not None or not self.address.text() or self.address.text() == self.held:
            return
        order = HoldIp(
            address=self.address.text(),
            prefix=self.prefix.value() or 32,
            token=self.token,
            but=self._ip.id if self._ip else None,
        )
        slot = ("reserve", id(self))
        self._desk.do(order, owner=self, done=self._reserved, failed=self._refused, slot=slot)

    def _reserved(self, got: IpReserved) -> None:
        version = 6 if ":" in got.address else 4
        self.held = got.address
        self.prefix.set_choices(_masks(version, got.prefix))
        typed = self.address.text() == got.address
        self.set("address", got.address)
        if not typed or got.network:
            self.set("prefix", self.prefix.value() if typed and self.prefix.value() else got.prefix)
        self.address.set_problem("")
        words = [f"Próximo da faixa {got.network}" if got.network and not typed else ""]
        words += [f"Da faixa {got.network}" if got.network and typed else ""]
        words += [f"Gateway {got.gateway}" if got.gateway else ""]
        self.address.set_hint(". ".join(["Livre", *(word for word in words if word)]))
        self.owner_link.hide()
        self.problems_changed.emit()
        self._renewing.start()

    def _refused(self, error: DomainError) -> bool:
        if isinstance(error, NoFreeIp):
            self.address.set_problem(NONE_FREE, error.code)
        elif isinstance(error, IpTaken):
            self.show_taken(error)
        elif isinstance(error, Invalid):
            self.address.set_problem(violation_text(error.violations[0]), error.violations[0].code)
        else:
            return False
        self.problems_changed.emit()
        return True

    def show_taken(self, error: IpTaken) -> None:
        """Say whose it is, with a way there."""
        self._owner = error.customer_id
        self.address.set_problem(f"Em uso por {error.params['by']}", error.code)
        self.owner_link.setVisible(self._owner is not None)
        self.problems_changed.emit()

    def open_owner(self) -> None:
        """Open the customer who has the address; the dialog closes, since it is in the way."""
        if self._owner is not None:
            self.taken_by.emit(self._owner)

    def renew(self) -> None:
        """Still open: keep the address."""
        self._desk.do(RenewIp(token=self.token), owner=self, done=self._renewed, failed=lambda _: True)

    def _renewed(self, still: bool) -> None:
        if not still:  # this computer slept longer than the reservation
            self.held = ""
            self._renewing.stop()
            self.hold()

    def finish(self, *, saved: bool) -> None:
        """The dialog closes: what was not saved is free at once."""
        if self._renewing.isActive():
            self._renewing.stop()
            if not saved:
                self._desk.do(ReleaseIp(token=self.token), owner=self._desk, failed=lambda _: True)


def _masks(version: int, present: int | None = None) -> list[Choice]:
    lengths = sorted({*MASKS[version], *([present] if present else [])}, reverse=True)
    return [Choice(length, mask_label(length, version)) for length in lengths]
