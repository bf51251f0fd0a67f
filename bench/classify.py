"""Classification: how often the helper's first code, or one of its first five, is the right one, on classified descriptions.

The helper has read the nomenclature and its own list of trade words, never the cases. `--folds K` measures besides what
learning would give: the cases of all folds but one stand as the merchant's choices, the fold left out is asked; equal
descriptions are always in the same fold.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import math
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bench._frame import Result
from entrepot.domains.customs import queries
from entrepot.domains.customs.engine import classify, nomenclature
from entrepot.domains.customs.engine.nomenclature_files import read_rows
from entrepot.domains.customs.engine.terms import tokens
from entrepot.domains.customs.types import NomenclatureRow, PastChoice
from entrepot.kernel.errors import InvalidInput

DATABASE = False
HELP = "right HS codes among the helper's first one and first five, beside plain BM25 over the nomenclature"
_KEPT = 12
_OURS = Path(__file__).resolve().parents[2] / "shared" / "data" / "hs-tariffs"
Case = tuple[str, str, str]  # set, description, code
Ranker = Callable[[str], Sequence[str]]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--cases", type=Path, required=True, help="folder with search_references.json, extra_references.csv"
    )
    parser.add_argument("--nomenclature", type=Path, help="folder with nomenclature files (default: beside the cases)")
    parser.add_argument("--folds", type=int, default=0, help="measure learning, too, by so many folds (0: do not)")


def run(args: argparse.Namespace) -> Result:
    """Read the nomenclature, ask for every case, count."""
    cases = list(read_cases(args.cases))
    rows = _nomenclature(args.nomenclature, args.cases)
    began = time.perf_counter()
    index, glossary, nothing = nomenclature.build(rows), queries.trade_words(), classify.memory(())
    built = time.perf_counter() - began

    def helper(text: str) -> Sequence[str]:
        return classify.ranking(text, index, glossary, nothing, limit=_KEPT)

    began = time.perf_counter()
    figures, notes = score(cases, helper)
    asked = (time.perf_counter() - began) / max(1, len(cases)) * 1000
    peers = {"bm25": score(cases, plain_bm25(rows))[0]}
    if args.folds > 1:
        peers["learned"] = _learned(cases, index, glossary, args.folds)
        notes.append(f"learned: {args.folds} folds by description; the other folds stand as the merchant's choices")
    notes.append(f"{len(rows):,} rows of nomenclature, index built in {built:.1f} s, {asked:.1f} ms a description")
    units = {"accuracy_at_1": "share", "accuracy_at_5": "share"}
    return {"figures": figures, "peers": peers, "units": units, "notes": notes}


def read_cases(folder: Path) -> Iterator[Case]:
    """Yield the classified descriptions of a folder; a code of odd length has lost its leading zero."""
    references = folder / "search_references.json"
    if references.exists():
        for text, code in json.loads(references.read_text("utf-8")).items():
            yield from _case("references", text, str(code))
    extra = folder / "extra_references.csv"
    if extra.exists():
        with extra.open(encoding="utf-8-sig", newline="") as handle:
            for row in csv.DictReader(handle):
                yield from _case("traders", row["goods_description"], row["commodity_code"])


def _case(kind: str, text: str, code: str) -> Iterator[Case]:
    digits = code.strip().zfill(len(code.strip()) + len(code.strip()) % 2)
    if digits.isdigit() and len(digits) >= 4:
        yield kind, text, digits


def _nomenclature(folder: Path | None, cases: Path) -> list[NomenclatureRow]:
    folders = [folder] if folder else [cases.resolve().parent, _OURS]
    for place in folders:
        rows: list[NomenclatureRow] = []
        for path in sorted(p for p in place.rglob("*.csv*") if cases.resolve() not in p.resolve().parents):
            with (
                gzip.open(path, "rt", encoding="utf-8-sig")
                if path.suffix == ".gz"
                else path.open(encoding="utf-8-sig") as handle
            ):
                reader = csv.DictReader(handle)
                try:
                    rows += read_rows(reader.fieldnames or (), reader)
                except InvalidInput:
                    continue  # a file of another kind
        if rows:
            return rows
    raise SystemExit("bench classify: no nomenclature beside the cases. Name its folder with --nomenclature DIR.")


def score(cases: Sequence[Case], rank: Ranker) -> tuple[dict[str, float], list[str]]:
    """Return the accuracies over all cases, and a line for each set. A heading counts by its first subheading's place;
    a case known to four digits alone counts for headings only."""
    right: dict[str, Counter[str]] = defaultdict(Counter)
    for kind, text, code in cases:
        codes = list(rank(text))
        found = {"hs4": list(dict.fromkeys(one[:4] for one in codes)), "hs6": codes}
        for name, digits in (("hs4", 4), ("hs6", 6)):
            if len(code) < digits:
                continue
            for group in ("all", kind):
                right[group][name] += 1
                right[group][f"accuracy_at_1.{name}"] += found[name][:1] == [code[:digits]]
                right[group][f"accuracy_at_5.{name}"] += code[:digits] in found[name][:5]
    figures = {
        group: {key: round(count[key] / count[key[-3:]], 4) for key in sorted(_NAMES) if count[key[-3:]]}
        for group, count in right.items()
    }
    notes = [
        f"{kind}: {right[kind]['hs4']:,} cases; " + ", ".join(f"{key} {value:.3f}" for key, value in values.items())
        for kind, values in figures.items()
        if kind != "all"
    ]
    return figures.get("all", {}), notes


_NAMES = tuple(f"accuracy_at_{depth}.{name}" for depth in (1, 5) for name in ("hs4", "hs6"))


def _learned(
    cases: Sequence[Case], index: nomenclature.Index, glossary: classify.Glossary, folds: int
) -> dict[str, float]:
    def fold_of(text: str) -> int:
        return zlib.crc32(" ".join(sorted(set(tokens(text)))).encode()) % folds

    folded = [(fold_of(case[1]), case) for case in cases]
    memories = [
        classify.memory(
            PastChoice(code[:6], text, tuple(tokens(text)))
            for fold, (_, text, code) in folded
            if fold != left_out and len(code) >= 6
        )
        for left_out in range(folds)
    ]
    return score(cases, lambda text: classify.ranking(text, index, glossary, memories[fold_of(text)], limit=_KEPT))[0]


def plain_bm25(rows: Sequence[NomenclatureRow], k1: float = 1.2, slope: float = 0.75) -> Ranker:
    """Return the ranker of comparison: textbook BM25, each subheading's document being its heading's and its own text."""
    texts = {row.code: row.text for row in rows if row.nomenclature == "HS"}
    documents = {
        code: Counter(tokens(f"{texts.get(code[:4], '')} {text}")) for code, text in texts.items() if len(code) == 6
    }
    mean = sum(sum(doc.values()) for doc in documents.values()) / max(1, len(documents))
    postings: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for code, doc in documents.items():
        long = k1 * (1 - slope + slope * sum(doc.values()) / mean)
        for token, count in doc.items():
            postings[token].append((code, count * (k1 + 1) / (count + long)))

    def rank(text: str) -> Sequence[str]:
        scores: dict[str, float] = defaultdict(float)
        for token in tokens(text):
            found = postings.get(token, [])
            rare = math.log(1 + (len(documents) - len(found) + 0.5) / (len(found) + 0.5))
            for code, weight in found:
                scores[code] += rare * weight
        return sorted(scores, key=lambda code: (-scores[code], code))[:_KEPT]

    return rank
