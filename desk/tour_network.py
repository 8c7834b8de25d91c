"""The part of the tour about access points: import, examination of a router, refusals with their ways on."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from desk.services.access_points import AccessPoints, RoutingServers
from desk.services.plans import Authorisers, PlaceWanted
from desk.tour import Tour
from desk.ui.access_points.examination import StepList
from desk.ui.access_points.importing import POINTS, ImportDialog
from desk.ui.access_points.servers import RoutingServerDialog
from desk.ui.access_points.uses import UsesDialog
from desk.ui.core.messages import TEXTS
from desk.ui.plans.authorising import AuthoriseDialog

LINES = (
    "Nome;Limite Cliente;Faixas de IP;Encerrar conexões por;Cor",
    "POP Alvorada;320;;API;azul",
    "POP Jardim Europa;250;198.51.100.0/25 198.51.100.1;CoA;",
    "POP Vila Nova;180;198.51.100.128/26 198.51.100.129 /30;API;",
    "POP Industrial;sem limite;203.0.113.0/24 203.0.113.1;CoA;verde",
    "POP Lago;muitos;203.0.113.64/26;API;",
)


def network(tour: Tour) -> None:
    """Access points and routers, beyond what their pages show."""
    desk, window = tour.shell.desk, tour.shell.window
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pontos-de-acesso.csv")
        path.write_text("\n".join(LINES), encoding="utf-8")
        tour.over(
            "importar-pontos",
            lambda: ImportDialog(desk, POINTS, window).open(),
            lambda dialog: _looked_through(tour, dialog, path),
        )
    server = desk.bus.execute(RoutingServers()).value[0]
    tour.over(
        "testar-conexao",
        lambda: RoutingServerDialog(desk, server, window).open(),
        partial(_examined, tour),
    )
    points = desk.bus.execute(AccessPoints()).value
    point = max(points, key=lambda each: each.used)
    text = TEXTS["access_point_in_use"]
    said = {"name": point.name, "live": point.used, "cancelled": 0}
    filled = type(text)(text.what.format(**said), text.why.format(**said), text.do)
    tour.over("apagar-ponto", lambda: UsesDialog(desk, point.id, filled, window, lambda: None).open())
    limit = point.customer_limit or point.used
    wanted = PlaceWanted(
        access_point_id=point.id,
        access_point=point.name,
        limit=limit,
        linked=limit,
        customer_id=1,
        plan_id=None,
        catalog_plan_id=1,
    )
    people = Authorisers(True, (("administrador", desk.bus.actor.name),))
    tour.over("autorizacao-ponto", lambda: AuthoriseDialog(desk, wanted, people, window, lambda: None).open())


def _looked_through(tour: Tour, dialog: Any, path: Path) -> None:
    dialog.open_file(path)
    tour.calm()
    dialog.shows.choose(0)
    dialog._filter()


def _examined(tour: Tour, dialog: Any) -> None:
    dialog.test()
    tour.calm()
    (steps,) = dialog.findChildren(StepList)
    dialog.area.ensureWidgetVisible(steps)
