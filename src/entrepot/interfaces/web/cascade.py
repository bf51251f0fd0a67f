"""What a price is made of, as the rows of a cascade: the same piece on every page, each row with its reason and source."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec
from babel import Locale
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from entrepot.interfaces.web import formats
from entrepot.kernel.errors import N_
from entrepot.kernel.quote import FxQuote
from entrepot.kernel.trade import Charge, RuleRef

_NAMED = 2
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
    "zero_rated": N_("taxed at nought"),
    "reverse_charge": N_("the business customer accounts for it"),
    "intra_community_supply": N_("the business customer accounts for it in its own country"),
    "seller_not_registered": N_("not collected by this seller in that country"),
    "rounded_to_price": N_("rounded so that the price is met"),
    "in_one_rate": N_("held in the duty at one rate"),
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


def rows(charges: Iterable[Charge], cldr: Locale, goods: Mapping[Charge, str] | None = None) -> list[Row]:
    """Return charges summed to rows by kind, name and rate, in the order of a cascade; a zero keeps its row and its reason.

    Where one kind has several rows under one name, each names its goods: `goods` says of a charge what it is on.
    """
    groups: dict[tuple[str, str, int], list[Charge]] = {}
    for charge in charges:
        groups.setdefault((charge.kind, charge.name, charge.rate_ppm), []).append(charge)
    merged = _without_empty_doubles(groups)
    ordered = sorted(merged.items(), key=lambda item: ORDER.index(item[0][0]))
    alike = Counter((kind, name) for kind, name, _ppm in merged)
    return [
        _row(key, found, cldr, _titles(found, goods) if goods and alike[key[:2]] > 1 else "") for key, found in ordered
    ]


def _titles(found: list[Charge], goods: Mapping[Charge, str]) -> str:
    """Return what a row's charges are on: two names, and how many more."""
    names = list(dict.fromkeys(title for charge in found if (title := goods.get(charge, ""))))
    told = ", ".join(f"\u2068{name}\u2069" for name in names[:_NAMED])
    more = len(names) - _NAMED
    return (
        ngettext("%(names)s and %(num)s more", "%(names)s and %(num)s more", more) % {"names": told, "num": more}
        if more > 0
        else told
    )


def _without_empty_doubles(
    groups: dict[tuple[str, str, int], list[Charge]],
) -> dict[tuple[str, str, int], list[Charge]]:
    """Leave out rows of nought where the same kind has a row that is not: one reason is enough.

    Goods that are inside the customs area already owe no duty because none is asked, so that has no row at all.
    """
    groups = {key: found for key, found in groups.items() if {c.reason for c in found} != {"free_circulation"}}
    paid = {key[0] for key, found in groups.items() if any(charge.amount_minor for charge in found)}
    kept: dict[tuple[str, str, int], list[Charge]] = {}
    for key, found in groups.items():
        if any(charge.amount_minor for charge in found) or (
            key[0] not in paid and not any(k[0] == key[0] for k in kept)
        ):
            kept[key] = found
    return kept


def _row(key: tuple[str, str, int], found: list[Charge], cldr: Locale, on: str) -> Row:
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
    if on:
        why = f"{why} · {on}" if why else on
    return Row(SWATCH[kind], label, why, total, () if kind == "goods" else _detail(found, cldr))


def _detail(found: list[Charge], cldr: Locale) -> tuple[str, ...]:
    told: dict[str, None] = {}
    for charge in found:
        rule = charge.rule
        # The source keeps its own title and its own order of signs inside a line that runs the other way.
        sentence = f"\u2068{rule.source}\u2069"
        if force := _in_force(rule, cldr):
            sentence += f" {force}"
        sure = CONFIDENCE.get(rule.confidence)
        told[f"{sentence} ({_(sure)})" if sure else sentence] = None
    return tuple(list(told)[:4])


def _in_force(rule: RuleRef, cldr: Locale) -> str:
    """Say in which civil days a rule is in force; its end is half-open, what is said is the last day."""
    since = formats.date_medium(dt.date.fromisoformat(rule.since), cldr) if rule.since else ""
    until = formats.date_medium(dt.date.fromisoformat(rule.until) - dt.timedelta(days=1), cldr) if rule.until else ""
    if since and until:
        return _("In force from %(since)s to %(until)s.") % {"since": since, "until": until}
    if since:
        return _("In force since %(since)s.") % {"since": since}
    return _("In force until %(until)s.") % {"until": until} if until else ""


def rate_words(fx: FxQuote, cldr: Locale) -> str:
    """Say which rate of which day from whom was used."""
    source = fx.source.replace("manual", _("set by the shop"), 1) if fx.source.startswith("manual") else fx.source
    # Isolates keep the sum and the source in their own order inside a line that runs the other way.
    return _("1 %(base)s = %(rate)s %(target)s, rate of %(day)s, %(source)s") % {
        "base": fx.source_currency,
        "rate": formats.rate(fx.rate, cldr),
        "target": fx.target,
        "day": formats.date_medium(fx.date, cldr),
        "source": f"\u2068{source}\u2069",
    }
