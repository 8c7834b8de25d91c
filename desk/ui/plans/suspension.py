"""What the card of Suspensão Temporária asks and says beyond any other: two days, and what they come to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desk.services.core.errors import Violation
from desk.services.plans import PlanRow, SuspensionTerms, WithdrawSuspension, not_charged
from desk.ui.core import format
from desk.ui.core.change_card import Caution, Line, Section
from desk.ui.core.desk import Desk
from desk.ui.core.forms import Form
from desk.ui.core.inputs import DateField
from desk.ui.core.messages import Text
from desk.ui.core.network_question import NetworkQuestion

_COMES = "começa a suspensão: o RADIUS recusa e as conexões abertas são encerradas"
_ENDS = "termina a suspensão: o acesso volta sozinho"


@dataclass(frozen=True)
class Days:
    """From the first day without service until the first day with service again."""

    starts_on: dt.date
    ends_on: dt.date

    @property
    def count(self) -> int:
        """How many are without service."""
        return (self.ends_on - self.starts_on).days

    @property
    def last(self) -> dt.date:
        """The last one without service."""
        return self.ends_on - dt.timedelta(days=1)


class SuspensionDays:
    """The two fields of the card, with the limits beneath them; says when they hold other days that may be."""

    def __init__(self, form: Form, terms: SuspensionTerms, moved: Callable[[], object]) -> None:
        self._form, self._moved = form, moved
        self.terms = terms
        self.starts = form.add(DateField("starts_on", "Suspender em", mandatory=True))
        self.ends = form.add(DateField("ends_on", "Volta em", mandatory=True), span=3)
        self.starts.checks.append(lambda _: self._wrong(self.starts))
        self.ends.checks.append(lambda _: self._wrong(self.ends))
        starts_on, ends_on = terms.usual
        form.bind({"starts_on": starts_on, "ends_on": ends_on})
        self.days = Days(starts_on, ends_on)
        form.changed.connect(self._edited)
        self._tell()

    @property
    def planned(self) -> bool:
        """The first day is yet to come."""
        return self.days.starts_on > self.terms.today

    def show(self) -> None:
        """Put the fields into sight, the first key into the first one."""
        self._form.show()
        self.starts.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _violations(self) -> Iterable[Violation]:
        starts_on, ends_on = self.starts.value(), self.ends.value()
        if starts_on is None or ends_on is None:
            return ()
        return self.terms.check(starts_on, ends_on)

    def _wrong(self, field: DateField) -> str | None:
        found = next((each for each in self._violations() if each.field == field.name), None)
        field.params = dict(found.params) if found is not None else {}
        return found.code if found is not None else None

    def _edited(self, name: str) -> None:
        starts_on, ends_on = self.starts.value(), self.ends.value()
        if name == "starts_on" and starts_on is not None and self.terms.may_start(starts_on):
            # The days that were chosen stay as many: who moves the beginning moves the return with it. A date that is
            # still being typed is another one, and moves nothing.
            ends_on = starts_on + dt.timedelta(days=self.days.count)
            self.ends.set_value(ends_on)
            self._form.draft["ends_on"] = ends_on
        self._tell()
        if starts_on is None or ends_on is None or list(self._violations()):
            return
        if (days := Days(starts_on, ends_on)) != self.days:
            self.days = days
            self._moved()

    def _tell(self) -> None:
        starts_on, ends_on = self.starts.value(), self.ends.value()
        self.starts.set_hint("começa hoje" if starts_on == self.terms.today else "")
        if starts_on is None or ends_on is None or ends_on <= starts_on:
            self.ends.set_hint(limits(self.terms))
            return
        days = Days(starts_on, ends_on)
        self.ends.set_hint(
            f"{format.count(days.count, 'dia', 'dias')} sem serviço, o último em {format.day(days.last)};"
            f" {limits(self.terms)}"
        )


def limits(terms: SuspensionTerms) -> str:
    """How short and how long it may be."""
    if terms.longest:
        return f"de {max(1, terms.shortest)} a {format.count(terms.longest, 'dia', 'dias')}"
    return f"no mínimo {format.count(max(1, terms.shortest), 'dia', 'dias')}"


def suspension_money(monthly: Decimal, days: Days, *, charged: bool) -> tuple[Line, ...]:
    """What is not charged, reckoned by the days; the invoices themselves come with Financeiro."""
    if not charged:
        return (Line(key="how", text="já não é cobrada", quiet=True, icon="info"),)
    return (
        Line(
            key="days",
            text=f"Não cobrado por {format.count(days.count, 'dia', 'dias')}",
            amount=format.money(-not_charged(monthly, days.starts_on, days.ends_on)),
            strong=True,
            line_above=True,
        ),
        Line(
            key="how",
            text=f"{format.money(monthly)} por mês, na proporção dos dias de cada mês. É uma informação: a fatura conta"
            " os mesmos dias pelo ciclo dela.",
            quiet=True,
            icon="info",
        ),
    )


def suspension_network(section: Section, days: Days, *, planned: bool) -> Section:
    """Both moments are said by their days, whatever zone this computer is in; nobody has to do anything at either."""
    moments = [Line(key="end", text="RADIUS", icon="key", note=f"{format.day(days.ends_on)}, 0h", detail=_ENDS)]
    if planned:
        comes = Line(key="start", text="RADIUS", icon="key", note=f"{format.day(days.starts_on)}, 0h", detail=_COMES)
        moments.insert(0, comes)
    # What does not change stands last.
    still = [line for line in section.lines if line.key == "still"]
    return replace(section, lines=(*(line for line in section.lines if line.key != "still"), *moments, *still))


def cautions_of(plan: PlanRow, *, enabling: bool) -> list[Caution]:
    """What a step means to the temporary suspension that the plan has."""
    if plan.suspended_from is None or plan.suspended_last is None:
        return []
    until = format.day(plan.suspended_last)
    if plan.suspension_planned:
        text = f"A suspensão temporária planejada de {format.day(plan.suspended_from)} a {until} deixa de valer."
        return [Caution(text=text)]
    if enabling:
        text = f"Encerra hoje a suspensão temporária que iria até {until}; os dias a partir de hoje são cobrados."
        return [Caution(text=text, tone="info")]
    return [Caution(text=f"Encerra hoje a suspensão temporária que iria até {until}.")]


def ask_withdrawal(desk: Desk, plan: PlanRow, owner: QWidget | None) -> None:
    """Ask before a planned suspension is taken back."""
    NetworkQuestion(
        desk,
        "Retirar Suspensão Planejada",
        Text(
            what=f"Retirar a suspensão planejada de {plan.title}, de {plan.customer_name}?",
            why=f"Ela iria de {format.day(plan.suspended_from)} a {format.day(plan.suspended_last)}.",
            do="O plano continua habilitado, e os dias continuam cobrados.",
        ),
        "Retirar Suspensão Planejada",
        WithdrawSuspension(plan_id=plan.id, version=plan.version),
        said="Suspensão planejada retirada com sucesso",
        icon="calendar-x",
        parent=owner,
    ).open()
