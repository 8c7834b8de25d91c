"""One function per command on customers."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select, text
from sqlalchemy.orm import selectinload

from desk.models.catalog import PlanGroup, PlanStatus
from desk.models.customers import Customer, CustomerPhone
from desk.models.people import Permission
from desk.models.plans import CustomerPlan
from desk.models.variables import SystemVariable, Variable
from desk.services.core.bus import use_case
from desk.services.core.errors import Invalid, StaleRecord
from desk.services.core.work import Work
from desk.services.customers.addresses import new_address
from desk.services.customers.commands import (
    CustomerRegistered,
    CustomerSaved,
    OpenedCustomer,
    PhoneDraft,
    RecordDraft,
    RegisterCustomer,
    RevealDocument,
    SaveCustomer,
)
from desk.services.customers.errors import CustomerHasPlans, CustomerNotFound, DocumentTaken
from desk.services.customers.rules import (
    MANDATORY,
    bare_document,
    check_address,
    check_document,
    check_record,
    national_digits,
)

_PLAIN = (
    *("kind", "name", "trade_name", "registration", "birth_date", "mother_name", "father_name", "email", "notes"),
    *("identifier_code", "default_due_day", "business_unit_id"),
)


@use_case(RegisterCustomer, permission=Permission.EDIT_CUSTOMER)
def register_customer(cmd: RegisterCustomer, work: Work) -> CustomerRegistered:
    """Novo Cliente: the record with its document, telephones and first address."""
    document = bare_document(cmd.document)
    violations = [
        *check_record(cmd.record, mandatory_fields(work), today=work.today),
        *check_document(cmd.record.kind, document, check_digits=_checks_digits(work)),
        *check_address(cmd.address, prefix="address."),
    ]
    if violations:
        raise Invalid(violations)
    _refuse_taken(work, document)
    customer = Customer(document=document)
    _write(customer, cmd.record)
    work.session.add(customer)
    work.session.flush()
    work.session.refresh(customer, ["code"])
    _write_phones(work, customer.id, [], cmd.record.phones)
    work.session.add(new_address(customer.id, 1, cmd.address))
    work.record("customer.registered", customer_id=customer.id, name=customer.name, code=customer.code)
    work.touch("customer", customer.id)
    return CustomerRegistered(customer.id, customer.code, customer.name)


@use_case(SaveCustomer, permission=Permission.EDIT_CUSTOMER)
def save_customer(cmd: SaveCustomer, work: Work) -> CustomerSaved:
    """Save the record; making a customer inactive asks for all plans to be cancelled (ST-21)."""
    customer = work.session.scalar(
        select(Customer)
        .where(Customer.id == cmd.customer_id)
        .options(selectinload(Customer.phones))
        .with_for_update(of=Customer)
    )
    if customer is None:
        raise CustomerNotFound()
    if customer.version != cmd.version:
        raise StaleRecord(changes=work.changes_since("customers", customer.id, cmd.version))
    seen = cmd.seen_phones
    if seen is not None and [(p.number, p.label) for p in seen] != [(p.number, p.label) for p in customer.phones]:
        raise StaleRecord()
    today = work.today
    violations = list(check_record(cmd.record, mandatory_fields(work), today=today))
    document = customer.document if cmd.document is None else bare_document(cmd.document)
    if document != customer.document or cmd.record.kind is not customer.kind:
        violations += check_document(cmd.record.kind, document, check_digits=_checks_digits(work))
    if violations:
        raise Invalid(violations)
    if customer.active and not cmd.active:
        _refuse_with_plans(work, customer.id)
    fields: list[str] = []
    if document != customer.document:
        _refuse_taken(work, document)
        customer.document = document
        fields.append("document")
    fields += _write(customer, cmd.record)
    if customer.active is not cmd.active:
        customer.active = cmd.active
        customer.inactive_since = None if cmd.active else today
        fields.append("active")
    if _write_phones(work, customer.id, customer.phones, cmd.record.phones):
        fields.append("phones")
    work.session.flush()
    if fields:
        if "active" in fields:
            action = "customer.reactivated" if customer.active else "customer.inactivated"
            work.record(action, customer_id=customer.id, name=customer.name)
        others = [name for name in fields if name != "active"]
        if others:
            work.record("customer.saved", customer_id=customer.id, name=customer.name, fields=others)
        work.touch("customer", customer.id)
        work.touch("plans", customer.id)
    return CustomerSaved(customer.id, customer.version, tuple(fields))


@use_case(RevealDocument, permission=Permission.CUSTOMERS)
def reveal_document(cmd: RevealDocument, work: Work) -> str:
    """The whole CPF or CNPJ; the history remembers who looked."""
    document = work.session.scalar(select(Customer.document).where(Customer.id == cmd.customer_id))
    if document is None:
        raise CustomerNotFound()
    work.record("customer.document_seen", customer_id=cmd.customer_id)
    return document


@use_case(OpenedCustomer, permission=None)
def opened_customer(cmd: OpenedCustomer, work: Work) -> None:
    """Remember the customer among this person's last ones; for no other eyes, so nothing becomes old."""
    work.session.execute(text("SELECT desk.opened_customer(:id)"), {"id": cmd.customer_id})


