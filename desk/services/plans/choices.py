"""What the combos of the plan's editor and of the new-plan wizard offer."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.models.access_points import AccessPoint
from desk.models.catalog import (
    CatalogCompositionItem,
    CatalogPlan,
    CatalogPlanUnit,
    PaymentMethod,
    PlanGroup,
    PlanStatus,
    ServiceGroup,
)
from desk.models.customers import BusinessUnit, City, Customer
from desk.models.people import Person
from desk.models.variables import Variable
from desk.services.core.bus import Query, use_case
from desk.services.core.errors import NotFound
from desk.services.core.work import Work
from desk.services.plans.first_status import first_statuses
from desk.services.plans.rows import Choice, CompositionView, NewPlanChoices, OfferedPlan, PlanChoices
from desk.services.plans.rules import may_be_given


@dataclass(frozen=True)
class ChoicesForPlan(Query[PlanChoices]):
    """What the combos of the plan's editor offer."""


@dataclass(frozen=True)
class ChoicesForNewPlan(Query[NewPlanChoices]):
    """What the wizard Novo Plano/Serviço starts from."""

    customer_id: int


@dataclass(frozen=True)
class StatusToGive:
    """A status that the provider made, as Mudar Status offers it."""

    code: str
    description: str
    group: PlanGroup
    bills: bool
    grants_access: bool


@dataclass(frozen=True)
class StatusesToGive(Query[tuple[StatusToGive, ...]]):
    """What Mudar Status offers; what a plan has already is among them."""


@use_case(StatusesToGive, permission=None)
def statuses_to_give(query: StatusesToGive, work: Work) -> tuple[StatusToGive, ...]:
    """In the order of Status Planos."""
    found = select(PlanStatus).order_by(PlanStatus.position, PlanStatus.description)
    return tuple(
        StatusToGive(status.code, status.description, status.group, status.bills, status.grants_access)
        for status in work.session.scalars(found)
        if may_be_given(status.group, system=status.system)
    )


@use_case(ChoicesForNewPlan, permission=None)
def choices_for_new_plan(query: ChoicesForNewPlan, work: Work) -> NewPlanChoices:
    """Active catalogue plans with the units that sell them, and the customer's own defaults."""
    session = work.session
    customer = session.execute(
        select(Customer.id, Customer.name, Customer.business_unit_id, Customer.default_due_day).where(
            Customer.id == query.customer_id
        )
    ).one_or_none()
    if customer is None:
        raise NotFound("customer", query.customer_id)
    units: dict[int, set[int]] = defaultdict(set)
    for plan_id, unit_id in session.execute(select(CatalogPlanUnit.catalog_plan_id, CatalogPlanUnit.business_unit_id)):
        units[plan_id].add(unit_id)
    offered = session.execute(
        select(
            CatalogPlan.id,
            CatalogPlan.name,
            CatalogPlan.kind,
            ServiceGroup.id,
            ServiceGroup.name,
            CatalogPlan.price,
            CatalogPlan.allows_login,
            CatalogPlan.trial_days,
            CatalogPlan.requires_authorization,
            CatalogPlan.down_kbps,
            CatalogPlan.up_kbps,
        )
        .join(ServiceGroup, ServiceGroup.id == CatalogPlan.service_group_id)
        .where(CatalogPlan.active)
        .order_by(ServiceGroup.name, CatalogPlan.price, CatalogPlan.name)
    ).all()
    parts: dict[int, list[CompositionView]] = defaultdict(list)
    for item in session.execute(
        select(
            CatalogCompositionItem.catalog_plan_id,
            CatalogCompositionItem.description,
            CatalogCompositionItem.service_class,
            CatalogCompositionItem.amount,
        ).order_by(CatalogCompositionItem.position)
    ):
        parts[item.catalog_plan_id].append(CompositionView(*item[1:]))
    plans = tuple(
        OfferedPlan(*row[:6], frozenset(units[row[0]]), *row[6:], composition=tuple(parts[row[0]])) for row in offered
    )
    return NewPlanChoices(
        customer_id=customer.id,
        customer_name=customer.name,
        unit_id=customer.business_unit_id,
        due_day=customer.default_due_day,
        login_required=work.switched_on(Variable.LOGIN_REQUIRED),
        units=tuple(
            Choice(unit.id, unit.name)
            for unit in session.execute(select(BusinessUnit.id, BusinessUnit.name).order_by(BusinessUnit.name))
        ),
        groups=tuple(dict.fromkeys(Choice(plan.group_id, plan.group) for plan in plans)),
        plans=plans,
        lists=_lists(session),
        first=first_statuses(work),
    )


@use_case(ChoicesForPlan, permission=None)
def choices_for_plan(query: ChoicesForPlan, work: Work) -> PlanChoices:
    """Active payment methods, access points, sellers, cities."""
    return _lists(work.session)


def _lists(session: Session) -> PlanChoices:
    methods = session.execute(
        select(PaymentMethod.id, PaymentMethod.name, PaymentMethod.prints_booklet)
        .where(PaymentMethod.active)
        .order_by(PaymentMethod.name)
    ).all()
    return PlanChoices(
        payment_methods=tuple(Choice(m.id, m.name) for m in methods),
        access_points=tuple(
            Choice(*point)
            for point in session.execute(
                select(AccessPoint.id, AccessPoint.name).where(AccessPoint.active).order_by(AccessPoint.name)
            )
        ),
        sellers=tuple(
            (person.role, person.full_name)
            for person in session.execute(
                select(Person.role, Person.full_name)
                .where(Person.active, Person.seller, ~Person.service)
                .order_by(Person.full_name)
            )
        ),
        cities=tuple(
            Choice(city.id, f"{city.name} – {city.state}")
            for city in session.execute(select(City.id, City.name, City.state).order_by(City.name, City.state))
        ),
        booklet_methods=frozenset(m.id for m in methods if m.prints_booklet),
    )
