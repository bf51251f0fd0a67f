"""Reads of customs: the law from reference data, tariffs and the merchant's own duty from the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec
import yaml

from entrepot.domains.customs.engine import classify, nomenclature
from entrepot.domains.customs.engine.choices import choices_of
from entrepot.domains.customs.engine.law import Frame, frame_of, rates_of, rules_from
from entrepot.domains.customs.engine.tables import NONE, Law, TariffRow, law_of
from entrepot.domains.customs.engine.tariff import percent, prefixes
from entrepot.domains.customs.errors import NotCovered
from entrepot.domains.customs.models import (
    ClassificationChoice,
    MerchantDuty,
    NomenclatureCode,
    OriginProof,
)
from entrepot.domains.customs.types import (
    Candidate,
    CustomsRules,
    DutyRate,
    MerchantDutyInfo,
    NomenclatureRow,
    OriginProofInfo,
    PastChoice,
    PathStep,
    PreferenceRow,
    ProgrammeInfo,
    RuleChoiceInfo,
    RuleOption,
)
from entrepot.infra import db
from entrepot.infra.memo import Memo
from entrepot.kernel.lawfile import with_doubt
from entrepot.kernel.trade import RuleRef

_REFDATA = Path(__file__).parent / "refdata"
_read_from = [_REFDATA]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
rules_memo = Memo(ttl_s=10, limit=2048)
said_memo = Memo(ttl_s=60)
index_memo = Memo(ttl_s=3600, limit=2)  # it takes seconds to build, and nomenclatures change once a year
choice_memo = Memo(ttl_s=30, limit=2)
_CHOICES_KEPT = 20_000


def load_law(folder: Path) -> Mapping[str, Law]:
    """Return the tables of every `*.yaml` file of a folder by territory.

    A file `tariff_<territory>.yaml` beside it adds a list of tariff rows to the territory's own, `origin_<territory>.yaml` its
    preferential programmes.

    Raises:
        BadLaw, GapOrOverlap: naming file and row; then nothing is loaded.
    """
    raw = {p.name: yaml.load(p.read_text("utf-8"), _LOADER) for p in sorted(folder.glob("*.yaml"))}  # noqa: S506 safe loader
    laws: dict[str, Law] = {}
    for name, tables in raw.items():
        if name.startswith(("tariff_", "origin_")):
            continue
        more = raw.get(f"tariff_{tables['territory']}.yaml", {}).get("tariff", [])
        programmes = raw.get(f"origin_{tables['territory']}.yaml", {}).get("programmes", [])
        whole = {**tables, "tariff": [*tables.get("tariff", []), *more]}
        law = law_of({**whole, "programmes": [*tables.get("programmes", []), *programmes]}, name)
        laws[law.territory] = law
    return laws


def shipped() -> tuple[Path, ...]:
    """Return the files of the tables that come with the program."""
    return tuple(sorted(_REFDATA.glob("*.yaml")))


@cache
def law() -> Mapping[str, Law]:
    """Return the law that comes with the program, read once per process, by territory."""
    return load_law(_read_from[-1])


def use_tables(folder: Path) -> None:
    """Read the law from another folder for the rest of this process, to try a change before it is law.

    Raises:
        BadLaw, GapOrOverlap: as `load_law`; then the law stays as it was.
    """
    load_law(folder)
    _read_from.append(folder)
    law.cache_clear()
    rules_memo.forget()


def territory_of(*, country: str, laws: Mapping[str, Law] | None = None) -> Law | None:
    """Return the customs territory a country belongs to by the program's tables (or `laws`), None when none is known."""
    return next((found for found in (laws or law()).values() if country in found.countries), None)


def column_of(*, territory: str) -> str:
    """Return the column that a file of several tariffs side by side has for a territory, "" when none is known."""
    found = law().get(territory)
    return found.tariff_column if found else ""