def mandatory_fields(work: Work) -> frozenset[str]:
    """The fields that variables make mandatory in the record."""
    codes = {variable.code: field for variable, field in MANDATORY.items()}
    on = work.session.scalars(
        select(SystemVariable.code).where(SystemVariable.code.in_(codes), SystemVariable.value == "S")
    )
    return frozenset(codes[code] for code in on)


def _checks_digits(work: Work) -> bool:
    return not work.session.execute(
        text("SELECT desk.holds(VARIADIC CAST(:codes AS text[]))"), {"codes": [Permission.NO_DOCUMENT_CHECK.code]}
    ).scalar_one()


def _refuse_taken(work: Work, document: str) -> None:
    """The unique constraint would refuse too; this one can say whose it is."""
    other = work.session.execute(
        select(Customer.id, Customer.name, Customer.code).where(Customer.document == document)
    ).first()
    if other is not None:
        raise DocumentTaken(customer_id=other.id, customer=other.name, customer_code=other.code)


def _refuse_with_plans(work: Work, customer_id: int) -> None:
    if work.switched_on(Variable.INACTIVATE_WITH_PLANS):
        return
    plans = work.session.scalar(
        select(func.count())
        .select_from(CustomerPlan)
        .join(PlanStatus, PlanStatus.code == CustomerPlan.status)
        .where(
            CustomerPlan.customer_id == customer_id,
            CustomerPlan.deleted_at.is_(None),
            PlanStatus.group != PlanGroup.CANCELLED,
        )
    )
    if plans:
        raise CustomerHasPlans(plans=plans)


def _write(customer: Customer, record: RecordDraft) -> list[str]:
    """Put the typed fields into the row; answers which of them are new."""
    changed: list[str] = []
    for name in _PLAIN:
        value = getattr(record, name)
        if type(value) is str:
            value = value.strip() or (None if name == "identifier_code" else "")
        if getattr(customer, name) != value:
            setattr(customer, name, value)
            changed.append(name)
    return changed


def _write_phones(work: Work, customer_id: int, present: Sequence[CustomerPhone], wanted: Sequence[PhoneDraft]) -> bool:
    """Make the rows hold exactly these, in this order; True if anything had to change."""
    changed = False
    for place, draft in enumerate(wanted):
        number, label = national_digits(draft.number) or "", draft.label.strip()
        if place >= len(present):
            work.session.add(CustomerPhone(customer_id=customer_id, position=place + 1, number=number, label=label))
            changed = True
        elif (present[place].number, present[place].label) != (number, label):
            present[place].number, present[place].label = number, label
            changed = True
    for phone in present[len(wanted) :]:
        work.session.execute(text("SELECT desk.delete_customer_phones(:id)"), {"id": phone.id})
        changed = True
    return changed
