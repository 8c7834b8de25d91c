"""The desktop program: from the sign-in window to the main window and back."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import cached_property, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSettings, QTimer

from desk.server import Server
from desk.ui.core.app import Application, make_application
from desk.ui.core.background import TaskRunner
from desk.ui.core.instance import Instance, come_to_the_front, customer_of, name_for_the_taskbar
from desk.ui.core.stopping import StopSignals
from desk.ui.core.theme import Scheme
from desk.ui.shell.kept_passwords import KeptPasswords
from desk.ui.shell.sign_in import Credentials, SignInWindow

if TYPE_CHECKING:
    from desk.bootstrap import SignedIn
    from desk.demo.routeros import RouterOsStandIn
    from desk.services.core.bus import Owed
    from desk.services.doctor import Report
    from desk.settings import Settings
    from desk.ui.core.desk import Act

# What nobody sees before signing in is loaded while they type (tests/rules/test_cold_start.py).
LATER_MS = 50  # after the window was painted


def _examined(signed_in: SignedIn) -> Report:
    """The whole examination, with a connection of its own as the person who signed in."""
    from desk.services.doctor.examine import examine  # what it loads, nobody needs to sign in

    return examine(signed_in.server, signed_in.way_in.connect, signed_in.actor.role)


class Session(QObject):
    """One signed-in person: the desk, its shell, and what must be closed afterwards."""

    def __init__(self, signed_in: SignedIn, runner: TaskRunner, remembered: QSettings) -> None:
        from desk.ui.core import message_box
        from desk.ui.core.desk import Desk
        from desk.ui.shell.registry import all_actions
        from desk.ui.shell.shell import Shell

        super().__init__()
        self._signed_in = signed_in
        person = QSettings(remembered.fileName(), QSettings.Format.IniFormat)
        person.beginGroup(f"person/{signed_in.actor.role}")
        self.desk = Desk(signed_in.bus, all_actions(), runner, person)
        message_box.install(self.desk)
        self.shell = Shell(self.desk, signed_in.server.label, self.deliver_again, partial(_examined, signed_in))
        self.desk.executed.connect(lambda act: self.deliver(act.outcome.owed))
        signed_in.start(self.desk.changed.emit, self.desk.connected.emit, self.desk.progress.emit)

    def deliver(self, owed: Sequence[Owed]) -> None:
        """Settle now what an act of this desk left behind."""
        if self._signed_in.deliveries is not None:
            self._signed_in.deliveries.deliver(owed)

    def deliver_again(self, owed: Sequence[Owed]) -> None:
        """Settle these now because the person asks for it."""
        if self._signed_in.deliveries is not None:
            self._signed_in.deliveries.deliver_again(owed)

    def close(self) -> None:
        """Sign out: stop listening and settling, give the connections back."""
        self._signed_in.close()


class Desktop(QObject):
    """Shows the sign-in window, then the main window, for as long as the program runs."""

    def __init__(
        self,
        app: Application,
        server: Server | None,
        company: str,
        people: dict[str, str] | None = None,
        settings: Settings | None = None,
    ) -> None:
        """Without a server the settings say which; unless given, they are read once the window is there."""
        super().__init__()
        self.app, self.company, self.people = app, company, people or {}
        self._server, self._given = server, settings
        self.routers: Mapping[str, RouterOsStandIn] = {}  # of the demonstration
        self.runner = TaskRunner(self)
        self.remembered = remembered()
        self.passwords = KeptPasswords(self.remembered, self)
        self.session: Session | None = None
        self.window: SignInWindow | None = None
        self.instance: Instance | None = None
        self._to_keep: str | None = None  # a password, from signing in until the main window is there
        self._wanted: int | None = None  # the customer of a link, until somebody has signed in
        app.bugs.happened.connect(self._bug)
        app.bugs.install()

    @property
    def server(self) -> Server:
        """The server to sign in to; from any thread."""
        if self._server is None:
            self._server = self._settings.server
        return self._server

    @cached_property
    def _settings(self) -> Settings:
        """Of this workstation; read once, and late, since that takes longer than showing a window."""
        from desk.settings import Settings

        return self._given or Settings()

    def start(self) -> None:
        """Ask who it is."""
        server = self._server or Server(
            host=str(self.remembered.value("server/host", "")),
            sslmode=str(self.remembered.value("server/sslmode", Server().sslmode)),
            single_sign_on=self.remembered.value("server/single_sign_on", "") == "true",
        )
        role = str(self.remembered.value("role", "")) or next(iter(self.people), "")
        self.window = SignInWindow(
            self.runner,
            self._enter,
            company=self.company,
            server=server.label,
            verified=server.verified,
            single_sign_on=server.single_sign_on,
            remembered=role,
            password=self.people.get(role, ""),
            people=self.people,
        )
        self.window.signed_in.connect(self._signed_in)
        self.window.doctor_wanted.connect(self._doctor)
        self.window.server_wanted.connect(self._tell_server)
        self.window.named.connect(self._fill_in)
        self.window.unwanted.connect(lambda role: self.passwords.forget(self.server, role))
        self.window.change_server.setVisible(not self.people)  # the demonstration has the one it brings
        self.window.show()
        QTimer.singleShot(LATER_MS, self, self._prepare)

    def take_place(self, instance: Instance, link: str) -> None:
        """This is the person's one desk on this computer: later starts come here, as their links do."""
        self.instance, self._wanted = instance, customer_of(link)
        instance.asked.connect(self.asked)

    def asked(self, link: str) -> None:
        """Somebody started the program again, or followed a link into it."""
        come_to_the_front()
        customer_id = customer_of(link)
        if customer_id is not None and self.session is not None:
            self.session.shell.open_customer(customer_id)
        elif customer_id is not None:
            self._wanted = customer_id

    def _prepare(self) -> None:
        """While somebody types: read the settings, and load what signing in needs, none of it with a part in the UI."""
        if self.instance is not None:
            self.instance.listen()
        self.runner.run(self._configure, owner=self, done=self._configured, failed=self._unprepared)

    def _configure(self) -> tuple[Server, list[str]]:
        server = self.server
        return server, [] if self.people else self.app.bugs.write_into(self._settings.log_folder)

    def _configured(self, found: tuple[Server, list[str]]) -> None:
        server, crashed = found
        for number in crashed[-1:]:
            self.app.bugs.tell_of_crash(number)
        if self.window is not None:
            self.window.show_server(server.label, verified=server.verified, single_sign_on=server.single_sign_on)
        if not self.people:
            for name in ("host", "sslmode", "single_sign_on"):
                self.remembered.setValue(f"server/{name}", getattr(server, name))
            self._offer_keeping(self._settings.keep_password)
        # After the server's name is there to be read: this takes longer.
        load = partial(import_module, "desk.bootstrap")
        self.runner.run(load, owner=self, done=lambda _: None, failed=self._unprepared)

    def _offer_keeping(self, allowed: bool) -> None:
        """Offer to keep the password where there is a keyring; where IT forbids it, remove what is there."""
        if not allowed:
            self.passwords.forget_all()
            return
        window = self.window

        def looked(there: bool) -> None:
            if there and window is not None and self.window is window:
                window.offer_keeping()
                self._fill_in(window.role.edit.text().strip().lower())

        self.passwords.look(looked)

    def _fill_in(self, role: str) -> None:
        window = self.window
        if window is None or window.keep.isHidden() or not self.passwords.knows(self.server, role):
            return

        def found(password: str | None) -> None:
            if self.window is window:
                window.set_kept(role, password)

        self.passwords.get(self.server, role, found)

    def _unprepared(self, error: Exception) -> None:
        raise error  # a file of settings that cannot be read, or a defect: both are told

    def _doctor(self) -> None:
        """Before anybody has signed in: the network and the certificate alone."""
        from desk.services.doctor.examine import examine
        from desk.ui.shell.doctor_window import DoctorDialog

        if self.window is not None:
            DoctorDialog(self.runner, partial(examine, self.server), self.window).open()

    def _tell_server(self) -> None:
        from desk.settings import DIRS
        from desk.ui.core import message_box
        from desk.ui.core.messages import Text

        file = DIRS.user_config_path / "desk.toml"
        where = f"Agora: {self.server.host or 'nenhum'}, porta {self.server.port}, banco {self.server.database}."
        text = Text(
            self.tr("O servidor é escolhido na configuração deste computador"),
            why=where,
            do=self.tr('Mude host = "…" no arquivo {} (ou peça à TI) e abra o Desk de novo.').format(file),
        )
        message_box.show_text(text, parent=self.window, title="Desk")

    def _enter(self, typed: Credentials) -> SignedIn:
        from desk.bootstrap import sign_in
        from desk.services.core.timeline import Timelines

        found = sign_in(self.server, typed.role, typed.password, Timelines(self._settings.timelines_file))
        self.remembered.setValue("role", found.actor.role if typed.remember else "")
        self._to_keep = typed.password if typed.keep else None
        return found

    def _signed_in(self, signed_in: SignedIn) -> None:
        self.session = Session(signed_in, self.runner, self.remembered)
        self._keep_password(self.session, signed_in.actor.role)
        if not self.people:  # the demonstration leaves nothing on the computer and asks it for nothing
            self._follow_news(self.session)
            self._offer_recent(self.session)
        self.session.shell.signed_out.connect(self._leave)
        self.session.shell.window.closed.connect(self._closed)
        kept = str(self.session.desk.settings.value("theme", Scheme.SYSTEM.value))
        self.app.theme.set_scheme(Scheme(kept))
        self.session.shell.window.show()
        self.session.shell.focus_search()
        if self._wanted is not None:
            self.session.shell.open_customer(self._wanted)
            self._wanted = None
        if self.window is not None:
            self.window.close()
            self.window = None
        if signed_in.must_change_password:
            self.session.shell.change_password()

    def _keep_password(self, session: Session, role: str) -> None:
        """Keep what was typed, if that was wished; and the next one, when the person changes it."""
        from desk.services.permissions import ChangeOwnPassword

        def keep(password: str) -> None:
            self.passwords.keep(self.server, role, password, told)

        def told(kept: bool) -> None:
            if not kept:
                self.passwords.forget(self.server, role)
                if self.session is session:
                    session.desk.told.emit(self.tr("O chaveiro deste computador não guardou a senha."))

        def executed(act: Act) -> None:
            if isinstance(act.command, ChangeOwnPassword) and self.passwords.knows(self.server, role):
                keep(act.command.password)

        session.desk.executed.connect(executed)
        typed, self._to_keep = self._to_keep, None
        if typed is not None:
            keep(typed)

    def _follow_news(self, session: Session) -> None:
        if self._settings.update_source:
            from desk import __version__
            from desk.ui.shell.news import News

            news = News(
                self.runner, self._settings.update_source, self._settings.update_key, __version__, session.shell
            )
            news.found.connect(session.shell.announce)

    def _offer_recent(self, session: Session) -> None:
        if sys.platform == "win32":
            from desk.ui.shell.jump_list import JumpList

            listed = JumpList(session.desk, self._settings.jump_list, session.shell)
            session.shell.opened.connect(listed.renew)

    def _closed(self) -> None:
        if self.session is not None:
            self.session.close()

    def _leave(self) -> None:
        self._closed()
        self.session = None
        self.start()

    def _bug(self, text: Any) -> None:
        from desk.ui.core import message_box

        message_box.show_text(text, desk=self.session.desk if self.session else None)

    def close(self) -> None:
        """End everything, in the order in which it was begun, backwards."""
        self._closed()
        if self.instance is not None:
            self.instance.release()
        self.runner.close()
        self.app.close()


