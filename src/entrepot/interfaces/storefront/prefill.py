"""What an account offers the checkout: its address in the market's country, put into the form; others to choose from."""

from __future__ import annotations

from django.http import HttpRequest

from entrepot.domains.identity.types import AccountInfo
from entrepot.domains.parties import queries as parties
from entrepot.domains.parties.types import SavedAddressView
from entrepot.interfaces.storefront import forms, visitor
from entrepot.interfaces.storefront.place import Shop


def choices(request: HttpRequest, shop: Shop) -> tuple[AccountInfo | None, tuple[SavedAddressView, ...]]:
    """Return who is logged in and the addresses kept for this market's country, the default first; nobody costs nothing."""
    who = visitor.account(request)
    return who, parties.saved_addresses(account_id=who.id, country=shop.market.country) if who else ()


def typed(request: HttpRequest, shop: Shop) -> forms.Typed | None:
    """Return the checkout's form as the account fills it: the address named by `?address=`, else the default; None for nobody."""
    who, saved = choices(request, shop)
    if who is None:
        return None
    wished = request.GET.get("address", "")
    chosen = next((one for one in saved if one.id == wished), saved[0] if saved else None)
    if chosen is None:
        return None
    read = forms.read(forms.from_address(chosen.address, who.email), shop.market.country)
    read.faults = []
    return read
