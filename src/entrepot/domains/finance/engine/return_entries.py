"""The entries of a filed return and of its payment. Pure.

| step | debit | credit |
|---|---|---|
| return filed, sales in its currency | sales tax payable | tax filed and due |
| … sales in another currency | sales tax payable, then currency conversion in the return's | currency conversion, then tax filed and due |
| … the form's own rounding | rounding, or tax filed and due | the other |
| return paid | tax filed and due | bank |
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from entrepot.domains.finance.engine import accounts
from entrepot.domains.finance.engine.entries import BOOK
from entrepot.domains.finance.types.returns import FormSpec, ReturnContent
from entrepot.domains.ledger.types import EntryDraft, PostingDraft
from entrepot.kernel.errors import DataFault
from entrepot.kernel.money import exponent


def rounding_limit(form: FormSpec, currency: str) -> int:
    """Return how much of what is paid may be the form's own rounding, in minor units of a currency.

    It is one whole unit for each field on the way to the payable one that is cut to whole units or is a share of another.
    """
    specs = {spec.code: spec for spec in form.fields}
    open_, seen = [form.payable], set[str]()
    while open_:
        code = open_.pop()
        if code in specs and code not in seen:
            seen.add(code)
            open_ += [name.removeprefix("-") for name in (*specs[code].sum, specs[code].of)]
    return sum(specs[code].whole or bool(specs[code].of) for code in seen) * 10 ** exponent(currency)


def filed(
    *, return_id: str, entity_id: str, content: ReturnContent, form: FormSpec, on: dt.date
) -> tuple[EntryDraft, ...]:
    """Return the entries that move what a return holds from what is payable to what is due: one a currency of sale.

    Raises:
        DataFault: what is paid is further from the tax of the return's records than the form's rounding can account for.
    """
    drafts = []
    own = converted = 0
    for total in content.totals:
        if total.currency == content.currency:
            own += total.tax_minor
            continue
        converted += total.converted_minor
        sides = [
            (accounts.TAX_PAYABLE, total.tax_minor),
            (accounts.CURRENCY_CONVERSION, -total.tax_minor),
        ]
        drafts.append(
            _draft(f"return:{return_id}:{total.currency}", return_id, entity_id, content, total.currency, on, sides)
        )
    rounding = content.payable_minor - own - converted
    if abs(rounding) > rounding_limit(form, content.currency):
        told = f"{content.form} {content.jurisdiction} {content.period}"
        raise DataFault(what=f"return {told} is {rounding} {content.currency} minor units off the tax of its records")
    sides = [
        (accounts.TAX_PAYABLE, own),
        (accounts.CURRENCY_CONVERSION, converted),
        (accounts.ROUNDING, rounding),
        (accounts.TAX_DUE, -content.payable_minor),
    ]
    drafts.append(_draft(f"return:{return_id}", return_id, entity_id, content, content.currency, on, sides))
    return tuple(draft for draft in drafts if draft.postings)


def paid(*, return_id: str, entity_id: str, content: ReturnContent, on: dt.date) -> EntryDraft | None:
    """Return the entry of a return's payment (or of its refund), None where nothing was due."""
    if not content.payable_minor:
        return None
    sides = [(accounts.TAX_DUE, content.payable_minor), (accounts.BANK, -content.payable_minor)]
    key = f"return:{return_id}:paid"
    return _draft(key, return_id, entity_id, content, content.currency, on, sides, kind="return_paid")


def _draft(
    key: str,
    return_id: str,
    entity_id: str,
    content: ReturnContent,
    currency: str,
    on: dt.date,
    sides: Sequence[tuple[str, int]],
    kind: str = "return_filed",
) -> EntryDraft:
    return EntryDraft(
        key=key,
        entity_id=entity_id,
        book=BOOK,
        date=on,
        currency=currency,
        kind=kind,
        document=f"tax_return:{return_id}",
        postings=tuple(PostingDraft(account, amount) for account, amount in sides if amount),
        note=f"{content.form} {content.jurisdiction} {content.period}",
    )
