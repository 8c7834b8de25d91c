"""Pontos de Acesso: list and editor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog, QWidget

from desk.services.access_points import (
    AccessPointHasIps,
    AccessPointInUse,
    AccessPointRow,
    AccessPoints,
    CheckAccessPoint,
    DeleteAccessPoint,
    DisconnectBy,
    ImportAccessPoints,
    RouterAnswer,
    RoutingServerRow,
    RoutingServers,
    SaveAccessPoint,
)
from desk.services.catalog import ListRow, Lists, SmallList
from desk.services.core.errors import DomainError
from desk.ui.access_points.examination import StepList
from desk.ui.access_points.importing import POINTS, ImportDialog
from desk.ui.access_points.ranges import RangesCard
from desk.ui.access_points.uses import UsesDialog
from desk.ui.core.cards import NoteBar, hairline
from desk.ui.core.desk import Desk
from desk.ui.core.fields import NoteField, TextField, YesNoField
from desk.ui.core.format import yes_no
from desk.ui.core.inputs import Choice, ComboField, IntField
from desk.ui.core.labels import button
from desk.ui.core.list_page import ListPage
from desk.ui.core.messages import explain
from desk.ui.core.saving import SaveDialog, text_of
from desk.ui.core.table import Column

HEARD = ("routing_server_id", "interface", "sets_address", "sets_queue", "sets_arp", "allowed_list", "blocked_list")
ENFORCEMENT = ("interface", "sets_address", "sets_queue", "sets_arp", "allowed_list", "blocked_list")


class AccessPointsPage(ListPage):
    """All access points with their use."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk,
            name="access_points",
            topic="access_points",
            columns=[
                Column(head="Nome", text=lambda p: p.name, strong=True, stretch=True),
                Column(head="Unidade de Negócios", text=lambda p: p.unit or "—", width=170),
                Column(head="Servidor de Roteamento", text=lambda p: p.router or "—", width=190),
                Column(head="Clientes", text=_use, sort=lambda p: p.used, right=True, width=110),
                Column(head="Faixas", text=lambda p: str(p.ranges), sort=lambda p: p.ranges, right=True, width=70),
                Column(head="Ativo", text=lambda p: yes_no(p.active), width=64),
            ],
            ask=AccessPoints,
            edit=self.edit,
            save=SaveAccessPoint,
            empty=("broadcast", "Nenhum ponto de acesso", "Cadastre onde os planos se conectam."),
            note="Onde os planos se conectam, e atrás de qual roteador.",
        )

        self.import_button = self.add_button(
            button("Importar…", lambda: ImportDialog(desk, POINTS, self).open(), icon="upload-simple"),
            ImportAccessPoints,
        )

    def edit(self, point: AccessPointRow | None) -> None:
        """Open an access point, or an empty one."""
        AccessPointDialog(self._desk, point, self).open()


def _use(point: AccessPointRow) -> str:
    return f"{point.used} de {point.customer_limit}" if point.customer_limit else str(point.used)


DISCONNECT = (
    Choice(DisconnectBy.API, "API do roteador"),
    Choice(DisconnectBy.COA, "CoA (RADIUS), depois a API"),
)