_STORED = """
SELECT code, origin, rate_ppm, added, name, from_date, until, source, confidence
FROM customs_tariffrate
WHERE territory = %(territory)s AND code = ANY(%(codes)s) AND (origin = '' OR origin = ANY(%(origins)s))
  AND from_date <= %(on)s AND (until IS NULL OR until > %(on)s)
UNION ALL
SELECT DISTINCT '', '', 0, true, name, %(on)s::date, NULL::date, '', ''
FROM customs_tariffrate WHERE territory = %(territory)s AND added AND name = ANY(%(lists)s)
UNION ALL
(SELECT '', '', rate_ppm, false, 'merchant', from_date, NULL, '', ''
 FROM customs_merchantduty WHERE territory = %(territory)s AND from_date <= %(on)s ORDER BY from_date DESC LIMIT 1)
"""


class _Said(msgspec.Struct, frozen=True):
    """What the merchant says of a territory: proofs of origin he holds, and which readings he follows from which days."""

    proofs: tuple[OriginProofInfo, ...] = ()
    choices: tuple[tuple[str, str, dt.date], ...] = ()

    def of(self, entity_id: str) -> _Said:
        """What holds for a seller: proofs in no seller's name, and his own."""
        return msgspec.structs.replace(self, proofs=tuple(p for p in self.proofs if p.entity_id in ("", entity_id)))

    def chosen(self, on: dt.date) -> dict[str, str]:
        """The option in force on a day, by choice."""
        return {group: option for group, option, since in self.choices if since <= on}

    def edges(self, on: dt.date) -> list[dt.date]:
        """The days to come on which any of it changes."""
        days = [day for proof in self.proofs for day in (proof.from_date, proof.until) if day is not None]
        return [day for day in (*days, *(since for _, _, since in self.choices)) if day > on]


_SAID = """
SELECT territory, public_id::text, programme, origin, code, kind, number, from_date, until, coalesce(entity_id::text, ''),
       NULL::text, NULL::text, id
FROM customs_originproof
UNION ALL
SELECT territory, '', '', '', '', '', '', from_date, NULL, '', "group", option, id FROM customs_rulechoice
ORDER BY from_date, id
"""


def _said() -> dict[str, _Said]:
    """What the merchant says, by territory; one statement, for both tables are short."""
    found: dict[str, _Said] = {}
    for territory, *proof, group, option, _ in db.fetch(_SAID, []):
        one = found.get(territory, _Said())
        if group is None:
            info = OriginProofInfo(proof[0], territory, *proof[1:])
            found[territory] = msgspec.structs.replace(one, proofs=(*one.proofs, info))
        else:
            found[territory] = msgspec.structs.replace(one, choices=(*one.choices, (group, option, proof[6])))
    return found


def proof_info(row: OriginProof) -> OriginProofInfo:
    """Return a proof of origin as stored."""
    return OriginProofInfo(
        str(row.public_id), row.territory, row.programme, row.origin, row.code, row.kind, row.number, row.from_date,
        row.until, str(row.entity_id or ""),
    )  # fmt: skip


def origin_proofs() -> tuple[OriginProofInfo, ...]:
    """Return all proofs of origin, ended ones and those to come too, the newest first."""
    return tuple(proof_info(row) for row in OriginProof.objects.order_by("-from_date", "-id"))


def programmes(*, on: dt.date) -> tuple[ProgrammeInfo, ...]:
    """Return the preferential programmes of all territories that are in force on a day; no statement."""
    return tuple(
        ProgrammeInfo(
            name, row.fields["key"], row.fields["name"], tuple(row.fields["origins"]), tuple(row.fields["proofs"]),
            with_doubt(row.fields["source"], row.fields.get("doubt")), str(row.fields["confidence"]),
        )
        for name, found in sorted(law().items())
        for row in found.rows("programmes", on)
    )  # fmt: skip


def rule_choices(*, on: dt.date) -> tuple[RuleChoiceInfo, ...]:
    """Return the contradictions in the law with their readings, and which one holds on a day; one statement.

    The option `none` is offered where a choice has one reading only: then the rule is left aside.
    """
    said, found = _said(), []
    for territory, tables in sorted(law().items()):
        mine = said.get(territory, _Said())
        for group, options in choices_of(tables).items():
            if len(options) == 1:
                spare = RuleOption(NONE, "the rule is left aside", "the merchant's own decision", "merchant", False)
                options = (*options, spare)
            own = [(option, since) for name, option, since in mine.choices if name == group]
            past = [one for one in own if one[1] <= on]
            usual = next((one.option for one in options if one.usual), NONE)
            chosen, since = past[-1] if past else (usual, None)
            later = tuple((day, option) for option, day in own if day > on)
            found.append(RuleChoiceInfo(territory, group, options, chosen, since, later))
    return tuple(found)


