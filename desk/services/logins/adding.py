"""What creating a login and creating a plan with its first login share."""

from __future__ import annotations

from sqlalchemy import func, select

from desk.models.catalog import CatalogPlan
from desk.models.logins import RadiusLogin
from desk.models.plans import CustomerPlan
from desk.models.variables import Variable
from desk.services.core.errors import Invalid
from desk.services.core.secrets import store_secret
from desk.services.core.work import Work
from desk.services.logins import rules
from desk.services.logins.errors import NoMoreLogins

SECRET = "radius"


def add_login(
    work: Work, plan: CustomerPlan, login: str, password: str, fixed_ip: str = "", mac_lock: str = ""
) -> RadiusLogin:
    """Add a login with its password; Invalid or NoMoreLogins (RA-02) when the rules forbid it."""
    login = login.strip()
    found = [
        *rules.check_login(login, forbid_accents=work.switched_on(Variable.FORBID_LOGIN_ACCENTS)),
        *rules.check_password(password),
        *rules.check_ip(fixed_ip),
        *rules.check_mac(mac_lock),
    ]
    if found:
        raise Invalid(found)
    # The plan's row lock makes two desks at the last free login take turns, and Mudar Plano with them.
    locked = select(CustomerPlan.catalog_plan_id).where(CustomerPlan.id == plan.id).with_for_update(key_share=True)
    catalog = work.session.get_one(CatalogPlan, work.session.execute(locked).scalar_one())
    there = work.session.execute(
        select(func.count())
        .select_from(RadiusLogin)
        .where(RadiusLogin.plan_id == plan.id, RadiusLogin.deleted_at.is_(None))
    ).scalar_one()
    if not catalog.allows_login or there >= catalog.login_limit:
        raise NoMoreLogins(plan=catalog.name, limit=catalog.login_limit if catalog.allows_login else 0)
    made = RadiusLogin(plan_id=plan.id, login=login, fixed_ip=fixed_ip or None, mac_lock=rules.plain_mac(mac_lock))
    work.session.add(made)
    work.session.flush()
    store_secret(work.session, SECRET, made.id, password, clear=True)
    work.record("login.created", customer_id=plan.customer_id, plan_id=plan.id, login=login)
    return made
