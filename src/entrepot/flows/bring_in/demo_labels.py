"""Labels of the demo's goods: origin mark, material, care, warnings and who answers, from refdata/demo/labels.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import yaml

from entrepot.domains.catalogue import services as catalogue
from entrepot.domains.catalogue.types import LabelDraft
from entrepot.flows.bring_in.demo_shop import DEMO
from entrepot.infra import db
from entrepot.kernel.actor import Actor

EVERYWHERE = ("",)


@cache
def told() -> dict[str, Any]:
    """Return the data file of the labels."""
    return yaml.safe_load((DEMO / "labels.yaml").read_text(encoding="utf-8"))


def label_demo_goods(*, actor: Actor, products: Sequence[dict[str, Any]]) -> int:
    """Write the labels of products in the form of the demo's files; return how many lines changed."""
    drafts = [draft for product in products for draft in _drafts(product)]
    with db.transaction():
        return catalogue.write_labels(actor=actor, drafts=drafts)


def _drafts(product: dict[str, Any]) -> Iterator[LabelDraft]:
    handle, data = product["handle"], told()
    mark = data["origin_mark"]
    country = mark["countries"].get(product["variants"][0]["origin"], {})
    for language, text in mark["texts"].items():
        if language in country:
            line = text.format(origin=country[language])
            yield LabelDraft(handle, "origin_mark", language, (line,), source=mark["source"])
    for kind in ("material", "care"):
        place = _place(product["texts"]["en"]["attributes"], data[kind])
        if place is not None:
            for language, text in product["texts"].items():
                yield LabelDraft(handle, kind, language, (list(text["attributes"].values())[place],))
    yield from _notes(handle, "material", [row for row in data["materials"] if handle in row["handles"]])
    yield from _notes(handle, "responsible", data["responsible"])
    own = [row for row in data["warnings"] if handle in row.get("handles", ()) or product["category"] in _shelves(row)]
    yield from _notes(handle, "warning", own)


def _shelves(row: dict[str, Any]) -> Sequence[str]:
    return row.get("shelves", ())


def _place(attributes: dict[str, str], names: Sequence[str]) -> int | None:
    """Return where the first attribute with one of the names stands; its place is the same in every language."""
    known = list(attributes)
    return next((known.index(name) for name in names if name in known), None)


def _notes(handle: str, kind: str, rows: Sequence[dict[str, Any]]) -> Iterator[LabelDraft]:
    """Yield the lines of a kind by market and language; what several rows say of one market stands together."""
    found: dict[tuple[str, str], list[str]] = {}
    source: dict[tuple[str, str], str] = {}
    for row in rows:
        for market in row.get("markets", EVERYWHERE):
            for language, text in row["texts"].items():
                found.setdefault((market, language), []).append(text)
                source[market, language] = row.get("source", "")
    for (market, language), lines in found.items():
        yield LabelDraft(handle, kind, language, tuple(lines), market, source[market, language])
