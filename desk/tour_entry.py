"""The guided tour's first steps: Entrar, and who is remembered there."""

from __future__ import annotations

from desk.tour import SIZE, Tour
from desk.ui.shell.sign_in import SignInWindow


def sign_in(tour: Tour, role: str = "administrador") -> None:
    """Entrar, once with a wrong password, then as somebody who may do everything."""
    desktop = tour.desktop
    desktop.start()
    window = tour.until(lambda: desktop.window, "the sign-in window")
    window.role.edit.setText(role)
    tour.draw("entrar", window)
    window.password.edit.setText("esqueci")
    window.submit()
    tour.until(lambda: window.note.isVisible(), "a refusal")
    tour.calm()
    tour.draw("entrar-erro", window)
    other = remembered(tour, role)
    other.show()
    tour.draw("entrar-lembrado", other)
    other.close()
    other.deleteLater()
    window.password.edit.setText(desktop.people[role])
    window.submit()
    tour.until(lambda: desktop.session, "the main window")
    tour.shell.window.resize(*SIZE)
    tour.calm()
    tour.draw("inicio", tour.shell.window)


def remembered(tour: Tour, role: str) -> SignInWindow:
    """Entrar of a company's desk, for who wished to be remembered with the password; the demonstration keeps none."""
    desktop = tour.desktop
    window = SignInWindow(
        desktop.runner,
        lambda typed: None,
        company=desktop.company,
        server="bd.serranet.example",
        verified=True,
        remembered=role,
    )
    window.offer_keeping()
    window.set_kept(role, "uma frase qualquer")
    return window
