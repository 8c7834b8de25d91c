"""Questions about plans, each in a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session, aliased

from desk.models.access_points import AccessPoint
from desk.models.catalog import (
    CatalogCompositionItem,
    CatalogPlan,
    PaymentMethod,
    PlanGroup,
    PlanStatus,
    ServiceGroup,
)
from desk.models.customers import Address, BusinessUnit, City
from desk.models.people import Person
from desk.models.plans import (
    AddressKind,
    CustomerPlan,
    PlanAddress,
    PlanCompositionItem,
    PlanStatusHistory,
)
from desk.services.core.bus import Lookup, Query, use_case
from desk.services.core.prepared import Row
from desk.services.core.work import Work
from desk.services.plans.rows import (
    AddressView,
    CompositionView,
    CustomerPlans,
    PlanDetails,
    PlanRow,
    StatusStep,
    ValueDetailView,
)
from desk.services.plans.rules import effect_of, runs_on
from desk.services.plans.tree import BY_CUSTOMER, plan_and_details, plan_rows
from desk.services.plans.tree import ZONE as ZONE
from desk.services.plans.tree import plan_row as plan_row


@dataclass(frozen=True)
class CustomerPlanTree(Lookup[CustomerPlans]):
    """A customer's plans with what hangs beneath them: 4 statements, whatever their number."""

    customer_id: int


@dataclass(frozen=True)
class OnePlan(Lookup[PlanRow]):
    """One plan as the menus need it: 4 statements."""

    plan_id: int


@dataclass(frozen=True)
class PlanWindow(Query[PlanDetails]):
    """All that the window Plano/Serviço shows of one plan."""

    plan_id: int


@use_case(CustomerPlanTree, permission=None)
def customer_plan_tree(query: CustomerPlanTree, work: Work) -> CustomerPlans:
    """Plans in the order of their numbers, newest cancelled last."""
    rows = plan_rows(work.session, BY_CUSTOMER, query.customer_id)
    name = rows[0].customer_name if rows else ""
    return CustomerPlans(query.customer_id, name, tuple(rows))


@use_case(OnePlan, permission=None)
def one_plan(query: OnePlan, work: Work) -> PlanRow:
    """The plan, or PlanNotFound."""
    return plan_row(work.session, query.plan_id)


@use_case(PlanWindow, permission=None)
def plan_window(query: PlanWindow, work: Work) -> PlanDetails:
    """The plan with everything its window shows; PlanNotFound when it is gone."""
    session = work.session
    row, details = plan_and_details(session, query.plan_id)
    seller = aliased(Person)
    used = (
        select(func.count())
        .select_from(CustomerPlan)
        .join(PlanStatus, PlanStatus.code == CustomerPlan.status)
        .where(CustomerPlan.access_point_id == AccessPoint.id, PlanStatus.group != PlanGroup.CANCELLED)
        .where(CustomerPlan.deleted_at.is_(None))
        .scalar_subquery()
    )
    more = (
        session.execute(
            select(
                CustomerPlan.start_date,
                CustomerPlan.first_activation_date,
                CustomerPlan.cancelled_on,
                CustomerPlan.cancel_reason,
                CustomerPlan.created_at,
                func.coalesce(Person.full_name, CustomerPlan.created_by).label("created_by"),
                BusinessUnit.id.label("unit_id"),
                BusinessUnit.name.label("unit"),
                ServiceGroup.name.label("service_group"),
                CatalogPlan.id.label("catalog_plan_id"),
                CatalogPlan.price.label("catalog_price"),
                CustomerPlan.access_point_id,
                func.coalesce(AccessPoint.name, "").label("access_point"),
                func.coalesce(used, 0).label("access_point_used"),
                AccessPoint.customer_limit.label("access_point_limit"),
                CatalogPlan.down_kbps,
                CatalogPlan.up_kbps,
                CatalogPlan.allowance_gb,
                CustomerPlan.seller,
                func.coalesce(seller.full_name, "").label("seller_name"),
                CustomerPlan.payment_method_id,
                PaymentMethod.name.label("payment_method"),
                PaymentMethod.prints_booklet.label("booklet_method"),
                CustomerPlan.last_close_date,
                CustomerPlan.separate_invoice,
                CustomerPlan.booklet,
                func.coalesce(CustomerPlan.identifier_code, "").label("identifier_code"),
                CustomerPlan.composition_customized,
            )
            .select_from(CustomerPlan)
            .join(BusinessUnit, BusinessUnit.id == CustomerPlan.business_unit_id)
            .join(CatalogPlan, CatalogPlan.id == CustomerPlan.catalog_plan_id)
            .join(ServiceGroup, ServiceGroup.id == CatalogPlan.service_group_id)
            .join(PaymentMethod, PaymentMethod.id == CustomerPlan.payment_method_id)
            .outerjoin(AccessPoint, AccessPoint.id == CustomerPlan.access_point_id)
            .outerjoin(seller, seller.role == CustomerPlan.seller)
            .outerjoin(Person, Person.role == CustomerPlan.created_by)
            .where(CustomerPlan.id == query.plan_id)
        )
        .mappings()
        .one()
    )
    catalog, own = _compositions(session, query.plan_id, more["catalog_plan_id"])
    return PlanDetails(
        row=row,
        **more,
        details=tuple(value_detail(each, row.value) for each in details),
        composition=own if more["composition_customized"] else catalog,
        catalog_composition=catalog,
        addresses=addresses_of(session, query.plan_id, row.customer_id),
        statuses=_statuses(session, query.plan_id),
    )


