"""The books: trial balance per currency, entries as balanced blocks, one account's entries."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse

from entrepot.domains.finance import queries as finance
from entrepot.domains.ledger import queries as ledger
from entrepot.domains.organisation import queries as organisation
from entrepot.interfaces.console import door, look

PAGE = 30


def chart() -> dict[str, str]:
    """Return account code → name (a message id) of the chart of accounts; no statement."""
    return {account.code: account.name for account in finance.chart_of_accounts()}


@door.page("console.see_ledger")
def balance(request: HttpRequest) -> HttpResponse:
    """Show the trial balance of the entity, a table per currency."""
    store = organisation.store()
    rows = ledger.trial_balance(entity_id=store.entity.id)
    tables = []
    for currency, group in groupby(rows, key=lambda row: row.currency):
        members = list(group)
        debit, credit = sum(r.debit_minor for r in members), sum(r.credit_minor for r in members)
        tables.append({"currency": currency, "rows": members, "debit": debit, "credit": credit})
    return look.draw(request, "console/balance.html", {"entity": store.entity, "tables": tables})


@door.page("console.see_ledger")
def entries(request: HttpRequest) -> HttpResponse:
    """List entries, newest first, of a document if one is named."""
    return _entries(request, document=request.GET.get("document", "")[:100], account="")


@door.page("console.see_ledger")
def account(request: HttpRequest, account: str) -> HttpResponse:
    """List the entries of one account."""
    return _entries(request, document="", account=account[:40])


@door.page("console.see_ledger")
def entry(request: HttpRequest, entry_id: str) -> HttpResponse:
    """Show one entry, and its pair when it was reversed or reverses."""
    found = ledger.entry(entry_id=door.public_id(entry_id, "entry"))
    pair = found.reverses or found.reversed_by
    rows = [found, *([ledger.entry(entry_id=pair)] if pair else [])]
    context = {"rows": rows, "chart": chart(), "account": "", "document": "", "one": found, "next_before": ""}
    return look.draw(request, "console/entries.html", context)


def _entries(request: HttpRequest, *, document: str, account: str) -> HttpResponse:
    before = request.GET.get("before", "")
    rows = ledger.entries(
        document=document or None,
        account=account or None,
        before=int(before) if before.isdecimal() and len(before) < 18 else None,
        limit=PAGE + 1,
    )
    context = {
        "rows": rows[:PAGE],
        "chart": chart(),
        "account": account,
        "document": document,
        "one": None,
        "next_before": str(rows[PAGE - 1].number) if len(rows) > PAGE else "",
    }
    return look.draw(request, "console/entries.html", context)
