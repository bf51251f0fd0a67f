"""Tax records of a sale, a change and a cancellation, read off the frozen cascade. Pure.

Their sum on an account is what the entry of the same key posts there, always: both are made of the same charges and shares.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from entrepot.domains.finance.engine import accounts
from entrepot.domains.finance.engine.shares import key_of, payable_account, taken_by, tax_shares
from entrepot.domains.finance.types.tax_records import TaxRecord, TaxSum
from entrepot.domains.orders.types import ChangedLines, LineShares
from entrepot.kernel.money import split
from entrepot.kernel.quote import FrozenQuote, QuotedConsignment, QuotedLine
from entrepot.kernel.trade import Charge, RuleRef

GOODS, FREIGHT = "goods", "freight"
NO_TAX = "no_tax"
STAYS_OWED = "import_tax_stays_owed"
_NO_RULE = RuleRef("", "", "", "", "")
_NO_BASE = frozenset({"below_collection_minimum"})

Supply = Callable[[str, str, str], str]


def of_sale(*, order_id: str, quote: FrozenQuote, on: dt.date, entry_key: str, supply: Supply) -> tuple[TaxRecord, ...]:
    """Return a record for each tax on each part of a confirmed order; a part without any has one that says why.

    Args:
        supply: says what kind of supply it is, by scheme, country of dispatch and of arrival.
    """
    found: list[TaxRecord] = []
    region = quote.region.removeprefix(f"{quote.country}-")
    for c in quote.consignments:
        for part, ref, scheme, category, net, charges in _parts(c):
            kind = supply(scheme, c.warehouse_country, quote.country)
            for number, charge in enumerate(charges):
                word, _, place = charge.rule.key.partition(" ")
                # Goods without a row of their own are taxed at the standard rate; freight at the rates of all goods.
                by_rate = bool(charge.rate_ppm) and charge.rule.table.startswith("tax.") and word != "exemption"
                base = net if charge.reason in _NO_BASE or not charge.base_minor else charge.base_minor
                found.append(
                    TaxRecord(
                        entry_key, len(found), "sale", on, on, f"order:{order_id}", c.ref, part, ref,
                        c.warehouse_country, quote.country, region, place[:20] if by_rate else "", scheme, kind, quote.customer,
                        charge.name, word if by_rate else category, charge.rate_ppm, charge.reason, charge.collector,
                        payable_account(charge) if charge.amount_minor else "", 0 if number else net, base,
                        charge.amount_minor, quote.currency, charge.rule.table, charge.rule.key, charge.rule.source,
                    )
                )  # fmt: skip
    return tuple(found)


def _parts(c: QuotedConsignment) -> Iterable[tuple[str, str, str, str, int, Sequence[Charge]]]:
    """Yield (part, ref, scheme, category, net, its taxes) of a consignment; each tax of it stands in exactly one part."""
    taxes: dict[str, list[Charge]] = {}
    for charge in c.charges:
        if charge.kind == "tax":
            taxes.setdefault(charge.line, []).append(charge)
    own = [line for line in c.lines if line.ref in taxes]
    whole = [t for t in taxes.get("", []) if _of_whole(t)]
    for line in c.lines:
        scheme, charges = line.tax_scheme or c.tax_scheme or c.scheme, taxes.get(line.ref) or _why(whole, line, c)
        yield GOODS, line.ref, scheme, line.tax_category, line.goods_minor, charges
    ways = freight_ways(c)
    if ways:
        category = own[0].tax_category if own else "standard"
        for scheme, net, charges in ways:
            yield FREIGHT, c.ref, scheme, category, net, charges
    elif c.freight_minor:
        scheme = c.tax_scheme or c.scheme
        yield FREIGHT, c.ref, scheme, "standard", c.freight_minor, whole[:1] or [_nothing(c)]


def freight_ways(c: QuotedConsignment) -> list[tuple[str, int, Sequence[Charge]]]:
    """Return (scheme, net, its taxes) of each way by which a consignment's freight is taxed; none where no tax stands on it."""
    taxes: dict[str, list[Charge]] = {}
    for charge in c.charges:
        if charge.kind == "tax":
            taxes.setdefault(charge.line, []).append(charge)
    ways: dict[str, list[Charge]] = {}
    for charge in taxes.get("", []):
        if not _of_whole(charge):
            ways.setdefault(_scheme_of(charge, c, taxes), []).append(charge)
    bases = [sum(t.base_minor for t in charges if t.name == charges[0].name) for charges in ways.values()]
    nets = split(c.freight_minor, bases) if ways else ()
    return [(scheme, net, charges) for (scheme, charges), net in zip(ways.items(), nets, strict=True)]


def _of_whole(charge: Charge) -> bool:
    """Whether a row without a line says why a whole consignment bears no tax, and is no tax on freight."""
    return (not charge.amount_minor and not charge.base_minor) or charge.reason in _NO_BASE


def _scheme_of(charge: Charge, c: QuotedConsignment, taxes: Mapping[str, Sequence[Charge]]) -> str:
    """Under which scheme freight is taxed: where lines go different ways it follows them, each share like its goods."""
    for line in c.lines:
        for other in taxes.get(line.ref, ()):
            if line.tax_scheme and (other.collector, other.name) == (charge.collector, charge.name):
                return line.tax_scheme
    return c.tax_scheme or c.scheme


