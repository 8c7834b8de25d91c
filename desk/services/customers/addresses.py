"""Commands on a customer's addresses: the first is where plans are installed, the second where they are billed."""

from __future__ import annotations

from sqlalchemy import func, select, text

from desk.models.customers import Address, Customer
from desk.models.people import Permission
from desk.services.core.bus import use_case
from desk.services.core.errors import Invalid, StaleRecord
from desk.services.core.work import Work
from desk.services.customers.commands import (
    AddAddress,
    AddressDraft,
    AddressSaved,
    MoveAddress,
    RemoveAddress,
    SaveAddress,
)
from desk.services.customers.errors import AddressNotFound, CustomerNotFound, LastAddress, TooManyAddresses
from desk.services.customers.rules import bare_zip, check_address

MOST_ADDRESSES = 19  # the database allows 20; one place stays free for exchanging two


def new_address(customer_id: int, position: int, draft: AddressDraft) -> Address:
    """The row of a new address."""
    address = Address(customer_id=customer_id, position=position)
    _write(address, draft)
    return address


@use_case(AddAddress, permission=Permission.EDIT_CUSTOMER)
def add_address(cmd: AddAddress, work: Work) -> AddressSaved:
    """Add an address after the others."""
    _check(cmd.address)
    _lock_customer(work, cmd.customer_id)
    last = work.session.scalar(select(func.max(Address.position)).where(Address.customer_id == cmd.customer_id)) or 0
    if last >= MOST_ADDRESSES:
        raise TooManyAddresses()
    address = new_address(cmd.customer_id, last + 1, cmd.address)
    work.session.add(address)
    work.record("address.added", customer_id=cmd.customer_id, street=address.street, number=address.number)
    return _saved(work, address)


@use_case(SaveAddress, permission=Permission.EDIT_CUSTOMER)
def save_address(cmd: SaveAddress, work: Work) -> AddressSaved:
    """Correct an address (PL-31: plans that follow it show the new one)."""
    _check(cmd.address)
    address = _unchanged(work, cmd.address_id, cmd.version)
    _write(address, cmd.address)
    if work.session.is_modified(address):
        work.record("address.saved", customer_id=address.customer_id, street=address.street, number=address.number)
    return _saved(work, address)


@use_case(MoveAddress, permission=Permission.EDIT_CUSTOMER)
def move_address(cmd: MoveAddress, work: Work) -> AddressSaved:
    """Exchange two addresses, so that another one becomes the default of the plans."""
    address = _unchanged(work, cmd.address_id, cmd.version)
    other = work.session.scalar(
        select(Address)
        .where(Address.customer_id == address.customer_id, Address.position == cmd.position)
        .with_for_update()
    )
    if other is None:
        raise AddressNotFound()
    if other.id != address.id:
        former = address.position
        # Two rows cannot hold one position even for a moment, so the exchange goes by way of a free one.
        for row, position in ((address, MOST_ADDRESSES + 1), (other, former), (address, cmd.position)):
            row.position = position
            work.session.flush()
        work.record(
            "address.moved",
            customer_id=address.customer_id,
            street=address.street,
            number=address.number,
            position=cmd.position,
        )
    return _saved(work, address)


@use_case(RemoveAddress, permission=Permission.EDIT_CUSTOMER)
def remove_address(cmd: RemoveAddress, work: Work) -> None:
    """Remove an address; those after it move up, so a customer always has a first one."""
    address = _unchanged(work, cmd.address_id, cmd.version)
    customer_id = address.customer_id
    _lock_customer(work, customer_id)
    others = work.session.scalars(
        select(Address)
        .where(Address.customer_id == customer_id, Address.id != address.id)
        .order_by(Address.position)
        .with_for_update()
    ).all()
    if not others:
        raise LastAddress()
    street, number = address.street, address.number
    work.session.execute(text("SELECT desk.delete_addresses(:id)"), {"id": address.id})
    work.session.expunge(address)
    for position, other in enumerate(others, start=1):
        if other.position != position:
            other.position = position
            work.session.flush()  # in this order: each moves into the place that has just become free
    work.record("address.removed", customer_id=customer_id, street=street, number=number)
    _touch(work, customer_id)


def _check(draft: AddressDraft) -> None:
    violations = list(check_address(draft))
    if violations:
        raise Invalid(violations)


def _lock_customer(work: Work, customer_id: int) -> None:
    """Two desks that renumber the same customer's addresses go one after the other."""
    found = work.session.scalar(select(Customer.id).where(Customer.id == customer_id).with_for_update())
    if found is None:
        raise CustomerNotFound()


def _unchanged(work: Work, address_id: int, version: int) -> Address:
    address = work.session.get(Address, address_id, with_for_update=True)
    if address is None:
        raise AddressNotFound()
    if address.version != version:
        raise StaleRecord(changes=work.changes_since("addresses", address_id, version))
    return address


def _write(address: Address, draft: AddressDraft) -> None:
    for name in ("street", "number", "complement", "district", "landmark"):
        value = getattr(draft, name).strip()
        if getattr(address, name, None) != value:
            setattr(address, name, value)
    address.zip, address.city_id = bare_zip(draft.zip), draft.city_id


def _saved(work: Work, address: Address) -> AddressSaved:
    work.session.flush()
    _touch(work, address.customer_id)
    return AddressSaved(address.id, address.position, address.version)


def _touch(work: Work, customer_id: int) -> None:
    work.touch("customer", customer_id)
    work.touch("plans", customer_id)
