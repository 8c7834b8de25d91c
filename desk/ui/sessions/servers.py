"""Servidores RADIUS: whom the desks ask when they try a login."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from desk.services.sessions import DeleteRadiusServer, RadiusServerRow, RadiusServers, SaveRadiusServer
from desk.ui.core.desk import Desk
from desk.ui.core.fields import TextField, YesNoField
from desk.ui.core.format import yes_no
from desk.ui.core.inputs import IntField, PasswordField
from desk.ui.core.labels import Label
from desk.ui.core.list_page import ListPage
from desk.ui.core.saving import SaveDialog, text_of
from desk.ui.core.table import Column


class RadiusServersPage(ListPage):
    """All of them; the first active one by name is asked."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk,
            name="radius_servers",
            topic="access_points",
            columns=[
                Column(head="Nome", text=lambda s: s.name, strong=True, stretch=True),
                Column(head="Endereço", text=lambda s: f"{s.host}:{s.port}", code=True, width=220),
                Column(head="Ativo", text=lambda s: yes_no(s.active), width=64),
            ],
            ask=RadiusServers,
            edit=self.edit,
            save=SaveRadiusServer,
            empty=(
                "key",
                "Nenhum servidor RADIUS",
                "Cadastre o servidor que o Desk deve perguntar ao testar um login.",
            ),
            note="A quem o Desk pergunta em Testar Autenticação.",
        )

    def edit(self, server: RadiusServerRow | None) -> None:
        """Open a server, or an empty one."""
        RadiusServerDialog(self._desk, server, self).open()


class RadiusServerDialog(SaveDialog):
    """Address and the secret of the desks, which is written and never shown."""

    def __init__(self, desk: Desk, server: RadiusServerRow | None, parent: QWidget) -> None:
        super().__init__(desk, "Novo Servidor RADIUS" if server is None else "Servidor RADIUS", parent)
        self._server = server
        form = self.form
        form.add(TextField("name", "Nome", mandatory=True, limit=60))
        form.add(YesNoField("active", "Ativo"))
        form.add(TextField("host", "Endereço", mandatory=True, code=True, limit=253))
        form.add(_Port("port", "Porta", mandatory=True, width=80, low=1, high=65535))
        hint = "Vazio: continua o guardado" if server else "O mesmo do bloco desk_counters de nas.conf"
        form.add(PasswordField("secret", "Segredo das mesas", mandatory=server is None, hint=hint), span=2)
        note = "Este segredo serve só para perguntar por logins. O de um roteador fica em Servidores de Roteamento."
        self.body.addWidget(Label(note, "caption", "text2", wrap=True))
        fresh: dict[str, Any] = {"port": 1812, "active": True}
        names = ("name", "host", "port", "active")
        self.begin({name: getattr(server, name) for name in names} if server else fresh, server.name if server else "")
        self.command = self._save
        if server is not None:
            order = DeleteRadiusServer(id=server.id, version=server.version)
            why = "Testar Autenticação deixa de perguntar a ele. O segredo vai junto."
            self.offer_delete(lambda: order, f"Apagar o servidor {server.name}?", why, "Servidor apagado")

    def _save(self, draft: dict[str, Any]) -> SaveRadiusServer:
        return SaveRadiusServer(
            id=self._server.id if self._server else None,
            version=self._server.version if self._server else 0,
            name=text_of(draft["name"]),
            host=text_of(draft["host"]),
            port=draft["port"],
            active=bool(draft["active"]),
            secret=draft["secret"] or "",
        )


class _Port(IntField):
    """A port, which nobody writes with a separator."""

    def shown(self, value: Any) -> str:
        return str(value)