def _compositions(
    session: Session, plan_id: int, catalog_plan_id: int
) -> tuple[tuple[CompositionView, ...], tuple[CompositionView, ...]]:
    """The catalogue's parts and the plan's own, in one statement."""
    c, i = CatalogCompositionItem, PlanCompositionItem
    theirs = select(literal(0).label("own"), c.position, c.description, c.service_class, c.amount)
    ours = select(literal(1), i.position, i.description, i.service_class, i.amount)
    both = union_all(theirs.where(c.catalog_plan_id == catalog_plan_id), ours.where(i.plan_id == plan_id))
    found = session.execute(both.order_by("own", "position")).all()
    catalog, own = (tuple(CompositionView(*part[2:]) for part in found if part.own == which) for which in (0, 1))
    return catalog, own


def value_detail(d: Row, value: Decimal) -> ValueDetailView:
    """One discount or surcharge of a plan with that value, as it counts today."""
    running = runs_on(d.today, d.starts_on, d.months)
    effect = effect_of(d.kind, d.amount, d.percent, value) if running else Decimal(0)
    return ValueDetailView(d.id, d.kind, d.description, d.amount, d.percent, d.starts_on, d.months, running, effect)


def addresses_of(session: Session, plan_id: int, customer_id: int) -> tuple[AddressView, ...]:
    """The three addresses; where the plan has none of its own, the customer's by PL-31, PL-32 and PL-34."""
    own = {
        address.kind: (address, city)
        for address, city in session.execute(
            select(PlanAddress, City).join(City, City.id == PlanAddress.city_id).where(PlanAddress.plan_id == plan_id)
        )
    }
    theirs = [
        (address, city)
        for address, city in session.execute(
            select(Address, City)
            .join(City, City.id == Address.city_id)
            .where(Address.customer_id == customer_id)
            .order_by(Address.position)
            .limit(2)
        )
    ]
    views: list[AddressView] = []
    for kind in AddressKind:
        if kind in own:
            views.append(_view(kind, "", None, *own[kind]))
        elif not theirs:
            views.append(AddressView(kind, "", None, "", "", "", "", "", None, "", "", ""))
        elif kind is AddressKind.INSTALLATION:
            views.append(_view(kind, "PADRÃO-INSTALAÇÃO:", theirs[0][0].id, *theirs[0]))
        else:
            views.append(_view(kind, "PADRÃO:", theirs[-1][0].id, *theirs[-1]))
    return tuple(views)


def _view(
    kind: AddressKind, follows: str, address_id: int | None, address: Address | PlanAddress, city: City
) -> AddressView:
    return AddressView(
        kind,
        follows,
        address_id,
        address.zip,
        address.street,
        address.number,
        address.complement,
        address.district,
        city.id,
        city.name,
        city.state,
        address.landmark,
    )


def _statuses(session: Session, plan_id: int) -> tuple[StatusStep, ...]:
    before, after = aliased(PlanStatus), aliased(PlanStatus)
    return tuple(
        StatusStep(*step)
        for step in session.execute(
            select(
                PlanStatusHistory.at,
                func.coalesce(before.description, ""),
                func.coalesce(after.description, PlanStatusHistory.to_status),
                PlanStatusHistory.to_status,
                PlanStatusHistory.marker,
                func.coalesce(Person.full_name, PlanStatusHistory.who),
                PlanStatusHistory.reason,
                PlanStatusHistory.note,
            )
            .select_from(PlanStatusHistory)
            .outerjoin(before, before.code == PlanStatusHistory.from_status)
            .outerjoin(after, after.code == PlanStatusHistory.to_status)
            .outerjoin(Person, Person.role == PlanStatusHistory.who)
            .where(PlanStatusHistory.plan_id == plan_id)
            .order_by(PlanStatusHistory.at.desc(), PlanStatusHistory.id.desc())
            .limit(50)
        )
    )