class AccessPointDialog(SaveDialog):
    """Name, unit, router, limit; how its router enforces IPs; the ranges that it gives them from."""

    def __init__(self, desk: Desk, point: AccessPointRow | None, parent: QWidget) -> None:
        super().__init__(desk, "Novo Ponto de Acesso" if point is None else "Ponto de Acesso", parent)
        self._point = point
        self.form.add(TextField("name", "Nome", mandatory=True, limit=60), span=2)
        # What the point has is offered before the lists arrive, so that an early save does not empty it.
        unit = (point.business_unit_id, point.unit) if point else (None, "")
        router = (point.routing_server_id, point.router) if point else (None, "")
        self._unit = self.form.add(ComboField("business_unit_id", "Unidade de Negócios", _choices([unit])))
        self._router = self.form.add(ComboField("routing_server_id", "Servidor de Roteamento", _choices([router])))
        self.form.add(IntField("customer_limit", "Limite Cliente", hint="Vazio: sem limite", low=1, high=1_000_000))
        self.form.add(YesNoField("active", "Ativo"))
        hint = "CoA troca também a velocidade sem derrubar a conexão"
        self.form.add(
            ComboField("disconnect_by", "Encerrar conexões por", DISCONNECT, mandatory=True, hint=hint), span=2
        )
        self.form.add(NoteField("notes", "Observações", lines=2), span=2)
        self._enforcement()
        if point is not None:
            self.tell_network(SaveAccessPoint, HEARD)
        self.answer = NoteBar("", "info")
        self.answer.hide()
        self.body.addWidget(self.answer)
        self.steps = StepList()
        self.body.addWidget(self.steps)
        self.test_button = self.add_button(button("Testar Conexão", self.test, icon="lightning"))
        if not desk.may(CheckAccessPoint):
            self.test_button.setEnabled(False)
            self.test_button.setToolTip(f"Falta a permissão {desk.needs(CheckAccessPoint)}")
        names = (
            "name",
            "business_unit_id",
            "routing_server_id",
            "customer_limit",
            "disconnect_by",
            "active",
            "notes",
            *ENFORCEMENT,
        )
        fresh = {"active": True, "disconnect_by": DisconnectBy.API}
        draft = {name: getattr(point, name) for name in names} if point else fresh
        self.begin(draft, point.name if point else "")
        self.command = self._save
        if point is not None:
            order = DeleteAccessPoint(id=point.id, version=point.version)
            why = "Só um ponto sem planos é apagado; a variável “Permite Apagar Ponto de Acesso que tenha Planos "
            why += "Cancelados” deixa apagar também o que só tem cancelados."
            self.offer_delete(
                lambda: order,
                f"Apagar o ponto de acesso {point.name}?",
                why,
                "Ponto de acesso apagado",
                failed=self._not_deleted,
                network=True,
            )
            self.body.addWidget(hairline())
            self.ranges = RangesCard(desk, point, self)
            self.body.addWidget(self.ranges)
        desk.ask(Lists(SmallList.UNITS), owner=self, done=self._units)
        desk.ask(RoutingServers(), owner=self, done=self._routers)

    def _enforcement(self) -> None:
        form = self.section("Como o roteador aplica os IPs dos clientes")
        form.add(YesNoField("sets_queue", "Fila", sentence="/queue/simple com a velocidade"))
        form.add(YesNoField("sets_arp", "ARP", sentence="/ip/arp com o MAC do cliente"))
        form.add(YesNoField("sets_address", "Endereço", sentence="/ip/address em cada bloco"))
        form.add(TextField("interface", "Interface", code=True, limit=60, hint="Para endereço e ARP"))
        form.add(TextField("allowed_list", "Lista dos liberados", code=True, limit=60, hint="Vazio: não usa"))
        form.add(TextField("blocked_list", "Lista dos bloqueados", code=True, limit=60, hint="Vazio: não usa"))

    def _not_deleted(self, error: DomainError) -> bool:
        """Say what is in the way, and lead there."""
        if self._point is None or not isinstance(error, AccessPointInUse | AccessPointHasIps):
            return False
        UsesDialog(self.desk, self._point.id, explain(error), self, self._leave).open()
        return True

    def _leave(self) -> None:
        """Away with this window and the settings around it, unless something typed would be lost."""
        page: QWidget | None = self.parentWidget()
        settings = page.window() if page is not None else None
        self.reject()
        if not self.isVisible() and isinstance(settings, QDialog):
            settings.reject()

    def test(self) -> None:
        """Visit the router that is chosen, saved or not, with its own stored password."""
        draft = self.draft
        self.steps.show_steps(())
        if draft["routing_server_id"] is None:
            self.answer.set_text("Escolha o Servidor de Roteamento primeiro.")
            self.fit()
            return
        self.answer.set_text("Perguntando ao roteador…")
        self.test_button.setEnabled(False)
        order = CheckAccessPoint(routing_server_id=draft["routing_server_id"], interface=text_of(draft["interface"]))
        self.desk.ask(order, owner=self, done=self._tested, failed=self._not_tested, slot=("check", id(self)))

    def _tested(self, answer: RouterAnswer) -> None:
        self.test_button.setEnabled(True)
        self.answer.set_text("")
        self.steps.show_steps(answer.steps)
        self.fit()
        # Only once they have their places: before that, it would lead to where they are not.
        QTimer.singleShot(0, self, lambda: self.area.ensureWidgetVisible(self.steps))

    def _not_tested(self, error: DomainError) -> bool:
        self.test_button.setEnabled(True)
        self.answer.set_text("")
        return False

    def _units(self, rows: list[ListRow]) -> None:
        self._unit.set_choices(_choices((unit.id, unit.name) for unit in rows))

    def _routers(self, rows: list[RoutingServerRow]) -> None:
        self._router.set_choices(_choices((server.id, server.name) for server in rows))

    def _save(self, draft: dict[str, Any]) -> SaveAccessPoint:
        return SaveAccessPoint(
            id=self._point.id if self._point else None,
            version=self._point.version if self._point else 0,
            name=text_of(draft["name"]),
            business_unit_id=draft["business_unit_id"],
            routing_server_id=draft["routing_server_id"],
            customer_limit=draft["customer_limit"],
            disconnect_by=draft["disconnect_by"],
            active=bool(draft["active"]),
            notes=text_of(draft["notes"]),
            interface=text_of(draft["interface"]),
            sets_address=bool(draft["sets_address"]),
            sets_queue=bool(draft["sets_queue"]),
            sets_arp=bool(draft["sets_arp"]),
            allowed_list=text_of(draft["allowed_list"]),
            blocked_list=text_of(draft["blocked_list"]),
        )


def _choices(found: Iterable[tuple[int | None, str]]) -> list[Choice]:
    return [Choice(None, "—"), *(Choice(number, name) for number, name in found if number is not None)]
