"""Lists of the console: filters and orders as declared fields, the saved views of a person, all of it in the address.

A list declares its fields once; from that its filter form is drawn, its address is read, and a view is saved. A page
that is opened without any wish opens with the person's default view.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Literal
from urllib.parse import parse_qsl, urlencode

import msgspec
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.translation import gettext as _

from entrepot.domains.identity import queries as identity
from entrepot.domains.identity.types import ViewInfo
from entrepot.kernel.errors import InvalidInput

Choices = Callable[[], Sequence[tuple[str, str]]]


def _none() -> Sequence[tuple[str, str]]:
    return ()


class Field(msgspec.Struct, frozen=True):
    """A filter: its name in the address, its label (a message id), and what may be chosen for one of kind choice.

    `everything` is what no choice is called (a message id); a `hidden` field is set by tabs and links, not by the form.
    """

    name: str
    label: str
    kind: Literal["choice", "text", "day"] = "text"
    choices: Choices = _none
    everything: str = ""
    hidden: bool = False
    code: bool = False


class Listing(msgspec.Struct, frozen=True):
    """A list: its key, its address, its filters, and the orders it can stand in, (key, message id), the first the usual one."""

    page: str
    path: str
    fields: tuple[Field, ...]
    sorts: tuple[tuple[str, str], ...]


class Asked(msgspec.Struct, frozen=True):
    """What the address asks of a list. `query` is all of it but the page, as a view keeps it."""

    values: dict[str, str]
    sort: str
    before: str
    query: str

    def __getitem__(self, name: str) -> str:
        """Return the value of a filter, "" when it is not set."""
        return self.values[name]

    def day(self, name: str) -> dt.date | None:
        """Return the value of a filter of kind day."""
        return dt.date.fromisoformat(self.values[name]) if self.values[name] else None

    @property
    def narrowed(self) -> bool:
        """Whether any filter is set."""
        return any(self.values.values())


def read(request: HttpRequest, listing: Listing) -> Asked:
    """Return what an address asks of a list; an unknown choice counts as none. Raises InvalidInput for a day that is none."""
    values = {field.name: _value(field, request.GET.get(field.name, "")) for field in listing.fields}
    sort = request.GET.get("sort", "")
    sort = sort if sort in dict(listing.sorts) else listing.sorts[0][0]
    told = [(name, value) for name, value in values.items() if value]
    if sort != listing.sorts[0][0]:
        told.append(("sort", sort))
    return Asked(values, sort, request.GET.get("before", "")[:120], urlencode(told))


def kept(listing: Listing, query: str) -> str:
    """Return a query with what the list knows alone, so that a saved view holds nothing else.

    An e-mail address is left out: a buyer's erasure could not find it in there.
    """
    known = {field.name for field in listing.fields} | {"sort"}
    told = [(name, value) for name, value in parse_qsl(query[:1000]) if name in known and "@" not in value]
    return urlencode(told)


def opening(request: HttpRequest, listing: Listing) -> tuple[tuple[ViewInfo, ...], HttpResponseRedirect | None]:
    """Return the saved views a person sees and, where the address wishes for nothing, the way to the default one."""
    views = identity.saved_views(user_id=request.desk.staff.id, page=listing.page)
    default = next((view for view in views if view.is_default), None)
    if request.GET or default is None or not default.query:
        return views, None
    return views, HttpResponseRedirect(f"{listing.path}?{default.query}")


def frame(listing: Listing, asked: Asked, views: Sequence[ViewInfo]) -> dict[str, object]:
    """Return what the parts of a list's template are drawn from."""
    return {
        "listing": listing,
        "wish": asked,
        "saved": views,
        "current": next((view.id for view in views if view.query == asked.query), ""),
    }


def _value(field: Field, told: str) -> str:
    value = " ".join(told.replace("\x00", "").split())[:120]
    if field.kind == "choice":
        return value if value in dict(field.choices()) else ""
    if field.kind == "day" and value:
        try:
            return dt.date.fromisoformat(value).isoformat()
        except ValueError as fault:
            rule = _("Write the day as year-month-day, e.g. 2026-11-25.")
            raise InvalidInput(field=_(field.label), value=value[:20], rule=rule) from fault
    return value
