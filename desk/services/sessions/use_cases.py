"""What can be done with open connections; one function per command."""

from __future__ import annotations

from sqlalchemy import text

from desk.models.logins import RadiusLogin
from desk.models.plans import CustomerPlan
from desk.models.secret_rules import ACTS_ON_ROUTERS
from desk.services.core.bus import use_case
from desk.services.core.work import Work
from desk.services.logins.errors import LoginNotFound
from desk.services.sessions.commands import CloseConnection, ConnectionsClosing


@use_case(CloseConnection, permission=ACTS_ON_ROUTERS)
def close_connection(cmd: CloseConnection, work: Work) -> ConnectionsClosing:
    """Owe the end of each open connection of a login; the network hears of it after the commit."""
    login = work.session.get(RadiusLogin, cmd.login_id)
    if login is None or login.deleted_at is not None:
        raise LoginNotFound("login", cmd.login_id)
    plan = work.session.get_one(CustomerPlan, login.plan_id)
    found: int = work.session.execute(text("SELECT desk.close_sessions(:id)"), {"id": login.id}).scalar_one()
    work.record("login.connection_closed", customer_id=plan.customer_id, plan_id=plan.id, login=login.login, open=found)
    work.touch("plans", plan.customer_id)
    return ConnectionsClosing(login.id, login.login, found)
