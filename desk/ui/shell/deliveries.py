"""Follows what an act still owes the network, for the strip of the customer it belongs to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from desk.services.core.bus import Owed
from desk.services.core.outbox import DeliveryState, Progress
from desk.services.core.outbox import Step as Told
from desk.services.deliveries import DebtNews
from desk.ui.core import format
from desk.ui.core.desk import Act, Desk
from desk.ui.core.strip import Delivery, State, Step

UNDO_SECONDS = 300
DATED = {"plan_provisional", "plan_suspension"}  # for later, and nobody waits for it here
_SYSTEMS = {"radius": "RADIUS", "session": "Conexão", "router": "MikroTik", "speed": "Velocidade"}
_SAID = {
    "access_allowed": ("Feito: liberado", "vale já na próxima autenticação"),
    "access_blocked": ("Feito: bloqueado", "vale já na próxima autenticação"),
    "login_removed": ("Feito: login removido", "o RADIUS não o conhece mais"),
    "asking": ("Enviando…", "perguntando ao roteador"),
    "asking_coa": ("Encerrando…", "último segundo da sessão pedido por RADIUS (CoA)"),
    "asking_nas": ("Encerrando…", "pedido de desconexão enviado por RADIUS"),
    "acked_waiting": ("Encerrando…", "pedido aceito; esperando a prova do fim da sessão"),
    "accounting_stop": ("Encerrada", "a contabilização do RADIUS registrou o fim da sessão"),
    "already_ended": ("Já não estava conectado", "a sessão terminou antes do pedido"),
    "nas_knows_none": ("Já não estava conectado", "o roteador não conhece mais esta sessão"),
    "nas_forgot": ("Encerrada", "depois do pedido o roteador já não conhece a sessão"),
    "acked_unproven": ("Aceito, mas sem prova", "o roteador disse sim, e nada mostra ainda o fim da sessão"),
    "no_nas_secret": ("Sem segredo RADIUS", "cadastre o segredo RADIUS do servidor de roteamento"),
    "speed_asking": ("Enviando…", "pedindo a nova velocidade por RADIUS (CoA)"),
    "speed_acked": ("Feito: {rate}", "o roteador aceitou sem derrubar a conexão"),
    "speed_next": ("Na próxima conexão: {rate}", "este roteador não troca a velocidade com a conexão aberta"),
    "gone_from_list": ("Encerrada", "o roteador já não lista a sessão"),
    "not_connected": ("Já não estava conectado", "não havia sessão aberta"),
    "secret_right": ("Já estava certo", "conferido na lista do roteador"),
    "secret_disabled": ("Feito: bloqueado no roteador", "conferido na lista do roteador"),
    "secret_enabled": ("Feito: liberado no roteador", "conferido na lista do roteador"),
    "secret_removed": ("Feito: removido do roteador", "conferido na lista do roteador"),
    "ip_in_radius": ("Feito: no RADIUS", "vale na próxima conexão do login"),
    "ip_withheld": ("Feito: retido", "o RADIUS não o entrega enquanto estiver bloqueado"),
    "ip_not_in_radius": ("Não passa pelo RADIUS", "é do próprio roteador"),
    "ip_freed": ("Feito: endereço livre", "já pode ser dado a outro cliente"),
    "ip_right": ("Já estava certo", "conferido na lista do roteador"),
    "ip_open": ("Feito: liberado no roteador", "conferido na lista do roteador"),
    "ip_blocked": ("Feito: bloqueado no roteador", "conferido na lista do roteador"),
    "ip_removed": ("Feito: removido do roteador", "conferido na lista do roteador"),
    "no_router": ("Sem roteador conhecido", "a sessão veio de um NAS sem servidor de roteamento cadastrado"),
    "no_credentials": ("Sem credenciais", "cadastre a senha do servidor de roteamento"),
    "suspension_started": ("Feito: suspenso", "era o primeiro dia da suspensão temporária"),
    "suspension_ended": ("Feito: habilitado", "terminou a suspensão temporária"),
    "suspension_right": ("Já estava certo", "a data ainda não chegou, ou já foi cumprida"),
    "silent": ("Sem resposta", "o roteador não respondeu a tempo"),
    "closed": ("Conexão interrompida", "o roteador fechou a conexão"),
    "no_route": ("Fora de alcance", "não há caminho até o roteador"),
    "still_there": ("Ainda conectada", "o roteador continua listando a sessão"),
    "login": ("Recusado", "o roteador não aceitou usuário e senha"),
    "permission": ("Recusado", "o usuário não tem permissão no roteador"),
    "certificate": ("Recusado", "o certificado do roteador não confere"),
    "said_no": ("Recusado", "o roteador não aceitou a ordem"),
    "not_ours": ("Não alterado", "o cadastro no roteador não é do Desk"),
    "nonsense": ("Resposta inválida", "o roteador respondeu algo que não se entende"),
    "too_much": ("Resposta inválida", "o roteador respondeu demais"),
}
# What became of the way tried before, told beside the proof of the one that counted.
_TRAIL = {
    "coa_silent": "CoA sem resposta",
    "coa_refused": "CoA recusado",
    "coa_unproven": "CoA aceito, mas sem prova",
    "disconnect_silent": "pedido por RADIUS sem resposta",
    "disconnect_refused": "pedido por RADIUS recusado",
    "acked_unproven": "pedido por RADIUS aceito, mas sem prova",
    "nas_knows_none": "por RADIUS o roteador disse não conhecer a sessão",
    "no_nas_secret": "sem segredo RADIUS cadastrado",
}


@dataclass
class _Followed:
    """One act and the steps known of it."""

    act: Act
    customer_id: int
    started: dt.datetime
    waiting: set[Owed]
    steps: dict[tuple[str, str, str], Step] = field(default_factory=dict)


class DeliveryFollower(QObject):
    """Turns acts and progress into what the strip shows; one act per customer, the newest."""

    moved = Signal(int)  # customer id

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._followed: dict[int, _Followed] = {}
        desk.executed.connect(self._executed)
        desk.progress.connect(self._progressed)
        desk.changed.connect(self._changed)

    def of(self, customer_id: int) -> Delivery | None:
        """What the strip of this customer shows; None for nothing."""
        found = self._followed.get(customer_id)
        if found is None:
            return None
        saved = Step(name="Salvo", state="done", thing="banco de dados", said="Salvo", proof="gravado no Histórico")
        steps = [saved, *found.steps.values()]
        steps += [
            Step(name="Rede", state="pending", thing="", said="Aguardando", key=debt)
            for debt in found.waiting
            if not any(step.key == debt for step in found.steps.values())
        ]
        left = UNDO_SECONDS - int((dt.datetime.now() - found.started).total_seconds())
        return Delivery(
            act=found.act.said or self._desk.tr("Alteração salva"),
            steps=tuple(steps),
            heading=f"{found.started:%H:%M:%S} · {self._desk.bus.actor.name}",
            undo_seconds=max(0, left) if found.act.undo is not None else 0,
        )

    def undo_of(self, customer_id: int) -> Any | None:
        """The command that takes the newest act back, while it is offered."""
        found = self._followed.get(customer_id)
        return None if found is None else found.act.undo

    def debts_of(self, customer_id: int) -> list[Owed]:
        """Debts of the newest act that are not settled."""
        found = self._followed.get(customer_id)
        return [] if found is None else sorted(found.waiting, key=lambda debt: (debt.topic, debt.key))

    def forget(self, customer_id: int) -> None:
        """The strip has left."""
        self._followed.pop(customer_id, None)

    def _executed(self, act: Act) -> None:
        customer_id = next((int(name.split("/")[1]) for name in act.outcome.changed if name.startswith("plans/")), None)
        if customer_id is None or not (act.outcome.owed or act.undo):
            return
        owed = {debt for debt in act.outcome.owed if debt.topic not in DATED}
        self._followed[customer_id] = _Followed(act, customer_id, dt.datetime.now(), owed)
        self.moved.emit(customer_id)

    def _changed(self, names: frozenset[str]) -> None:
        """Another desk, or the worker, may have delivered what this strip waits for: a notice is no news, rows are."""
        for customer_id, found in self._followed.items():
            if found.waiting and ("*" in names or f"debts/{customer_id}" in names):
                debts = tuple((debt.topic, debt.key) for debt in self.debts_of(customer_id))
                self._desk.ask(
                    DebtNews(debts=debts),
                    owner=self,
                    done=partial(self._heard, customer_id),
                    failed=lambda _: True,  # a lost database has its banner, and everything is asked again after it
                    slot=("debts", customer_id),
                )

    def _heard(self, customer_id: int, news: tuple[Progress, ...]) -> None:
        found = self._followed.get(customer_id)
        for progress in news:
            # What this desk has seen settled itself meanwhile is newer than the answer.
            if found is not None and Owed(progress.topic, progress.key) in found.waiting:
                self._progressed(progress)

    def _progressed(self, progress: Progress) -> None:
        found = self._followed.get(progress.customer_id or -1)
        debt = Owed(progress.topic, progress.key)
        if found is None or debt not in found.waiting | {step.key for step in found.steps.values()}:
            return
        for told in progress.steps:
            found.steps[told.system, told.thing, told.device] = _shown(told, debt, progress.next_due)
        if progress.final and progress.settled:
            found.waiting.discard(debt)
        self.moved.emit(found.customer_id)


def _shown(told: Told, debt: Owed, next_due: dt.datetime | None) -> Step:
    said, proof = _SAID.get(told.detail, (told.detail, ""))
    if "rate" in told.params:
        said = said.format(rate=format.told_rate(told.params["rate"]))
    trail = _TRAIL.get(told.params.get("trail", ""), "")
    if trail and told.params["trail"] != told.detail:
        proof = f"{trail}; {proof}"
    states: dict[DeliveryState, State] = {
        DeliveryState.RUNNING: "delivering",
        DeliveryState.DONE: "done",
        DeliveryState.UNCHANGED: "done",
        DeliveryState.WAITING: "pending",
        DeliveryState.SILENT: "failed",
        DeliveryState.REFUSED: "failed",
    }
    state = states[told.state]
    reason = ""
    if state == "failed":
        reason = said.lower()
        if next_due is not None:
            seconds = max(1, int((next_due - dt.datetime.now(dt.UTC)).total_seconds()))
            again = f"nova tentativa em {format.lasting(dt.timedelta(seconds=seconds))}"
            reason, proof = f"{reason}, {again}", f"{again}, por este ou outro computador"
            proof = f"{trail}; {proof}" if trail else proof
    elif state == "delivering":
        reason = "esperando a prova…" if told.detail == "acked_waiting" else "enviando…"
        reason = "encerrando…" if told.system == "session" and told.detail != "acked_waiting" else reason
    time = f"{dt.datetime.fromisoformat(told.at).astimezone():%H:%M:%S}" if told.at else ""
    thing = f"{told.thing} · {told.device}" if told.device else told.thing
    return Step(
        name=_SYSTEMS.get(told.system, told.system),
        state=state,
        reason=reason,
        thing=thing,
        said=said,
        proof=proof,
        time=time,
        key=debt,
    )