_PREFERENCES = """
SELECT code, programme, min(rate_ppm), min(from_date), min(until), min(source), min(confidence)
FROM customs_preferencerate, unnest(programmes) AS programme
WHERE territory = %s AND code = ANY(%s) AND programme = ANY(%s) AND from_date <= %s AND (until IS NULL OR until > %s)
GROUP BY code, programme
"""


class _Known(msgspec.Struct):
    """What was asked of a territory on a day so far: rates by goods (None: nobody knows one) and the ends of their rows."""

    frame: Frame
    said: _Said
    rates: dict[tuple[str, str], DutyRate | None]
    edges: dict[tuple[str, str], dt.date | None]


def _ask(known: _Known, pairs: set[tuple[str, str]]) -> None:
    """Look the tariff up for goods that were not asked about before; one statement."""
    codes = {code: prefixes(code) for code, _ in pairs}
    territory = known.frame.law.territory
    asked = {
        "territory": territory,
        "codes": sorted({prefix for found in codes.values() for prefix in found}),
        "origins": sorted({origin for _, origin in pairs}),
        "on": known.frame.on,
        "lists": [row.fields["key"] for row in known.frame.not_loaded],
    }
    rows = [TariffRow(*row) for row in db.fetch(_STORED, asked)]
    own = next((row for row in rows if not row.code and not row.added), None)
    merchant = None
    if own is not None:
        since = own.from_date.isoformat() if own.from_date else ""
        words = "the shop's own flat duty, where no tariff is known"
        table = f"customs.{territory}"
        rule = RuleRef(table, "merchant_duty", percent(own.rate_ppm), words, "merchant", since)
        merchant = DutyRate(own.rate_ppm, rule)
    stored = [row for row in rows if row.code]
    lists = {row.name for row in rows if not row.code and row.added}
    proofs, preferences = _preferences(known, asked["codes"])
    found = rates_of(known.frame, pairs, stored, merchant, lists, proofs, preferences)
    ends: dict[str, dt.date] = {}
    for row in stored:
        if row.until is not None:
            ends[row.code] = min(row.until, ends.get(row.code, row.until))
    for pair in pairs:
        known.edges[pair] = min((ends[prefix] for prefix in codes[pair[0]] if prefix in ends), default=None)
        known.rates[pair] = found.get(pair)  # last: another thread looks here first


def _preferences(
    known: _Known, codes: Sequence[str]
) -> tuple[list[OriginProofInfo], dict[tuple[str, str], PreferenceRow]]:
    """The proofs in force and the stored rates of their programmes; a statement only where there is a proof."""
    on = known.frame.on
    proofs = [one for one in known.said.proofs if one.from_date <= on and (one.until is None or on < one.until)]
    if not proofs:
        return [], {}
    held = sorted({proof.programme for proof in proofs})
    rows = db.fetch(_PREFERENCES, [known.frame.law.territory, list(codes), held, on, on])
    return proofs, {(row[0], row[1]): PreferenceRow(*row) for row in rows}


def rules(
    *,
    destination: str,
    pairs: Iterable[tuple[str, str]],
    on: dt.date,
    entity_id: str = "",
    laws: Mapping[str, Law] | None = None,
) -> CustomsRules:
    """Return the frozen customs rules of a destination on a day for goods given as (HS code, origin).

    One statement, one more where a proof of origin is held, and none for goods that this process asked about in the last
    ten seconds; what the merchant says of origin and of rules that contradict each other is asked once a minute.

    Args:
        entity_id: the seller; "" for nobody in particular: then proofs of origin in a seller's name open nothing.
        laws: other tables than the program's own (an announced change that is tried), by territory.
    Raises:
        NotCovered: there are no customs rules for the destination.
    """
    asked = set(pairs)
    found = territory_of(country=destination, laws=laws)
    if found is None:
        raise NotCovered(kind="customs rules", key=destination, country=destination, on=on)
    # What is kept holds the law, so that its id stays its own as long as the key does.
    key = (destination, on, entity_id) if laws is None else (destination, on, entity_id, id(found))

    def begin() -> _Known:
        said = said_memo.get("said", _said).get(found.territory, _Said()).of(entity_id)
        return _Known(frame_of(found, destination=destination, on=on, chosen=said.chosen(on)), said, {}, {})

    known = rules_memo.get(key, begin)
    missing = asked - known.rates.keys()
    if missing:
        _ask(known, missing)
    rates = {pair: rate for pair in asked if (rate := known.rates[pair]) is not None}
    edges = (*(known.edges[pair] for pair in asked), *known.said.edges(on))
    return rules_from(known.frame, rates, edges)


