"""What a price is made of, as the rows of a cascade: the same piece on every page, each row with its reason and source."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from babel import Locale
from django.utils.translation import gettext as _

from entrepot.interfaces.web import formats
from entrepot.kernel.errors import N_
from entrepot.kernel.trade import Charge

ORDER = ("goods", "freight", "insurance", "duty", "fee", "tax")
SWATCH = {"goods": "goods", "freight": "freight", "insurance": "freight", "duty": "duty", "fee": "duty", "tax": "tax"}
NAMES = {"vat": N_("VAT"), "sales_tax": N_("Sales tax"), "gst": N_("GST")}
REASONS = {
    "below_threshold": N_("below the value limit"),
    "free_circulation": N_("already inside the customs area"),
    "free_delivery": N_("free delivery"),
    "counted_with_same_item": N_("counted once per kind of goods"),
    "rounds_to_zero": N_("less than the smallest coin"),
    "duty_free_by_tariff": N_("free by the tariff"),
    "covered_by_tariff_rate": N_("covered by the tariff’s own rate"),
    "freight_not_taxed": N_("delivery is not taxed"),
    "exempt_below_limit": N_("exempt below a limit"),
    "below_collection_minimum": N_("too little to be collected"),
    "not_registered_in_state": N_("not collected by this seller in that state"),
    "no_federal_sales_tax": N_("depends on the state; known once you give your address"),
    "no_state_sales_tax": N_("this state has none"),
}
CONFIDENCE = {
    "official": N_("checked against the official text"),
    "secondary": N_("from a second-hand source"),
    "unverified": N_("not yet checked against the official text"),
    "merchant": N_("set by the shop"),
}


class Row(msgspec.Struct, frozen=True):
    """A row of a cascade. `detail` are sentences: the rule, its source, how sure it is."""

    kind: str
    name: str
    why: str
    amount_minor: int
    detail: tuple[str, ...] = ()


def rows(charges: Iterable[Charge], cldr: Locale) -> list[Row]:
    """Return charges summed to rows by kind, name and rate, in the order of a cascade; a zero keeps its row and its reason."""
    groups: dict[tuple[str, str, int], list[Charge]] = {}
    for charge in charges:
        groups.setdefault((charge.kind, charge.name, charge.rate_ppm), []).append(charge)
    merged = _without_empty_doubles(groups)
    return [_row(key, found, cldr) for key, found in sorted(merged.items(), key=lambda item: ORDER.index(item[0][0]))]


def _without_empty_doubles(
    groups: dict[tuple[str, str, int], list[Charge]],
) -> dict[tuple[str, str, int], list[Charge]]:
    """Leave out rows of nought where the same kind has a row that is not: one reason is enough."""
    paid = {key[0] for key, found in groups.items() if any(charge.amount_minor for charge in found)}
    kept: dict[tuple[str, str, int], list[Charge]] = {}
    for key, found in groups.items():
        if any(charge.amount_minor for charge in found) or (
            key[0] not in paid and not any(k[0] == key[0] for k in kept)
        ):
            kept[key] = found
    return kept


def _row(key: tuple[str, str, int], found: list[Charge], cldr: Locale) -> Row:
    kind, name, ppm = key
    total = sum(charge.amount_minor for charge in found)
    label = _(NAMES.get(name, name))
    if ppm and kind == "tax":
        label = f"{label} {formats.percent(ppm, cldr)}"
    why = ""
    if not total:
        why = _(REASONS.get(found[0].reason, "")) if found[0].reason in REASONS else ""
    elif ppm and kind != "tax":
        why = formats.percent(ppm, cldr)
    return Row(SWATCH[kind], label, why, total, () if kind == "goods" else _detail(found))


def _detail(found: list[Charge]) -> tuple[str, ...]:
    told: dict[str, None] = {}
    for charge in found:
        rule = charge.rule
        sentence = f"{rule.source}"
        if rule.since or rule.until:
            sentence += _(" In force from %(since)s to %(until)s.") % {
                "since": rule.since or _("long ago"), "until": rule.until or _("further notice"),
            }  # fmt: skip
        sure = CONFIDENCE.get(rule.confidence)
        told[f"{sentence} ({_(sure)})" if sure else sentence] = None
    return tuple(list(told)[:4])