def _why(whole: Sequence[Charge], line: QuotedLine, c: QuotedConsignment) -> Sequence[Charge]:
    """The charge that says why a line bears no tax: that of its own scheme, where lines of a consignment differ."""
    mine = [t for t in whole if line.tax_scheme and line.tax_scheme in t.rule.key]
    return mine[:1] or whole[:1] or [_nothing(c)]


def _nothing(c: QuotedConsignment) -> Charge:
    """A row that says that a part bears no tax; who collects is as for the rest of the consignment."""
    collector = next((t.collector for t in c.charges if t.kind == "tax"), "seller")
    return Charge("tax", "", "", 0, _NO_RULE, reason=NO_TAX, collector=collector)


def of_change(
    sale: Sequence[TaxRecord],
    *,
    quote: FrozenQuote,
    change: ChangedLines,
    on: dt.date,
    entry_key: str,
    before: Iterable[ChangedLines] = (),
) -> tuple[TaxRecord, ...]:
    """Return what a change took from the records of a sale: shares of each part, all below zero.

    Shares are what all changes together come to less what those `before` did, so that a part given back bit by bit ends at
    nothing in each of its taxes. Of a part that has left the house, import tax stays owed to customs; its record takes the
    turnover alone.
    """
    found: list[TaxRecord] = []
    past = taken_by(before)
    for line in change.lines:
        mine = [r for r in sale if (r.part, r.ref, r.consignment_ref) == (line.kind, line.ref, line.consignment_ref)]
        if not mine or not (line.tax_minor or line.goods_minor):
            continue
        goods, tax = past.get(key_of(line), (0, 0))
        shares = _tax_shares(mine, quote, line, tax)
        nets = [r.net_minor for r in mine]
        net, now, then = sum(nets), split(goods + line.goods_minor, nets), split(goods, nets)
        for number, (record, (account, amount)) in enumerate(zip(mine, shares, strict=True)):
            stays = line.stage == "earned" and account == accounts.IMPORT_TAX_PAYABLE
            base = _share(record.base_minor, goods + line.goods_minor, net) - _share(record.base_minor, goods, net)
            found.append(
                msgspec.structs.replace(
                    record, entry_key=entry_key, place=len(found), kind="change", date=on,
                    net_minor=now[number] - then[number], base_minor=base, tax_minor=0 if stays else amount,
                    account="" if stays or not amount else account, reason=STAYS_OWED if stays else record.reason,
                )
            )  # fmt: skip
    return tuple(found)


def _tax_shares(
    mine: Sequence[TaxRecord], quote: FrozenQuote, line: LineShares, past: int
) -> Sequence[tuple[str, int]]:
    """A line's tax over its records, as (account, amount): on each account what its entry posts there, by the same function."""
    now = tax_shares(quote, line.consignment_ref, past + line.tax_minor, line=line)
    then = tax_shares(quote, line.consignment_ref, past, line=line)
    found = [(r.account, 0) for r in mine]
    for (account, amount), (_, was) in zip(now, then, strict=True):
        at = [n for n, r in enumerate(mine) if r.account == account] or [0]
        weights = [mine[n].tax_minor for n in at]
        for n, one, other in zip(at, split(amount, weights), split(was, weights), strict=True):
            found[n] = (account, one - other)
    return found


def _share(base: int, goods: int, net: int) -> int:
    """As much of a base as `goods` (zero or below) are of a part's price, rounded half up; below zero."""
    return -((base * -goods * 2 + net) // (2 * net)) if net else 0


def of_reversal(sale: Iterable[TaxRecord], *, on: dt.date, entry_key: str) -> tuple[TaxRecord, ...]:
    """Return the records that undo those of a sale."""
    return tuple(
        msgspec.structs.replace(
            r, entry_key=entry_key, place=n, kind="cancellation", date=on, net_minor=-r.net_minor,
            base_minor=-r.base_minor, tax_minor=-r.tax_minor,
        )
        for n, r in enumerate(sale)
    )  # fmt: skip


def by_account(records: Iterable[TaxRecord]) -> dict[tuple[str, str, str], int]:
    """Return the tax of records by (entry key, account, currency), zeros left out: what the ledger must have posted."""
    found: dict[tuple[str, str, str], int] = {}
    for r in records:
        if r.account:
            key = (r.entry_key, r.account, r.currency)
            found[key] = found.get(key, 0) + r.tax_minor
    return {key: amount for key, amount in found.items() if amount}


def summed(records: Iterable[TaxRecord]) -> tuple[TaxSum, ...]:
    """Return records added up by all that a return asks for; the database does the same for those it holds."""
    found: dict[tuple[object, ...], list[int]] = {}
    for r in records:
        key = (
            r.date, r.origin_date.replace(day=1), r.dispatch_country, r.country, r.region, r.locality, r.scheme,
            r.supply, r.customer, r.name, r.category, r.rate_ppm, r.reason, r.collector, r.account, r.currency,
        )  # fmt: skip
        sums = found.setdefault(key, [0, 0, 0, 0])
        for n, amount in enumerate((r.net_minor, r.base_minor, r.tax_minor, 1)):
            sums[n] += amount
    return tuple(TaxSum(*key, *sums) for key, sums in found.items())  # type: ignore[arg-type]


def supply_of(kinds: Mapping[str, str]) -> Supply:
    """Return what says the kind of a supply from a table by scheme ("*" any other): inside a country, else across."""

    def kind(scheme: str, dispatch: str, country: str) -> str:
        return kinds.get(scheme) or ("domestic" if dispatch == country else kinds["*"])

    return kind