def tariff_size(*, territory: str) -> int:
    """Return how many tariff rows are stored for a territory."""
    return int(db.fetch("SELECT count(*) FROM customs_tariffrate WHERE territory = %s", [territory])[0][0])


def merchant_duties() -> tuple[MerchantDutyInfo, ...]:
    """Return the merchant's own flat duties, by territory, the newest first."""
    rows = MerchantDuty.objects.order_by("territory", "-from_date")
    return tuple(MerchantDutyInfo(row.territory, row.rate_ppm, row.from_date) for row in rows)


def nomenclature_index() -> nomenclature.Index:
    """Return the index over all stored nomenclatures; one statement and some seconds when this process has none yet."""
    return index_memo.get("index", lambda: nomenclature.build(_nomenclature_rows()))


def _nomenclature_rows() -> list[NomenclatureRow]:
    rows = NomenclatureCode.objects.values_list("code", "parent", "nomenclature", "texts", "notes", "source")
    return [
        NomenclatureRow(code, parent, kind, language, text, notes, source)
        for code, parent, kind, texts, notes, source in rows.iterator()
        for language, text in sorted(texts.items(), key=lambda one: one[0] != "en")
    ]


@cache
def trade_words() -> classify.Glossary:
    """Return the trade words that come with the program, read once per process."""
    path = _REFDATA / "classification" / "words.yaml"
    return classify.glossary(yaml.load(path.read_text("utf-8"), _LOADER)["words"])  # noqa: S506 safe loader


def _choices() -> classify.Memory:
    rows = ClassificationChoice.objects.order_by("-chosen_at", "-id").values_list("description", "hs_code", "tokens")
    newest: dict[tuple[str, ...], PastChoice] = {}
    for description, code, tokens in rows[:_CHOICES_KEPT]:
        newest.setdefault(tuple(tokens), PastChoice(code[:6], description, tuple(tokens)))
    return classify.memory(newest.values())


def candidates(*, description: str, limit: int = 5) -> tuple[Candidate, ...]:
    """Return the likeliest subheadings of a description with reasons, best first; () when no word of it is known."""
    past = choice_memo.get("choices", _choices)
    return classify.classify(description, nomenclature_index(), trade_words(), past, limit=limit)


def nomenclature_size() -> int:
    """Return how many codes of all nomenclatures are stored."""
    return NomenclatureCode.objects.count()


_FOUND = """
SELECT code, texts->>'en', notes, source FROM customs_nomenclaturecode
WHERE nomenclature = 'HS' AND (code LIKE %(code)s OR (%(text)s <> '' AND texts::text ILIKE %(text)s))
ORDER BY length(code), code LIMIT %(limit)s
"""


def codes_found(*, text: str, limit: int = 50) -> tuple[PathStep, ...]:
    """Return codes of the Harmonized System that begin with digits, or whose text has the words as typed."""
    plain = " ".join(text.split())[:80]
    digits = plain.replace(".", "").replace(" ", "")
    escaped = plain.replace("\\", "").replace("%", "").replace("_", "")
    asked = {
        "code": f"{digits}%" if digits.isascii() and digits.isdigit() else "",
        "text": "" if digits.isdigit() or not escaped else f"%{escaped}%",
        "limit": limit,
    }
    return tuple(PathStep(code, body or "", notes, source) for code, body, notes, source in db.fetch(_FOUND, asked))


def codes_below(*, parent: str = "") -> tuple[PathStep, ...]:
    """Return the codes of the Harmonized System directly below one; "" the sections (or the chapters without them)."""
    rows = NomenclatureCode.objects.filter(nomenclature="HS", parent=parent).order_by("id")
    return tuple(PathStep(row.code, row.texts.get("en", ""), row.notes, row.source) for row in rows)
