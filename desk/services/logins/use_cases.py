"""What can be done with Radius logins; one function per command."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select

from desk.models.catalog import CatalogPlan, PlanGroup, PlanStatus
from desk.models.logins import RadiusLogin
from desk.models.people import Permission
from desk.models.plans import CustomerPlan
from desk.models.variables import Variable
from desk.services.core.bus import use_case
from desk.services.core.errors import Invalid, StaleRecord
from desk.services.core.secrets import reveal, store_secret
from desk.services.core.work import Work
from desk.services.logins import rules
from desk.services.logins.adding import SECRET, add_login
from desk.services.logins.commands import (
    ChangePassword,
    CreateLogin,
    DeleteLogin,
    EditLogin,
    LoginSaved,
    PasswordShown,
    RevealPassword,
)
from desk.services.logins.errors import LastLogin, LoginNotFound, PlanItemsFixed, PlanTakesNoItems
from desk.services.plans.errors import PlanNotFound
from desk.services.plans.rules import may_add_items, may_edit_items


def _login(work: Work, login_id: int, version: int | None = None) -> tuple[RadiusLogin, CustomerPlan]:
    login = work.session.get(RadiusLogin, login_id)
    if login is None or login.deleted_at is not None:
        raise LoginNotFound("login", login_id)
    if version is not None and login.version != version:
        raise StaleRecord(work.changes_since("radius_logins", login_id, version))
    return login, work.session.get_one(CustomerPlan, login.plan_id)


def _status_label(work: Work, plan: CustomerPlan) -> str:
    return work.session.execute(select(PlanStatus.description).where(PlanStatus.code == plan.status)).scalar_one()


def _saved(work: Work, login: RadiusLogin, plan: CustomerPlan) -> LoginSaved:
    work.session.flush()
    work.touch("plans", plan.customer_id)
    return LoginSaved(login.id, plan.id, login.login, login.version)


@use_case(CreateLogin, permission=Permission.EDIT_PLAN)
def create_login(cmd: CreateLogin, work: Work) -> LoginSaved:
    """Add a login to a plan whose status and catalogue allow it (RA-01, RA-02)."""
    plan = work.session.get(CustomerPlan, cmd.plan_id)
    if plan is None or plan.deleted_at is not None:
        raise PlanNotFound("plan", cmd.plan_id)
    catalog = work.session.get_one(CatalogPlan, plan.catalog_plan_id)
    if not may_add_items(plan.status, catalog.bills_when_debt_suspended):
        raise PlanTakesNoItems(status=_status_label(work, plan))
    login = add_login(work, plan, cmd.login, cmd.password, cmd.fixed_ip, cmd.mac_lock)
    return _saved(work, login, plan)


@use_case(EditLogin, permission=Permission.EDIT_PLAN)
def edit_login(cmd: EditLogin, work: Work) -> LoginSaved:
    """Change name, fixed address or MAC lock of a login on an enabled plan."""
    login, plan = _login(work, cmd.login_id, cmd.version)
    if not may_edit_items(plan.status):
        raise PlanItemsFixed(status=_status_label(work, plan))
    name = cmd.login.strip()
    found = [
        *rules.check_login(name, forbid_accents=work.switched_on(Variable.FORBID_LOGIN_ACCENTS)),
        *rules.check_ip(cmd.fixed_ip),
        *rules.check_mac(cmd.mac_lock),
    ]
    if found:
        raise Invalid(found)
    before = login.login
    login.login, login.fixed_ip, login.mac_lock = name, cmd.fixed_ip or None, rules.plain_mac(cmd.mac_lock)
    work.record("login.edited", customer_id=plan.customer_id, plan_id=plan.id, login=name, before=before)
    return _saved(work, login, plan)


@use_case(ChangePassword, permission=Permission.EDIT_RADIUS_PASSWORD)
def change_password(cmd: ChangePassword, work: Work) -> LoginSaved:
    """Store a new password; RADIUS knows it with the commit."""
    login, plan = _login(work, cmd.login_id)
    if not may_edit_items(plan.status):
        raise PlanItemsFixed(status=_status_label(work, plan))
    if found := list(rules.check_password(cmd.password)):
        raise Invalid(found)
    store_secret(work.session, SECRET, login.id, cmd.password, clear=True)
    work.record("login.password_changed", customer_id=plan.customer_id, plan_id=plan.id, login=login.login)
    return _saved(work, login, plan)


@use_case(DeleteLogin, permission=Permission.DELETE_RADIUS_LOGIN)
def delete_login(cmd: DeleteLogin, work: Work) -> LoginSaved:
    """Delete a login: its history line and its entry in Itens Apagados are the database's own (RA-20, RA-21)."""
    login, plan = _login(work, cmd.login_id, cmd.version)
    others = work.session.execute(
        select(func.count())
        .select_from(RadiusLogin)
        .where(RadiusLogin.plan_id == plan.id, RadiusLogin.deleted_at.is_(None), RadiusLogin.id != login.id)
    ).scalar_one()
    group = work.session.execute(select(PlanStatus.group).where(PlanStatus.code == plan.status)).scalar_one()
    if not others and group is not PlanGroup.CANCELLED and work.switched_on(Variable.LOGIN_REQUIRED):
        raise LastLogin(login=login.login)
    login.deleted_at = dt.datetime.now(dt.UTC)
    login.deleted_by = work.actor.role
    work.touch("history", plan.customer_id)
    return _saved(work, login, plan)


@use_case(RevealPassword, permission=Permission.SEE_RADIUS_PASSWORD)
def reveal_password(cmd: RevealPassword, work: Work) -> PasswordShown:
    """Show the password: asked, committed, then opened; the database writes the history line with the request (D3)."""
    login, _ = _login(work, cmd.login_id)
    shown = reveal(work.sessions, SECRET, login.id, cmd.reason)
    return PasswordShown(login.id, shown.text)
