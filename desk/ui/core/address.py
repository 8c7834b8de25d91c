"""The fields of an address, the same for a customer and for a plan."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from desk.ui.core.fields import TextField
from desk.ui.core.forms import Form
from desk.ui.core.inputs import CepField, Choice, ComboField


def add_address(form: Form) -> Form:
    """Put the fields of an address into a form of two columns."""
    form.add(CepField("zip", "CEP", mandatory=True))
    form.add(ComboField("city_id", "Cidade", (), mandatory=True, search=True))
    form.add(TextField("street", "Logradouro", mandatory=True, limit=120), span=2)
    form.add(TextField("number", "Número", mandatory=True, limit=20))
    form.add(TextField("complement", "Complemento", limit=60))
    form.add(TextField("district", "Bairro", mandatory=True, limit=80))
    form.add(TextField("landmark", "Ponto de referência", limit=120))
    return form


def offer_cities(form: Form, cities: Iterable[Choice], present: int | None = None) -> None:
    """Fill the list of cities, which comes from the database after the form is shown."""
    field = form.fields["city_id"]
    if isinstance(field, ComboField):
        field.set_choices(cities)
    if present is not None:
        form.set("city_id", present)


def address_values(draft: dict[str, Any]) -> dict[str, Any]:
    """What an address form holds, with empty texts instead of nothing."""
    return {name: "" if value is None else value for name, value in draft.items()}
