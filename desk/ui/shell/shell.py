"""Answers to the program's own actions: opens customers, palette, settings, and follows the connection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal

from desk.services.customers import CustomerHeader, OpenedCustomer
from desk.ui.core.actions import shortcuts
from desk.ui.core.desk import Desk
from desk.ui.core.places import Place
from desk.ui.core.theme import Scheme, theme
from desk.ui.customers.header import HeaderBar
from desk.ui.customers.search import SearchField
from desk.ui.shell.customer_window import CustomerWindow
from desk.ui.shell.deliveries import DeliveryFollower
from desk.ui.shell.main_window import MainWindow
from desk.ui.shell.registry import customer_pages
from desk.ui.shell.welcome import Welcome

if TYPE_CHECKING:
    from desk.services.core.bus import Owed
    from desk.services.doctor import Report
    from desk.services.releases import Notice


class Shell(QObject):
    """One per signed-in person. Actions reach it through the desk's property "shell"."""

    signed_out = Signal()
    opened = Signal()  # a customer, which is now the one opened last

    def __init__(
        self,
        desk: Desk,
        server: str,
        deliver: Callable[[Sequence[Owed]], object],
        examine: Callable[[], Report],
    ) -> None:
        super().__init__()
        self.desk, self._deliver, self._examine = desk, deliver, examine
        desk.setProperty("shell", self)
        self.follower = DeliveryFollower(desk)
        self.search = SearchField(desk)
        self.search.chosen.connect(self.open_customer)
        self.window = MainWindow(desk, self.search, Welcome(desk), server)
        Place(self.window, desk.settings, "main")
        self.window.became_current.connect(lambda _: self.window.set_dots())
        self.follower.moved.connect(lambda _: self.window.set_dots())
        self.window.status.notice_wanted.connect(self._show_notice)
        self._pages = customer_pages()
        shortcuts(desk, ["program"], lambda menu: self, self.window)
        self._settings: QObject | None = None
        self._deliveries: QObject | None = None
        self._notice: Notice | None = None
        desk.changed.connect(self._changed)

    def open_customer(self, customer_id: int) -> None:
        """Show a customer in a tab of its own, and remember that it was opened."""
        self.desk.ask(CustomerHeader(customer_id), owner=self.window, done=self._opened, slot=("open", customer_id))

    def _opened(self, header: Any) -> None:
        customer_id: int = header.id
        icon = "buildings" if header.kind == "PJ" else "user"
        self.window.open_customer(customer_id, header.name, icon, partial(self._build, customer_id))
        opened = OpenedCustomer(customer_id=customer_id)
        self.desk.do(opened, owner=self.window, done=lambda _: self.opened.emit())

    def _build(self, customer_id: int) -> CustomerWindow:
        return CustomerWindow(
            self.desk,
            customer_id,
            HeaderBar(self.desk, customer_id),
            self._pages,
            self.follower,
            self.retry,
            self.show_deliveries,
        )

    def _changed(self, names: frozenset[str]) -> None:
        if "outgrown" in names:
            self.window.outgrown.show()
        for window in self.window.customers:
            if f"customer/{window.customer_id}" in names:
                self.desk.ask(
                    CustomerHeader(window.customer_id),
                    owner=window,
                    done=lambda header: self.window.rename(header.id, header.name),
                    slot=("name", window.customer_id),
                )

    def retry(self, debts: Sequence[Any]) -> None:
        """Try the network again now for these debts."""
        from desk.services.deliveries import RetryDebts

        pairs = tuple((debt.topic, debt.key) for debt in debts)
        self.desk.do(RetryDebts(debts=pairs), owner=self.window, done=lambda _: self._deliver(list(debts)))

    def focus_search(self) -> None:
        """Put the focus into the search field."""
        self.search.focus()

    def show_palette(self) -> None:
        """Open the command palette."""
        from desk.ui.shell.palette import Palette

        Palette(self.desk, self.window, self._rows()).open_over(self.window)

    def _rows(self) -> dict[str, Any]:
        """What the palette's groups work on: the chosen item and plan, the customer in front, the program."""
        rows: dict[str, Any] = {"program": self}
        window = self.window.current
        if window is not None:
            from desk.ui.plans.page import GroupRow, PlansPage

            rows["customer"] = GroupRow(window.customer_id)
            page = window.stack.currentWidget()
            if isinstance(page, PlansPage):
                node = page.tree.current_node()
                rows["plan"] = page.plan_of(node)
                if node is not None and node.shape == "item":
                    rows |= {"item": node.row, "kind": node.kind, "item_name": node.text}
        return rows

    def show_settings(self, page: str = "") -> None:
        """Open the Painel de Configurações."""
        from desk.ui.shell.settings_window import SettingsWindow

        window = SettingsWindow(self.desk, self.window)
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        Place(window, self.desk.settings, "settings")
        if page:
            window.go(page)
        window.show()

    def show_deliveries(self) -> None:
        """Open the list of all that the network is still owed."""
        from desk.ui.shell.deliveries_window import DeliveriesWindow

        window = DeliveriesWindow(self.desk, self.retry, self.open_customer, self.window)
        window.open()

    def show_shortcuts(self) -> None:
        """List every key."""
        from desk.ui.shell.help import ShortcutsDialog

        ShortcutsDialog(self.desk, self.window).open()

    def show_help(self) -> None:
        """Open the manual at the page of this place."""
        from desk.ui.shell.help import PLACES, open_manual

        shown = self.window.current
        open_manual(self.window, PLACES.get(shown.page_id, "index.md") if shown is not None else "pesquisar.md")

    def show_doctor(self) -> None:
        """Look for what stands between this computer and a working Desk."""
        from desk.ui.shell.doctor_window import DoctorDialog

        DoctorDialog(self.desk.background, self._examine, self.window).open()

    def change_password(self) -> None:
        """Change one's own password."""
        from desk.ui.shell.password import PasswordDialog

        PasswordDialog(self.desk, self.window).open()

    def next_theme(self) -> None:
        """Sistema, Claro, Escuro, and round again; kept for the person."""
        order = list(Scheme)
        following = order[(order.index(theme().scheme) + 1) % len(order)]
        theme().set_scheme(following)
        self.desk.settings.setValue("theme", following.value)
        self.desk.told.emit(self.tr("Tema: {}").format(following.value))

    def announce(self, notice: Notice) -> None:
        """IT has a newer Desk: one line at the bottom."""
        self._notice = notice
        self.window.status.set_newer(notice.version)

    def _show_notice(self) -> None:
        """What IT says of it, for whoever asks."""
        from desk.ui.core import message_box
        from desk.ui.core.messages import Text

        if self._notice is not None:
            what = self.tr("Há uma versão nova do Desk: {}.").format(self._notice.version)
            where = self.tr("O instalador está em {}.").format(self._notice.where) if self._notice.where else ""
            calm = self.tr("Quem instala é a TI; não é preciso parar o que está fazendo.")
            message_box.show_text(Text(what, self._notice.says, where or calm), parent=self.window)

    def sign_out(self) -> None:
        """Leave, so that another person can sign in."""
        self.window.close()
        self.signed_out.emit()
