"""A return as files: its field set as JSON and XML (a form of ours, unless the authority publishes one), its records as CSV. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from xml.etree import ElementTree as Xml

import msgspec

from entrepot.domains.finance.types.returns import FormSpec, ReturnView
from entrepot.domains.finance.types.tax_records import TaxRecord
from entrepot.kernel.money import Money
from entrepot.kernel.sheet import calm

NAMESPACE = "urn:entrepot:tax-return:1"


def _major(minor: int, currency: str) -> str:
    return str(Money(minor, currency)).rpartition(" ")[0]


def fields_of(view: ReturnView, form: FormSpec) -> dict[str, object]:
    """Return the field set of a return: amounts as text in major units of its currency."""
    c = view.content

    def amount(minor: int) -> str:
        return _major(minor, c.currency)

    return {
        "form": c.form, "name": form.name, "authority": form.authority, "own_layout": form.own_form,
        "jurisdiction": c.jurisdiction, "period": c.period, "from": c.since.isoformat(), "to": c.until.isoformat(),
        "due": c.due_date.isoformat(), "currency": c.currency, "version": view.version, "state": view.state,
        "filed_on": view.filed_on.isoformat() if view.filed_on else "", "reference": view.reference,
        "fields": [
            {"code": f.code, "name": f.name, **({"outside": True} if f.outside else {"amount": amount(f.amount_minor)})}
            for f in c.fields
        ],
        "lines": [
            {**dict(zip(form.groups, line.keys, strict=True)), "base": amount(line.base_minor), "tax": amount(line.tax_minor)}
            for line in c.lines
        ],
        "corrections": [
            {"period": one.period, "country": one.country, "base": amount(one.base_minor), "tax": amount(one.tax_minor)}
            for one in c.corrections
        ],
        "balances": [{"country": country, "tax": amount(tax)} for country, tax in c.balances],
        "rates": [
            {"currency": r.currency, "rate": f"{r.rate:f}", "source": r.source, "date": r.date.isoformat()} for r in c.rates
        ],
        "payable": amount(c.payable_minor),
    }  # fmt: skip


def as_json(view: ReturnView, form: FormSpec) -> bytes:
    """Return the field set as JSON."""
    return msgspec.json.format(msgspec.json.encode(fields_of(view, form)), indent=2)


def as_xml(view: ReturnView, form: FormSpec) -> bytes:
    """Return the same as XML: an element for each name, `item` for each of a list; names as in the JSON."""
    root = Xml.Element("return", {"xmlns": NAMESPACE})
    for name, value in fields_of(view, form).items():
        if isinstance(value, list):
            group = Xml.SubElement(root, name)
            for one in value:
                item = Xml.SubElement(group, "item")
                for key, text in one.items():
                    Xml.SubElement(item, key).text = str(text).lower() if isinstance(text, bool) else str(text)
        else:
            Xml.SubElement(root, name).text = str(value).lower() if isinstance(value, bool) else str(value)
    Xml.indent(root)
    return Xml.tostring(root, encoding="utf-8", xml_declaration=True)


HEAD = (
    "order", "date", "sale_date", "kind", "consignment", "part", "line", "dispatch", "country", "region", "locality", "scheme",
    "supply", "customer", "tax", "category", "rate_percent", "reason", "collector", "net", "base", "tax_amount", "currency",
    "rule", "rule_source", "entry",
)  # fmt: skip


def as_csv(records: Iterable[TaxRecord], numbers: Mapping[str, str]) -> str:
    """Return records as CSV, a row each; `numbers` gives an order's number by its id. No cell begins a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEAD)
    for r in records:
        key = r.document.partition(":")[2]
        writer.writerow([
            calm(cell) for cell in (
                numbers.get(key, key), r.date, r.origin_date, r.kind, r.consignment_ref, r.part, r.ref, r.dispatch_country,
                r.country, r.region, r.locality, r.scheme, r.supply, r.customer, r.name, r.category,
                f"{r.rate_ppm / 10_000:g}", r.reason, r.collector)
        ] + [_major(minor, r.currency) for minor in (r.net_minor, r.base_minor, r.tax_minor)] + [
            calm(cell) for cell in (r.currency, f"{r.rule_table} {r.rule_key}", r.rule_source, r.entry_key)
        ])  # fmt: skip
    return out.getvalue()
