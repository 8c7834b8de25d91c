"""A field for a password, and passwords made by the program."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QToolButton

from desk.ui.core import icons
from desk.ui.core.fields import TextField
from desk.ui.core.labels import icon_button

# Letters and digits that nobody confuses on the phone.
EASY = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789"


class PasswordField(TextField):
    """A password: hidden, with an eye, a generator and a copy button where wanted."""

    def __init__(
        self,
        name: str,
        caption: str,
        *,
        mandatory: bool = False,
        hint: str = "",
        width: int = 0,
        generate: bool = False,
        copy: bool = False,
        make: Callable[[], str] | None = None,
    ) -> None:
        super().__init__(name, caption, mandatory=mandatory, hint=hint, width=width, code=True)
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self._make = make or easy_password
        self._eye = self.edit.addAction(icons.icon("eye", "text2"), QLineEdit.ActionPosition.TrailingPosition)
        self._eye.setToolTip("Mostrar a senha")
        self._eye.triggered.connect(lambda: self.show_text(self.edit.echoMode() == QLineEdit.EchoMode.Password))
        self.extra: list[QToolButton] = []
        if copy:
            self._extra("copy", "Copiar", lambda: QGuiApplication.clipboard().setText(self.edit.text()))
        if generate:
            self._extra("arrows-clockwise", "Gerar senha", self.generate)

    def _extra(self, icon: str, name: str, act: Callable[[], object]) -> None:
        made = icon_button(icon, name, act)
        self.line.addWidget(made)
        self.extra.append(made)

    def show_text(self, shown: bool) -> None:
        """Open or close the eye."""
        self.edit.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self._eye.setIcon(icons.icon("eye-slash" if shown else "eye", "text2"))
        self._eye.setToolTip("Esconder a senha" if shown else "Mostrar a senha")

    def hide_for_good(self, hidden: bool) -> None:
        """Take the eye away, from a password that nobody here has typed."""
        self.show_text(False)
        self._eye.setVisible(not hidden)

    def generate(self) -> None:
        """Fill in a new password and show it, since somebody will read it out."""
        self.edit.setText(self._make())
        self.show_text(True)
        self.edited.emit()

    def text(self) -> str:
        return self.edit.text()  # blanks belong to a password


def easy_password(length: int = 8) -> str:
    """A random password without look-alikes (RA-10)."""
    import secrets  # brings OpenSSL along, which signing in must not wait for

    while True:
        made = "".join(secrets.choice(EASY) for _ in range(length))
        if any(letter.isdigit() for letter in made) and any(letter.isalpha() for letter in made):
            return made
