"""Customers: the people and companies served; what the UI may use."""

from desk.models.customers import CustomerKind
from desk.services.customers import addresses as _addresses
from desk.services.customers import use_cases as _use_cases
from desk.services.customers.commands import (
    AddAddress,
    AddressDraft,
    AddressSaved,
    CustomerRegistered,
    CustomerSaved,
    MoveAddress,
    OpenedCustomer,
    PhoneDraft,
    PhoneRow,
    RecordDraft,
    RegisterCustomer,
    RemoveAddress,
    RevealDocument,
    SaveAddress,
    SaveCustomer,
)
from desk.services.customers.errors import (
    AddressNotFound,
    CustomerHasPlans,
    CustomerNotFound,
    DocumentTaken,
    IdentifierTaken,
    LastAddress,
    TooManyAddresses,
)
from desk.services.customers.queries import (
    AddressRow,
    CityChoice,
    CustomerChoices,
    CustomerFormChoices,
    CustomerHeader,
    CustomerHeaderRow,
    CustomerRecord,
    CustomerRecordRow,
    UnitChoice,
)
from desk.services.customers.rules import check_address, check_document, check_record, mask_document
from desk.services.customers.search import CustomerHit, Match, RecentCustomers, SearchCustomers
from desk.services.customers.search_input import SearchKind
from desk.services.customers.suggestion import SuggestName

__all__ = [
    "AddAddress",
    "AddressDraft",
    "AddressNotFound",
    "AddressRow",
    "AddressSaved",
    "CityChoice",
    "CustomerChoices",
    "CustomerFormChoices",
    "CustomerHasPlans",
    "CustomerHeader",
    "CustomerHeaderRow",
    "CustomerHit",
    "CustomerKind",
    "CustomerNotFound",
    "CustomerRecord",
    "CustomerRecordRow",
    "CustomerRegistered",
    "CustomerSaved",
    "DocumentTaken",
    "IdentifierTaken",
    "LastAddress",
    "Match",
    "MoveAddress",
    "OpenedCustomer",
    "PhoneDraft",
    "PhoneRow",
    "RecentCustomers",
    "RecordDraft",
    "RegisterCustomer",
    "RemoveAddress",
    "RevealDocument",
    "SaveAddress",
    "SaveCustomer",
    "SearchCustomers",
    "SearchKind",
    "SuggestName",
    "TooManyAddresses",
    "UnitChoice",
    "check_address",
    "check_document",
    "check_record",
    "mask_document",
]

_REGISTERED = (_addresses, _use_cases)  # importing them registers their handlers
