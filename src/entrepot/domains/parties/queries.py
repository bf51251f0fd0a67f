"""Reads of parties."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from entrepot.domains.parties.engine.consents import CONSENTS
from entrepot.domains.parties.models import Address, Buyer, Consent, PrivacyRequest, SavedAddress
from entrepot.domains.parties.types import AddressData, AddressRules, BuyerView, PrivacyView, SavedAddressView
from entrepot.infra import crypto
from entrepot.kernel.errors import NotFound

_REFDATA = Path(__file__).parent / "refdata"
EMAIL_CONTEXT = "parties.buyer.email"


def email_index(email: str) -> str:
    """Return the blind index of an e-mail address; equal addresses (case and blanks aside) have equal ones."""
    return crypto.blind_index(email, EMAIL_CONTEXT)


def buyer(*, buyer_id: str) -> BuyerView:
    """Return a buyer by public id; raise NotFound."""
    row = Buyer.objects.filter(public_id=buyer_id).first()
    if row is None:
        raise NotFound(kind="buyer", key=buyer_id)
    return BuyerView(id=str(row.public_id), email=row.email, name=row.name, phone=row.phone, locale=row.locale)


@cache
def _address_rules() -> dict[str, AddressRules]:
    loaded = yaml.safe_load((_REFDATA / "addresses.yaml").read_text(encoding="utf-8"))["countries"]
    return {country: msgspec.convert(_flat(told), AddressRules, strict=True) for country, told in loaded.items()}


def _flat(told: dict[str, Any]) -> dict[str, Any]:
    flat = dict(told)
    for name in ("tax_id", "short_code"):
        flat.update({f"{name}_{key}": value for key, value in flat.pop(name, {}).items()})
    return flat


def address_rules(*, country: str) -> AddressRules:
    """Return what a country asks of an address besides its postal form; of one we say nothing about, nothing."""
    return _address_rules().get(country, AddressRules())


def saved_addresses(*, account_id: str, country: str = "") -> tuple[SavedAddressView, ...]:
    """Return an account's addresses (in one country, if named), the default first."""
    rows = SavedAddress.objects.filter(account_id=account_id).order_by("-is_default", "id")
    if country:
        rows = rows.filter(country=country)
    return tuple(
        SavedAddressView(str(r.public_id), msgspec.json.decode(r.data, type=AddressData), r.is_default) for r in rows
    )


def consents(*, account_id: str) -> dict[str, bool]:
    """Return what an account agrees to: kind → yes or no, for every kind there is."""
    rows = Consent.objects.filter(account_id=account_id).order_by("at", "id").values_list("kind", "given")
    return {**dict.fromkeys(CONSENTS, False), **dict(rows)}


def consent_history(*, account_id: str) -> tuple[tuple[str, bool, dt.datetime], ...]:
    """Return each yes and no of an account with its moment, oldest first."""
    rows = Consent.objects.filter(account_id=account_id).order_by("at", "id")
    return tuple((r.kind, r.given, r.at) for r in rows)


def privacy_requests(*, account_id: str = "", open_only: bool = False, limit: int = 100) -> tuple[PrivacyView, ...]:
    """Return requests about personal data, those due first, then the latest."""
    rows = PrivacyRequest.objects.order_by("-id").defer("archive")
    if account_id:
        rows = rows.filter(account_id=account_id)
    if open_only:
        rows = rows.filter(state="asked").order_by("deadline_at")
    return tuple(_privacy(r) for r in rows[:limit])


def due_privacy(*, at: dt.datetime, limit: int = 20) -> tuple[PrivacyView, ...]:
    """Return the open requests whose time has come."""
    rows = PrivacyRequest.objects.filter(state="asked", run_at__lte=at).order_by("run_at").defer("archive")
    return tuple(_privacy(r) for r in rows[:limit])


def archive(*, account_id: str, request_id: str, at: dt.datetime) -> str:
    """Return the copy of a request (base64 of a zip) while its days last; raise NotFound."""
    row = PrivacyRequest.objects.filter(
        account_id=account_id, public_id=request_id, state="done", until__gt=at, kind="export"
    ).first()
    if row is None or not row.archive:
        raise NotFound(kind="copy", key=request_id)
    return row.archive


def held_contacts(*, email: str) -> dict[str, Any] | None:
    """Return everything parties keep of a buyer's e-mail from orders, None when there is nothing."""
    row = Buyer.objects.filter(email_index=email_index(email)).first()
    if row is None:
        return None
    places = Address.objects.filter(buyer=row).order_by("id")
    return {
        "email": row.email, "name": row.name, "phone": row.phone, "locale": row.locale,
        "first_seen": row.created_at.isoformat(), "last_seen": row.seen_at.isoformat(),
        "addresses": [
            {"country": a.country, "given": a.created_at.isoformat(), **(msgspec.json.decode(a.data) if a.data else {})}
            for a in places
        ],
    }  # fmt: skip


def _privacy(r: PrivacyRequest) -> PrivacyView:
    return PrivacyView(
        str(r.public_id), r.kind, str(r.account_id), r.state, r.locale, r.asked_at, r.run_at, r.deadline_at, r.done_at,
        r.until, r.report,
    )  # fmt: skip
