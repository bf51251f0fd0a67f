"""What a tax registration would change, as the rows that are shown before it is saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from entrepot.domains.organisation import queries as organisation
from entrepot.domains.tax.types import RegistrationInfo
from entrepot.flows.comply.preview_registration import Effect, Outcome, preview_registration
from entrepot.interfaces.console import words
from entrepot.interfaces.web import words as said


def preview(actor: Any, values: Mapping[str, Any]) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """Return heads and rows: market, from where, which day, what holds before and after; only what changes.

    Raises InvalidInput for a number that does not have the form of its place.
    """
    wanted = RegistrationInfo(
        values["scheme"], values["jurisdiction"], values["number"], values["from_date"], values.get("until")
    )
    effects = preview_registration(entity_id=organisation.store().entity.id, wanted=wanted)
    changed = [one for one in effects if one.changes]
    heads = (_("Market"), _("Goods from"), _("Day"), _("Before"), _("After"))
    if not changed:
        return heads, ((_("Nothing changes in any market."), "", "", "", ""),)
    return heads, tuple(_row(one) for one in changed)


def _row(one: Effect) -> tuple[str, ...]:
    return one.market, one.origin, one.on.isoformat(), _told(one.before), _told(one.after)


def _told(outcome: Outcome) -> str:
    if outcome.refused is not None:
        return _("no sale: %(why)s") % {"why": said.say(outcome.refused)}
    if outcome.collecting is None:
        return ""
    scheme = words.word("scheme", outcome.collecting.scheme)
    if not outcome.collecting.collector:
        return _("no tax (%(scheme)s): %(why)s") % {
            "scheme": scheme,
            "why": words.word("reason", outcome.collecting.reason),
        }
    collector = {
        "seller": _("charged at the sale"),
        "customs": _("collected by customs"),
        "carrier": _("collected by the carrier"),
        "marketplace": _("collected by the marketplace"),
    }[outcome.collecting.collector]
    return f"{collector} ({scheme})"
