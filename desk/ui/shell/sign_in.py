"""Entrar: server, person, password. Each way of failing has its own text."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QPushButton, QVBoxLayout, QWidget

from desk.ui.core.background import TaskRunner
from desk.ui.core.cards import NoteBar, hairline
from desk.ui.core.fields import TextField
from desk.ui.core.labels import ElidedLabel, IconLabel, Label, button, link, row
from desk.ui.core.passwords import PasswordField

WIDTH, INNER = 420, 32
WINDOWS = sys.platform == "win32"


class Credentials(NamedTuple):
    """What was typed; no password means single sign-on."""

    role: str
    password: str | None
    remember: bool
    keep: bool = False  # the password, in the system's keyring
    kept: bool = False  # it came from there

    def __repr__(self) -> str:
        return f"Credentials({self.role}, …)"


class SignInWindow(QWidget):
    """Asks `sign_in` in the background and emits what it returned; stays, with a reason, when it fails."""

    signed_in = Signal(object)
    server_wanted = Signal()
    doctor_wanted = Signal()
    named = Signal(str)  # who is about to sign in
    unwanted = Signal(str)  # whose password is not to be kept any more

    def __init__(
        self,
        runner: TaskRunner,
        sign_in: Callable[[Credentials], Any],
        *,
        company: str,
        server: str,
        verified: bool,
        single_sign_on: bool = False,
        remembered: str = "",
        password: str = "",
        people: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self._runner, self._sign_in = runner, sign_in
        self.setWindowTitle(self.tr("Entrar – Desk"))
        self.setObjectName("surface")
        self.setFixedWidth(WIDTH)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(INNER, 26, INNER, 18)
        outer.setSpacing(0)
        outer.addLayout(self._heading(company))
        outer.addSpacing(16)
        self.note = NoteBar("", "bad")
        self.note.hide()
        outer.addWidget(self.note)
        self.doctor = link(self.tr("Diagnóstico"), self.doctor_wanted.emit)
        self.doctor.hide()
        outer.addWidget(self.doctor)
        outer.addSpacing(10)
        self.role = TextField("role", self.tr("Usuário"), mandatory=True)
        self.role.edit.setText(remembered)
        self.password = PasswordField("password", self.tr("Senha"), mandatory=True)
        self.password.edit.setText(password)
        outer.addWidget(self.role)
        outer.addSpacing(8)
        outer.addWidget(self.password)
        self.caps = self._caps_lock()
        outer.addWidget(self.caps)
        outer.addSpacing(10)
        self.remember = QCheckBox(self.tr("Lembrar meu usuário neste computador"))
        self.remember.setChecked(bool(remembered))
        outer.addWidget(self.remember)
        self.keep = QCheckBox(self.tr("Lembrar minha senha"))
        self.keep.setToolTip(self.tr("Fica no chaveiro deste computador, na sua conta"))
        self.keep.setMinimumHeight(26)
        self.keep.hide()  # until there is a keyring
        outer.addWidget(self.keep)
        outer.addSpacing(12)
        self.enter = button(self.tr("Entrar"), self.submit, kind="tall")
        outer.addWidget(self.enter)
        self.ways = QVBoxLayout()
        self.ways.setContentsMargins(0, 10, 0, 0)
        self.single: QPushButton | None = None
        outer.addLayout(self.ways)
        if people:
            outer.addSpacing(14)
            outer.addWidget(self._demo(people))
        outer.addSpacing(24)
        outer.addWidget(hairline())
        outer.addSpacing(10)
        outer.addLayout(self._foot())
        self.show_server(server, verified=verified, single_sign_on=single_sign_on)
        outer.addStretch(1)
        for edit in (self.role.edit, self.password.edit):
            edit.installEventFilter(self)
        self._filled = False
        self.role.edit.textEdited.connect(lambda _: self._other_person())
        self.role.edit.editingFinished.connect(lambda: self.named.emit(self._who()))
        self.password.edit.textChanged.connect(lambda text: None if text else self._fill(False))
        self.password.edit.textEdited.connect(lambda _: self._typed_over())
        self.keep.clicked.connect(self._keep_clicked)
        self.remember.clicked.connect(self._remember_clicked)
        first = self.password if remembered else self.role
        QTimer.singleShot(0, self, lambda: first.edit.setFocus(Qt.FocusReason.OtherFocusReason))

    def _heading(self, company: str) -> Any:
        mark = QLabel()
        mark.setPixmap(QApplication.windowIcon().pixmap(48, 48))
        mark.setAccessibleName("Desk")
        words = QWidget()
        beside = QVBoxLayout(words)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(2)
        beside.addWidget(Label("Desk", "title"))
        beside.addWidget(Label(company, "body", "text2"))
        return row(mark, words, None, spacing=14)

    def _demo(self, people: Mapping[str, str]) -> QWidget:
        """Who there is in the demonstration: a click fills in that person's name and password."""
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        sentence = self.tr("Demonstração: é só apertar Enter. Outra pessoa:")
        column.addWidget(Label(sentence, "caption", "text2", wrap=True))
        names = row(spacing=4)
        for role, password in people.items():
            names.addWidget(link(role, partial(self._as, role, password)))
        names.addStretch(1)
        column.addLayout(names)
        return holder

    def _as(self, role: str, password: str) -> None:
        self.role.edit.setText(role)
        self.password.edit.setText(password)
        self.enter.setFocus(Qt.FocusReason.OtherFocusReason)

    def _caps_lock(self) -> QWidget:
        holder = QWidget()
        text = Label(self.tr("Caps Lock está ligado"), "medium", "warn")
        line = row(IconLabel("warning-fill", "warn", 14), text, None)
        line.setContentsMargins(0, 6, 0, 0)
        holder.setLayout(line)
        holder.hide()
        return holder

    def _foot(self) -> Any:
        self.lock = IconLabel("", "text2", 14)
        self.where = ElidedLabel("", "caption", "text2")
        self.change_server = link(self.tr("Trocar servidor"), self.server_wanted.emit)
        foot = row(self.lock, self.where, self.change_server)
        foot.setStretchFactor(self.where, 1)
        return foot

    def show_server(self, server: str, *, verified: bool, single_sign_on: bool) -> None:
        """Say which server it is; called again when the settings turn out to name another one."""
        safe = self.tr("conexão verificada") if verified else self.tr("conexão local")
        self.lock.set_icon("lock-simple" if verified else "desktop", "ok" if verified else "text2")
        self.where.setText(f"{server} · {safe}")
        if single_sign_on and self.single is None:
            words = self.tr("Entrar com a conta do Windows") if WINDOWS else self.tr("Entrar com a conta do domínio")
            self.single = button(words, self._single, icon="monitor")
            self.ways.addWidget(self.single)
        if self.single is not None:
            self.single.setVisible(single_sign_on)

    def offer_keeping(self) -> None:
        """There is a keyring: offer to keep the password in it."""
        self.keep.show()
        self._fit()

    def set_kept(self, role: str, password: str | None) -> None:
        """Say that this person's password is kept, and write it where nothing has been typed."""
        if role != self._who() or self.keep.isHidden() or not self.enter.isEnabled():
            return
        self.keep.setChecked(True)
        if password and not self.password.edit.text():
            self.password.edit.setText(password)
            self.password.edit.selectAll()  # whoever types another one writes over it
            self._fill(True)

    def _who(self) -> str:
        return self.role.edit.text().strip().lower()

    def _fill(self, filled: bool) -> None:
        self._filled = filled
        self.password.hide_for_good(filled)

    def _typed_over(self) -> None:
        """A letter more or less makes no password of a kept one, and the eye must not open what was kept."""
        if self._filled:
            self.password.edit.clear()

    def _other_person(self) -> None:
        if self._filled:
            self.password.edit.clear()
        self.keep.setChecked(False)

    def _keep_clicked(self, wanted: bool) -> None:
        if wanted:
            self.remember.setChecked(True)  # a password is of use only with a name
        else:
            self.unwanted.emit(self._who())

    def _remember_clicked(self, wanted: bool) -> None:
        if not wanted and self.keep.isChecked():
            self.keep.setChecked(False)
            self._keep_clicked(False)

    def submit(self) -> None:
        """Try to sign in with what was typed."""
        role = self._who()
        if not role:
            self._say(self.tr("Digite o usuário."))
            self.role.edit.setFocus()
            return
        if not self.password.edit.text():
            self._say(self.tr("Digite a senha."))
            self.password.edit.setFocus()
            return
        keep = self.keep.isVisible() and self.keep.isChecked()
        self._try(Credentials(role, self.password.edit.text(), self.remember.isChecked(), keep, self._filled))

    def _single(self) -> None:
        self._try(Credentials(self._who(), None, self.remember.isChecked()))

    def _try(self, credentials: Credentials) -> None:
        if not self.enter.isEnabled():
            return
        self._busy(True)
        self._runner.run(
            lambda: self._sign_in(credentials),
            owner=self,
            done=lambda signed_in: self._entered(signed_in),
            failed=lambda error: self._failed(error, credentials),
        )

    def _entered(self, signed_in: object) -> None:
        self._busy(False)
        self.password.edit.clear()
        self.signed_in.emit(signed_in)

    def _failed(self, error: Exception, tried: Credentials) -> None:
        from desk.services.core.errors import DomainError
        from desk.ui.core.messages import explain

        self._busy(False)
        if not isinstance(error, DomainError):
            raise error
        text = explain(error)
        self.doctor.setVisible(error.code not in ("wrong_password", "not_a_person"))
        parts = [text.what, text.why, text.do]
        if error.code == "wrong_password" and tried.kept:
            self.unwanted.emit(tried.role)
            self.password.edit.clear()
            parts = [
                self.tr("A senha guardada não vale mais."),
                self.tr("Ela foi apagada deste computador."),
                self.tr("Digite a senha."),
            ]
        self._say(" ".join(part for part in parts if part))
        if error.code == "wrong_password":
            self.password.edit.selectAll()
            self.password.edit.setFocus()

    def _say(self, text: str) -> None:
        self.note.set_text(text)
        self.note.show()
        self._fit()

    def _fit(self) -> None:
        """Be as high as wrapped lines need, which a plain adjustSize underestimates."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.resize(WIDTH, layout.totalHeightForWidth(WIDTH))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def _busy(self, busy: bool) -> None:
        self.enter.setEnabled(not busy)
        self.enter.setText(self.tr("Entrando…") if busy else self.tr("Entrar"))
        if busy:
            self.note.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.password.edit.setFocus() if watched is self.role.edit else self.submit()
                return True
            self._watch_caps(event)
        return super().eventFilter(watched, event)

    def _watch_caps(self, event: QKeyEvent) -> None:
        # Qt has no portable question for the lock itself: a capital without Shift gives it away.
        text = event.text()
        if text.isalpha():
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.caps.setVisible(text.isupper() != shift)
