"""Status Planos: list and editor (domain 4.2)."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from desk.services.catalog import DeleteStatus, PlanGroup, SaveStatus, Statuses, StatusRow
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import Size
from desk.ui.core.fields import TextField, YesNoField
from desk.ui.core.format import yes_no
from desk.ui.core.inputs import Choice, ComboField
from desk.ui.core.list_page import ListPage
from desk.ui.core.saving import SaveDialog, text_of
from desk.ui.core.table import Column

GROUPS = (
    Choice(PlanGroup.ACTIVE, "Planos Ativos"),
    Choice(PlanGroup.INACTIVE, "Planos Inativos"),
    Choice(PlanGroup.CANCELLED, "Planos Cancelados"),
)
_LABELS = {choice.value: choice.label for choice in GROUPS}


class StatusesPage(ListPage):
    """All statuses; those of the system keep their group."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk,
            name="statuses",
            topic="statuses",
            columns=[
                Column(head="Descrição", text=lambda s: s.description, strong=True, stretch=True),
                Column(head="Grupo", text=lambda s: _LABELS[s.group], width=150),
                Column(head="Gerar", text=lambda s: yes_no(s.bills), width=64),
                Column(head="Próximo Status", text=lambda s: s.next_description or "—", width=180),
                Column(head="Planos", text=lambda s: str(s.plans), sort=lambda s: s.plans, right=True, width=72),
                Column(head="Do sistema", text=lambda s: yes_no(s.system), width=92),
            ],
            ask=Statuses,
            edit=self.edit,
            save=SaveStatus,
            empty=("flag", "Nenhum status", "Cadastre os status que os planos podem ter."),
            key=lambda status: status.code,
            note="O que um plano pode ser, se é cobrado e se dá acesso.",
        )

    def edit(self, status: StatusRow | None) -> None:
        """Open a status, or an empty one."""
        StatusDialog(self._desk, status, self.rows, self).open()


class StatusDialog(SaveDialog):
    """Descrição, Gerar, Próximo Status; group and access of one's own."""

    def __init__(self, desk: Desk, status: StatusRow | None, every: list[StatusRow], parent: QWidget) -> None:
        super().__init__(desk, "Novo Status" if status is None else "Status", parent, size=Size.SMALL, columns=1)
        self._status = status
        self.form.add(TextField("description", "Descrição", mandatory=True, limit=60))
        self.form.add(ComboField("group", "Grupo", GROUPS, mandatory=True))
        self.form.add(YesNoField("bills", "Gerar", sentence="Planos neste status são cobrados."))
        self.form.add(YesNoField("grants_access", "Dá acesso", sentence="Os logins destes planos conectam."))
        others = [Choice(each.code, each.description) for each in every if status is None or each.code != status.code]
        self.form.add(ComboField("next_code", "Próximo Status", [Choice(None, "—"), *others]))
        if status is not None and status.system:
            for name in ("group", "grants_access"):
                self.form[name].set_read_only(True)
            self.form["group"].set_hint("Status do sistema: grupo e acesso não mudam")
        names = ("description", "group", "bills", "grants_access", "next_code")
        draft = {name: getattr(status, name) for name in names} if status else {"group": PlanGroup.INACTIVE}
        self.begin(draft, f"código {status.code}" if status else "")
        self.command = self._save
        if status is not None and not status.system:
            order = DeleteStatus(code=status.code, version=status.version)
            what = f"Apagar o status “{status.description}”?"
            self.offer_delete(
                lambda: order, what, "Só um status que nenhum plano usa pode ser apagado.", "Status apagado"
            )

    def _save(self, draft: dict[str, Any]) -> SaveStatus:
        return SaveStatus(
            code=self._status.code if self._status else None,
            version=self._status.version if self._status else 0,
            description=text_of(draft["description"]),
            group=draft["group"],
            bills=bool(draft["bills"]),
            grants_access=bool(draft["grants_access"]),
            next_code=draft["next_code"],
        )
