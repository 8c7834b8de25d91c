"""A form dialog that sends one command: the shape of every editor."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import QPushButton, QWidget

from desk.services.core.bus import Command
from desk.services.core.errors import AlreadyExists, DomainError, FieldChange, Invalid, StaleRecord, Violation
from desk.ui.core import format
from desk.ui.core.cards import hairline
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import Size
from desk.ui.core.fields import YesNoField
from desk.ui.core.forms import Form, FormDialog
from desk.ui.core.inputs import ComboField
from desk.ui.core.labels import Label, button
from desk.ui.core.message_box import ask
from desk.ui.core.messages import Text
from desk.ui.core.network_box import NetworkBox
from desk.ui.core.network_question import NetworkQuestion

FIRST_LINES = 96  # of what is said to the network
ABOVE = 28  # a field's name stands over it
SAVED = "Dados salvos com sucesso"


class SaveDialog(FormDialog):
    """Put fields into `form` and the forms of further sections; `command` makes the order from the draft."""

    def __init__(
        self,
        desk: Desk,
        title: str,
        parent: QWidget | None,
        *,
        size: Size = Size.FORM,
        columns: int = 2,
        verb: str = "Salvar",
        closing: str = "Cancelar",
    ) -> None:
        super().__init__(title, size=size, closing=closing, parent=parent)
        self.desk = desk
        self.body.setSpacing(12)
        self.form = Form(columns=columns)
        self.forms = [self.form]
        self.body.addWidget(self.form)
        self.command: Callable[[dict[str, Any]], Any] = lambda draft: None
        self.said: Callable[[Any], str] | str = SAVED
        self.saved: Callable[[Any], object] = lambda value: None
        self._newer = 0  # versions that others saved and this person decided to write over
        self.save_button = self.set_primary(button(verb, self.save, kind="primary"))

    def section(self, title: str, columns: int = 2, *, line: bool = True) -> Form:
        """A further form under a heading."""
        if line:
            self.body.addWidget(hairline())
        self.body.addWidget(Label(title, "section"))
        form = Form(columns=columns)
        self.forms.append(form)
        self.body.addWidget(form)
        return form

    def begin(self, draft: dict[str, Any], whose: str = "") -> None:
        """Show the draft; from here on the forms count as saved."""
        for form in self.forms:
            form.bind(draft)
        self.hold(*self.forms, whose=whose)

    @property
    def draft(self) -> dict[str, Any]:
        """What all forms hold."""
        return {name: value for form in self.forms for name, value in form.draft.items()}

    def ready(self) -> bool:
        """Check everything, and lead to the first error if there is one."""
        wrong = [form for form in self.forms if form.check()]
        if wrong:
            wrong[0].go_to_first()
        return not wrong

    def save(self) -> None:
        """Check, send, close when it was saved."""
        if not self.ready():
            return
        self.set_busy(True)
        self.desk.do(self.order(), owner=self, said=self.said, done=self._done, failed=self._refused)

    def order(self) -> Any:
        """What is sent: the draft, over what this person has seen of others."""
        order = self.command(self.draft)
        return replace(order, version=order.version + self._newer) if self._newer else order

    def tell_network(self, kind: type[Command[Any]], heard: Collection[str]) -> None:
        """Say below what saving does on the network, as soon as a field that it hears of is another one.

        Only to who may save, and only of what exists already: nothing new is in anybody's use yet.
        """
        self.network = NetworkBox(self.desk, self)
        self.network.settles_many = True
        self.network.hide()
        self.network.fitted.connect(lambda: QTimer.singleShot(0, self, self._show_some_of_it))
        self.body.addWidget(self.network)

        def look(name: str) -> None:
            self.look_at_network(heard)

        if self.desk.may(kind):
            for form in self.forms:
                form.changed.connect(look)

    def look_at_network(self, heard: Collection[str]) -> None:
        """Ask once typing ends; nothing is asked, or shown, about a draft that cannot be saved."""
        moved = any(name in heard for form in self.forms for name in form.differences())
        if moved and not any(field.check() for form in self.forms for field in form.fields.values()):
            self.network.show()
            self.network.when.setText("conferindo…")
            self.network.ask_soon(self.order())
        else:
            self.network.forget()

    def _show_some_of_it(self) -> None:
        """On a low screen: so far up that its first lines are seen, but never what is being typed out of sight."""
        inside, page = self.area.viewport(), self.area.widget()
        typed: QWidget | None = self.focusWidget()  # None while nothing has the focus, whatever Qt's stubs say
        if page is None or typed is None or not page.isAncestorOf(typed):
            return
        if self.network.isHidden() or not self.network.said:
            return
        wanted = self.network.mapTo(page, QPoint(0, FIRST_LINES)).y() - inside.height()
        bar = self.area.verticalScrollBar()
        bar.setValue(max(bar.value(), min(wanted, typed.mapTo(page, QPoint(0, -ABOVE)).y())))

    def _done(self, value: Any) -> None:
        self.set_busy(False)
        self.accept()
        self.saved(value)

    def settle(self) -> None:
        """Count what the forms hold as saved, as when a list arrived after the rest."""
        for form in self.forms:
            form.settle()

    def told_here(self, error: DomainError) -> bool:
        """For editors that know more about a refusal than its field; True when it has been shown."""
        return False

    def _refused(self, error: DomainError) -> bool:
        self.set_busy(False)
        if self.told_here(error):
            return True
        if isinstance(error, AlreadyExists):
            return self.refused_by([Violation(str(error.params.get("field")), "taken")])
        if isinstance(error, Invalid):
            return self.refused_by(error.violations)
        if isinstance(error, StaleRecord) and error.changes:
            self._compare(error)
            return True
        return False

    def refused_by(self, violations: Any) -> bool:
        """Mark the fields; False when none of them is on this screen."""
        known = [form for form in self.forms if any(each.field in form.fields for each in violations)]
        for form in self.forms:
            form.show_violations(violations)
        if known:
            known[0].go_to_first()
        return bool(known)

    def _compare(self, error: StaleRecord) -> None:
        lines = "\n".join(dict.fromkeys(self._told(change) for change in self._of_this_screen(error)))
        newer = len({change.at for change in error.changes})

        def mine() -> None:
            self._newer += newer
            self.save()

        ask(
            Text(
                what="Outra pessoa salvou este cadastro enquanto ele estava aberto.",
                why=f"{error.changes[-1].who} alterou:\n{lines}",
                do="Salvar o meu mantém o que está nesta tela; Voltar deixa a tela aberta para conferir.",
            ),
            "Salvar o meu",
            mine,
            parent=self,
        )

    def _of_this_screen(self, error: StaleRecord) -> list[FieldChange]:
        """Columns that no field shows, such as a folded name, say nothing to a person."""
        fields = {name for form in self.forms for name in form.fields}
        return [change for change in error.changes if change.field in fields] or list(error.changes)

    def _told(self, change: FieldChange) -> str:
        field = next((form.fields[change.field] for form in self.forms if change.field in form.fields), None)
        if field is None:
            return change.field
        name = field.words.text() if isinstance(field, YesNoField) else field.caption.text()

        def shown(value: object) -> str:
            if isinstance(field, ComboField):
                return next((c.label for c in field.choices if c.value == value), "—")
            if isinstance(value, bool):
                return format.yes_no(value)
            return "vazio" if value in (None, "") else str(value)

        return f"{name}: {shown(change.before)} → {shown(change.after)}"

    def offer_delete(
        self,
        order: Callable[[], Any],
        what: str,
        why: str,
        said: str,
        *,
        failed: Callable[[DomainError], object] | None = None,
        network: bool = False,
    ) -> QPushButton:
        """Apagar, which asks first; `failed` may answer True where it tells a refusal itself.

        With `network` the question also says what routers will hear, where they hear anything.
        """

        def question() -> None:
            if not network:
                ask(Text(what, why), "Apagar", go, danger=True, parent=self)
                return
            NetworkQuestion(
                self.desk,
                "Apagar",
                Text(what, why),
                "Apagar",
                order(),
                said=said,
                danger=True,
                icon="trash",
                done=lambda: self.done(1),
                failed=failed or (lambda error: False),
                settles_many=True,
                parent=self,
            ).open()

        def go() -> None:
            self.desk.do(order(), owner=self, said=said, done=lambda _: self.done(1), failed=failed)

        made = button("Apagar", question, icon="trash")
        self.add_button(made)
        return made


def text_of(value: Any) -> str:
    """A text field's value: never None."""
    return str(value).strip() if value is not None else ""