def remembered() -> QSettings:
    """What this desk keeps between two starts."""
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "Desk", "desk")


def main(argv: Sequence[str]) -> int:
    """`desk [--demo] [desk://customer/123]`."""
    link, in_demo = "", False
    if argv:
        import argparse

        parser = argparse.ArgumentParser(prog="desk", description="Balcão de provedores de internet.")
        parser.add_argument("--demo", action="store_true", help="abre com um banco local e um provedor de exemplo")
        parser.add_argument("link", nargs="?", default="", help="abre um cliente: desk://customer/123")
        options = parser.parse_args(argv)
        link, in_demo = options.link, options.demo
    name_for_the_taskbar()
    home = remembered().fileName()
    if in_demo:
        from desk.settings import Settings

        home = str(Settings().data_folder)
    instance = Instance("desk-demo" if in_demo else "desk", home)
    if not instance.claim() and instance.hand_over(link):
        return 0

    def start(desktop: Desktop) -> int:
        desktop.take_place(instance, link)
        return run(desktop)

    if in_demo:
        return demo(Settings(), start)
    app = make_application(["desk"])
    with StopSignals():
        with closing(Desktop(app, None, company="")) as desktop:
            return start(desktop)


def run(desktop: Desktop) -> int:
    """From the sign-in window until the last window is closed."""
    desktop.start()
    return desktop.app.qt.exec()


