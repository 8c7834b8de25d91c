"""Suspender, Habilitar, Habilitar Provisoriamente: the change card, its live look at the network, the act."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise
from typing import Any

from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from desk.services.core.bus import Command
from desk.services.core.errors import DomainError
from desk.services.plans import (
    ENABLE_REASONS,
    PROVISIONAL,
    STATUS_REASONS,
    SUSPEND_REASONS,
    ChangeStatus,
    EnablePlan,
    EnableProvisionally,
    NetworkLine,
    PlanGroup,
    PlanRow,
    PreviewStatusChange,
    StatusCard,
    StatusChanged,
    StatusCode,
    SuspendPlan,
    SuspendTemporarily,
    SuspensionTerms,
    WithdrawSuspension,
)
from desk.services.previews import Change, NetworkPreview, Rehearse, Way, When
from desk.ui.core import format
from desk.ui.core.change_card import CardFacts, Caution, ChangeCard, Line, Section
from desk.ui.core.desk import Desk
from desk.ui.core.icons import Status
from desk.ui.core.inputs import Choice, DateField
from desk.ui.core.messages import not_possible
from desk.ui.core.network_box import MOST_LINES
from desk.ui.core.router_words import PROBLEMS, ends, told, where
from desk.ui.plans.reasons import may_enable_suspended, why_not
from desk.ui.plans.suspension import SuspensionDays, cautions_of, suspension_money, suspension_network
from desk.ui.plans.words import NETWORK_STATES, SYSTEMS

MONEY, NETWORK = "Dinheiro", "Rede"
_PROVISIONAL = "Habilitado provisoriamente"
_TITLES = {
    StatusCode.SUSPENDED: ("Suspender Plano", "Suspender", "pause-circle"),
    StatusCode.ENABLED: ("Habilitar Plano", "Habilitar", "play-circle"),
    StatusCode.SUSPENDED_TEMPORARILY: ("Suspensão Temporária", "Suspender temporariamente", "calendar-x"),
    PROVISIONAL: ("Habilitar Provisoriamente o Plano", "Habilitar provisoriamente", "timer"),
}
_CHANGE = ("Mudar Status", "Mudar o status de", "flag")
_REASONS: dict[str, tuple[str, ...]] = {
    StatusCode.SUSPENDED: SUSPEND_REASONS,
    StatusCode.SUSPENDED_TEMPORARILY: SUSPEND_REASONS,
    StatusCode.ENABLED: ENABLE_REASONS,
    PROVISIONAL: ENABLE_REASONS,
}
_SAID: dict[str, str] = {
    StatusCode.SUSPENDED: "Plano suspenso com sucesso",
    StatusCode.ENABLED: "Plano habilitado com sucesso",
}


def ask_status(desk: Desk, plan: PlanRow, target: str) -> None:
    """Ask the service what the step would do, and show its card."""
    parent = QApplication.activeWindow()
    desk.ask(
        PreviewStatusChange(plan_id=plan.id, target=target),
        owner=desk,
        done=lambda card: StatusChange(desk, card, parent).show(),
    )


class StatusChange:
    """One card from preview to act; lives as long as its dialog."""

    def __init__(self, desk: Desk, card: StatusCard, parent: QWidget | None) -> None:
        self._desk, self._card = desk, card
        self.preview: NetworkPreview | None = None
        self.days: SuspensionDays | None = None
        facts = self._facts()
        self.dialog = ChangeCard(facts, parent)
        # The usual reason stands there already: most cards are confirmed by one key.
        self.dialog.form.bind({"reason": facts.reasons[0].value})
        self.until: DateField | None = None
        if card.target == PROVISIONAL:
            self._ask_until()
        if card.suspension is not None:
            self._ask_days(card.suspension)
        self.dialog.accepted_with.connect(self.act)
        self.dialog.refresh_wanted.connect(lambda _: self.look())
        self.dialog.setProperty("change", self)  # keeps this object alive as long as the dialog

    def show(self) -> None:
        """Open the card and look at the routers meanwhile."""
        self.dialog.open()
        self.look()

    def _ask_until(self) -> None:
        self.until = DateField("until", "Habilitar até", mandatory=True)
        self.dialog.questions.add(self.until)
        last = self._card.today + dt.timedelta(days=self._card.provisional_days)
        self.until.set_hint(f"no máximo {format.day(last)}")
        self.dialog.questions.bind({"until": last})
        self._lead_from(self.until.editor)
        self.dialog.questions.show()

    def _ask_days(self, terms: SuspensionTerms) -> None:
        self.days = SuspensionDays(self.dialog.questions, terms, self._other_days)
        self._lead_from(self.days.starts.editor, self.days.ends.editor)
        self.days.show()
        self._other_days(look=False)

    def _lead_from(self, *first: QWidget) -> None:
        """Fields that came last stand first: Tab and Enter go on from them as the eye does."""
        self.dialog.questions.confirmed.connect(self.dialog.reason.setFocus)
        again = self.dialog.sections[NETWORK].findChild(QToolButton)
        way = (*first, again, self.dialog.reason.editor, self.dialog.remark.editor)
        for before, after in pairwise(each for each in way if each is not None):
            QWidget.setTabOrder(before, after)

    def _other_days(self, *, look: bool = True) -> None:
        """Money and network of the days that stand there now."""
        self.preview = None
        self.dialog.fill(self._money())
        self.dialog.fill(self._network())
        if look:
            self.look()

    def _money(self) -> Section:
        if self.days is None:
            return money_section(self._card)
        shown = money_section(self._card)
        more = suspension_money(self._card.monthly, self.days.days, charged=self._card.bills_now)
        return replace(shown, lines=(shown.lines[0], *more))

    def _network(self) -> Section:
        planned = self.days is not None and self.days.planned
        shown = network_section(self._card, self.preview, later=planned)
        return suspension_network(shown, self.days.days, planned=planned) if self.days is not None else shown

    def look(self) -> None:
        """Rehearse the step and ask the routers; a silent one is said, and blocks nothing."""
        self._desk.ask(
            Rehearse(command=self._command("prévia", "")),
            owner=self.dialog,
            done=self._looked,
            failed=self._not_looked,
            slot=("look", id(self.dialog)),
        )

    def _not_looked(self, _: DomainError) -> bool:
        """The look says nothing about the routers then, so the section must not wait for them, nor claim anything."""
        self.dialog.fill(replace(self._network(), loading=False, note="não conferido"))
        return True  # a lost database has its banner, and the delivery says what a router answers

    def _looked(self, preview: NetworkPreview) -> None:
        self.preview = preview
        self.dialog.fill(self._network())

    def _facts(self) -> CardFacts:
        card = self._card
        title, verb, icon = _TITLES.get(card.target, _CHANGE)
        reasons = _REASONS.get(card.target, STATUS_REASONS)
        return CardFacts(
            title=title,
            subject=card.plan.title,
            customer=f"{card.plan.customer_name} · {card.plan.customer_code:06d} · Plano nº {card.plan.number:03d}",
            icon=f"{icon}-fill" if icon != "timer" else icon,
            tone="ok" if card.access_then else "warn",
            old_status=Status(card.plan.status, card.plan.status_label),
            new_status=Status(card.target, _PROVISIONAL if card.target == PROVISIONAL else card.target_label),
            sections=(self._money(), self._network()),
            warnings=tuple(cautions(card)),
            sentence=(verb, card.plan.title, card.plan.customer_name),
            verb=title,
            verb_icon=icon,
            reasons=tuple(Choice(reason, reason) for reason in reasons),
        )

    def act(self, reason: str, remark: str) -> None:
        """Send the command with the facts that were shown."""
        self.dialog.set_busy(True)
        command = self._command(reason, remark)
        self._desk.do(
            command,
            owner=self.dialog,
            said=self._said(),
            done=lambda _: self.dialog.accept(),
            failed=self._refused,
            undo=self._undo(),
        )

    def _said(self) -> str:
        if self.days is not None and self.days.planned:
            days = self.days.days
            return f"Suspensão temporária planejada de {format.day(days.starts_on)} a {format.day(days.last)}"
        if self.days is not None:
            return f"Plano suspenso temporariamente até {format.day(self.days.days.last)}"
        if self._card.target == PROVISIONAL:
            return self._until_text()
        return _SAID.get(self._card.target, f"Status mudado para {self._card.target_label}")

    def _until_text(self) -> str:
        day = self.until.value() if self.until is not None else None
        return f"Plano habilitado provisoriamente até {format.day(day)}"

    def _command(self, reason: str, remark: str) -> Command[StatusChanged]:
        card = self._card
        common: dict[str, Any] = {
            "plan_id": card.plan.id,
            "reason": reason,
            "note": remark or "",
            "version": card.plan.version,
            "facts": card.facts,
        }
        if card.target == StatusCode.SUSPENDED:
            return SuspendPlan(**common)
        if self.days is not None:
            return SuspendTemporarily(starts_on=self.days.days.starts_on, ends_on=self.days.days.ends_on, **common)
        if card.target == PROVISIONAL and self.until is not None and (day := self.until.value()) is not None:
            # The card has shown that the last time was recent; pressing its button is the answer.
            return EnableProvisionally(until=day, confirmed=too_soon(card), **common)
        if card.target == StatusCode.ENABLED:
            return EnablePlan(**common)
        return ChangeStatus(status=card.target, **common)

    def _undo(self) -> Any:
        """The inverse act, where there is one and the person may do it."""
        target = self._card.target
        if self.days is not None and self.days.planned:
            return lambda done: WithdrawSuspension(plan_id=done.plan_id, version=done.version)
        suspends = target in (StatusCode.SUSPENDED, StatusCode.SUSPENDED_TEMPORARILY)
        if suspends and self._desk.may(EnablePlan) and may_enable_suspended(self._desk):
            return lambda done: EnablePlan(plan_id=done.plan_id, reason="Desfeito", version=done.version)
        if target == StatusCode.ENABLED and self._card.plan.status == StatusCode.SUSPENDED:
            return lambda done: SuspendPlan(plan_id=done.plan_id, reason="Desfeito", version=done.version)
        comes_back = self._card.target_group is not PlanGroup.INACTIVE or may_enable_suspended(self._desk)
        if target not in _TITLES and self._card.plan.enabled and comes_back:
            return lambda done: EnablePlan(plan_id=done.plan_id, reason="Desfeito", version=done.version)
        return None

    def _refused(self, error: DomainError) -> bool:
        self.dialog.set_busy(False)
        if error.code in ("facts_moved", "stale_record"):
            self._desk.ask(
                PreviewStatusChange(plan_id=self._card.plan.id, target=self._card.target),
                owner=self.dialog,
                done=self._moved,
            )
            return True
        asks = self.until is not None or self.days is not None
        shown = self.dialog.questions if asks else self.dialog.form
        return shown.refused(error)

    def _moved(self, card: StatusCard) -> None:
        if reason := why_not(card.plan, card.target):  # somebody else took this step, or a bigger one
            self.dialog.is_dirty = lambda: False
            self.dialog.reject()
            self._desk.fail(not_possible(self.dialog.windowTitle(), reason))
            return
        self._card = card
        self.dialog.show_moved(self._facts())


def money_section(card: StatusCard) -> Section:
    """What the step means to billing; the sums of invoices come with Financeiro."""
    amount = format.money(card.monthly)
    if card.bills_now and not card.bills_then:
        line = Line(key="monthly", text="Mensalidade", amount=amount, old="cobrada", new="não é cobrada")
        how = "enquanto o plano estiver nesta situação"
    elif card.bills_then and not card.bills_now:
        line = Line(key="monthly", text="Mensalidade", amount=amount, old="não cobrada", new="cobrada", tone="ok")
        how = "a partir de hoje"
    else:
        line = Line(key="monthly", text="Mensalidade", amount=amount)
        how = "continua cobrada" if card.bills_now else "continua sem cobrança"
    lines = (line, Line(key="how", text=how, quiet=True, icon="info"))
    return Section(title=MONEY, icon="money", note="em R$", lines=lines)


def network_section(card: StatusCard, preview: NetworkPreview | None, *, later: bool = False) -> Section:
    """What the step means to RADIUS, to open connections and to routers, and below each thing the very words.

    `later`: the step is for a day to come, and until then nothing moves.
    """
    known = {line: _network_line(line) for line in card.network if line.moves and not later}
    still = [line.thing for line in card.network if later or not line.moves] + list(card.unchanged)
    words: dict[NetworkLine, list[str]] = {}
    own: dict[tuple[str, str], Line] = {}
    for change in preview.changes if preview is not None else ():
        if card.suspension is not None and change.when is When.LATER:
            continue  # its days are said by the card itself
        line = next((each for each in known if _is_about(card, each, change)), None)
        if line is not None:
            asked = f"{change.command}: " if change.way in (Way.DISCONNECT, Way.COA) else ""
            words.setdefault(line, []).append(f"{asked}{told(change)}")
        else:
            made = _own_line(change)  # one entry for each device and thing, however much is said to it
            former = own.get((made.text, made.note))
            if former is not None:
                made = replace(former, key=f"{former.key} {made.key}", detail=f"{former.detail}\n{made.detail}")
            own[made.text, made.note] = made
    lines = [replace(shown, detail="\n".join(words.get(line, ()))) for line, shown in known.items()]
    lines += list(own.values())[:MOST_LINES]
    if len(own) > MOST_LINES:
        lines.append(Line(key="more", text=f"e mais {len(own) - MOST_LINES}", quiet=True))
    for router in preview.mute if preview is not None else ():
        why = PROBLEMS.get(router.problem, "recusou a consulta")
        lines.append(
            Line(
                key=f"silent/{router.device}",
                text="MikroTik",
                note=router.device,
                icon="hard-drives",
                warning=f"{why[0].upper()}{why[1:]}; acima, o que será enviado a partir do último estado conhecido."
                " A entrega fica pendente e é tentada de novo. Não impede confirmar.",
            )
        )
    if not lines and not card.network:
        none = "Nenhum login para bloquear ou liberar."
        lines.append(Line(key="none", text=none, quiet=True, icon="minus-circle-fill"))
    if still:
        names = ", ".join(dict.fromkeys(still))
        lines.append(
            Line(
                key="still",
                text=f"Sem mudança{' até lá' if later else ''}: {names}",
                quiet=True,
                icon="minus-circle-fill",
            )
        )
    note = f"conferido às {format.clock(preview.at.astimezone())}" if preview is not None else ""
    return Section(
        title=NETWORK, icon="share-network", note=note, lines=tuple(lines), loading=preview is None, refresh=True
    )


def _is_about(card: StatusCard, line: NetworkLine, change: Change) -> bool:
    """Whether the words belong to a line that the card shows anyway."""
    if change.way is Way.RADIUS:
        return line.system == "radius" and line.thing == change.thing and bool(change.before)
    if ends(change):
        named = {login.login: login.ip or login.login for login in card.plan.logins}
        return line.system == "session" and line.thing in (change.thing, named.get(change.thing))
    return line.system == "router" and line.thing == change.thing and change.command.startswith("/ppp/secret")


def _own_line(change: Change) -> Line:
    return Line(
        key=f"{change.command}/{change.device}/{change.thing}/{told(change)}",
        text=where(change),
        note=change.thing if change.way is not Way.RADIUS else "",
        icon="hash-straight" if change.way is Way.API else "key",
        detail=told(change),
    )


def _network_line(line: NetworkLine) -> Line:
    name, icon = SYSTEMS[line.system]
    before = NETWORK_STATES[line.before]
    if line.before == "online" and line.since is not None:
        before = f"online há {format.lasting(dt.datetime.now(dt.UTC) - line.since)}"
    good = line.after in ("allowed", "online", "secret_enabled", "ip_open")
    note = f"{line.thing} · {line.device}" if line.device and line.system != "radius" else line.thing
    return Line(
        key=f"{line.system}/{line.thing}/{line.device}",
        text=name,
        note=note,
        icon=icon,
        old=before,
        new=NETWORK_STATES[line.after],
        tone="ok" if good else "warn",
    )


def cautions(card: StatusCard) -> list[Caution]:
    """What the clerk should know before confirming."""
    found: list[Caution] = []
    if card.pending_logins:
        words = "1 login ainda tem entrega pendente" if card.pending_logins == 1 else (
            f"{card.pending_logins} logins ainda têm entrega pendente"
        )  # fmt: skip
        found.append(Caution(text=f"{words}; esta alteração entra na mesma fila."))
    if card.last_provisional is not None and too_soon(card):
        last = format.day(card.last_provisional)
        text = f"Este plano foi habilitado a menos de {card.provisional_gap} dias ({last})"
        found.append(Caution(text=text))
    return found + cautions_of(card.plan, enabling=card.target == StatusCode.ENABLED)


def too_soon(card: StatusCard) -> bool:
    """Whether a provisional enabling follows another one too closely (ST-17)."""
    if card.target != PROVISIONAL or card.last_provisional is None:
        return False
    return (card.today - card.last_provisional).days < card.provisional_gap
