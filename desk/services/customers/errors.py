"""What can go wrong with customers, as types."""

from __future__ import annotations

from desk.services.core.database_errors import CONSTRAINTS
from desk.services.core.errors import DomainError


class CustomerNotFound(DomainError):
    """The customer no longer exists."""

    code = "customer_not_found"


class AddressNotFound(DomainError):
    """Somebody removed the address meanwhile."""

    code = "address_not_found"


class DocumentTaken(DomainError):
    """Another customer has this CPF or CNPJ; which one, when it is known."""

    code = "document_taken"

    def __init__(self, customer_id: int | None = None, customer: str = "", customer_code: int | None = None) -> None:
        super().__init__(customer_id=customer_id, customer=customer, customer_code=customer_code)
        self.customer_id = customer_id


class IdentifierTaken(DomainError):
    """Another customer has this Código Identificador."""

    code = "identifier_taken"


class CustomerHasPlans(DomainError):
    """A customer whose plans are not all cancelled cannot be made inactive (ST-21)."""

    code = "customer_has_plans"

    def __init__(self, plans: int = 0) -> None:
        super().__init__(plans=plans)


class LastAddress(DomainError):
    """A customer keeps at least one address, since plans follow it (PL-31)."""

    code = "last_address"


class TooManyAddresses(DomainError):
    """A customer may have twenty addresses."""

    code = "too_many_addresses"


CONSTRAINTS["uq_customers_document"] = DocumentTaken
CONSTRAINTS["uq_customers_identifier_code"] = IdentifierTaken