def demo(
    settings: Settings, use: Callable[[Desktop], int], folder: Path | None = None, *, attended: bool = True
) -> int:
    """Start the demo provider for `use`; what refuses is shown, or raised where nobody could close what shows it."""
    from desk.demo.local import DemoServer  # a desk on a company's server never needs these
    from desk.embedded_errors import EmbeddedError
    from desk.ui.core import message_box
    from desk.ui.core.messages import explain
    from desk.ui.shell.registry import all_actions

    app = make_application(["desk"], log_folder=settings.log_folder)
    # What it notes, such as how far its server has come, is of no use beside what a real server taught this person.
    own = settings.model_copy(update={"data_folder": folder or settings.data_folder / "demo"})
    with StopSignals():
        server: DemoServer | None = None
        try:
            server = DemoServer(own.data_folder)
            server.start()
        except EmbeddedError as error:
            if not attended:
                app.close()
                raise
            all_actions()  # the texts come with the screens
            box = message_box.show_text(explain(error), title="Desk – demonstração")
            box.finished.connect(app.qt.quit)
            app.qt.exec()
            app.close()
            return 1
        with server as provider:
            # Closed whatever ends it: the server stops only when the last desk has left it.
            with closing(Desktop(app, provider.server, provider.company, provider.people, own)) as desktop:
                desktop.routers = provider.routers
                return use(desktop)
