"""Writes of customs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence

from entrepot.domains.customs.engine.choices import choices_of
from entrepot.domains.customs.engine.tables import NONE, TariffRow
from entrepot.domains.customs.engine.terms import tokens
from entrepot.domains.customs.models import ClassificationChoice, MerchantDuty, OriginProof, RuleChoice
from entrepot.domains.customs.queries import choice_memo, index_memo, law, proof_info, rules_memo, said_memo
from entrepot.domains.customs.types import NomenclatureRow, OriginProofInfo
from entrepot.infra import db
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import InvalidInput, NotFound
from entrepot.kernel.trade import hs_code

_UPSERT = """
WITH incoming AS (
  SELECT * FROM unnest(%(codes)s::text[], %(origins)s::text[], %(names)s::text[], %(rates)s::int[])
    AS t(code, origin, name, rate_ppm)),
closed AS (
  UPDATE customs_tariffrate r SET until = %(from)s FROM incoming i
  WHERE r.territory = %(territory)s AND r.code = i.code AND r.origin = i.origin AND r.name = i.name
    AND r.added = %(added)s AND r.from_date < %(from)s AND (r.until IS NULL OR r.until > %(from)s))
INSERT INTO customs_tariffrate
  (territory, code, origin, name, added, rate_ppm, from_date, until, source, confidence)
SELECT %(territory)s, code, origin, name, %(added)s, rate_ppm, %(from)s, %(until)s, %(source)s, c FROM (
  SELECT i.*, conf.c FROM incoming i JOIN unnest(%(codes)s::text[], %(origins)s::text[], %(confidences)s::text[])
    AS conf(code, origin, c) USING (code, origin)) i
ON CONFLICT (territory, code, origin, name, added, from_date) DO UPDATE
SET rate_ppm = EXCLUDED.rate_ppm, until = EXCLUDED.until, source = EXCLUDED.source, confidence = EXCLUDED.confidence
WHERE (customs_tariffrate.rate_ppm, customs_tariffrate.until, customs_tariffrate.source, customs_tariffrate.confidence)
  IS DISTINCT FROM (EXCLUDED.rate_ppm, EXCLUDED.until, EXCLUDED.source, EXCLUDED.confidence)
"""


def _known(territory: str) -> None:
    if territory not in law():
        raise NotFound(kind="customs territory", key=territory[:10])


@service("customs.import_tariff")
def import_tariff(
    *,
    actor: Actor,
    territory: str,
    rows: Iterable[TariffRow],
    from_date: dt.date,
    until: dt.date | None = None,
    source: str,
    added: bool = False,
) -> int:
    """Load tariff rates that hold from a day on, and return how many rows differed; an older open row ends on that day.

    Of each row `code` (4 to 10 digits), `origin` ("" any), `name` and `rate_ppm` and `confidence` are taken; `added` rows
    come on top of the base rate. One statement.

    Raises:
        NotFound: no such territory.
        InvalidInput: a code is malformed, a rate is negative, or a code stands twice; nothing is loaded.
    """
    _known(territory)
    chosen: dict[tuple[str, str], TariffRow] = {}
    for row in rows:
        if len(row.code) != 4:
            hs_code(row.code)
        if not 0 <= row.rate_ppm <= 50_000_000:
            raise InvalidInput(field=f"rate of {row.code}", value=row.rate_ppm, rule="A rate is from 0 to 5,000 %.")
        if (row.code, row.origin) in chosen:
            raise InvalidInput(field="code", value=row.code, rule="The code stands twice in the file.")
        chosen[row.code, row.origin] = row
    listed = list(chosen.values())
    changed = db.execute(
        _UPSERT,
        {
            "territory": territory,
            "from": from_date,
            "until": until,
            "source": source[:200],
            "added": added,
            "codes": [row.code for row in listed],
            "origins": [row.origin for row in listed],
            "names": [row.name for row in listed],
            "rates": [row.rate_ppm for row in listed],
            "confidences": [row.confidence[:80] for row in listed],
        },
    )
    rules_memo.forget()
    db.on_commit(rules_memo.forget)
    return changed


@service("customs.set_merchant_duty")
def set_merchant_duty(*, actor: Actor, territory: str, rate_ppm: int, from_date: dt.date) -> None:
    """Set the merchant's own flat duty for a territory from a day on; it is used where no tariff is known."""
    _known(territory)
    if not 0 <= rate_ppm <= 10_000_000:
        raise InvalidInput(field="rate_ppm", value=rate_ppm, rule="A flat duty is from 0 to 1,000 %.")
    MerchantDuty.objects.update_or_create(territory=territory, from_date=from_date, defaults={"rate_ppm": rate_ppm})
    rules_memo.forget()
    db.on_commit(rules_memo.forget)


_PREFERENCES = """
WITH incoming AS (
  SELECT code, rate_ppm, string_to_array(programmes, ',') AS programmes
  FROM unnest(%(codes)s::text[], %(rates)s::int[], %(programmes)s::text[]) AS t(code, rate_ppm, programmes)),
closed AS (
  UPDATE customs_preferencerate r SET until = %(from)s
  WHERE r.territory = %(territory)s AND left(r.code, 4) = ANY(%(headings)s) AND r.from_date < %(from)s
    AND (r.until IS NULL OR r.until > %(from)s))
INSERT INTO customs_preferencerate (territory, code, rate_ppm, programmes, from_date, until, source, confidence)
SELECT %(territory)s, code, rate_ppm, programmes, %(from)s, %(until)s, %(source)s, 'dataset' FROM incoming
ON CONFLICT (territory, code, rate_ppm, from_date) DO UPDATE
SET programmes = EXCLUDED.programmes, until = EXCLUDED.until, source = EXCLUDED.source
WHERE (customs_preferencerate.programmes, customs_preferencerate.until, customs_preferencerate.source)
  IS DISTINCT FROM (EXCLUDED.programmes, EXCLUDED.until, EXCLUDED.source)
"""


@service("customs.import_preferences")
def import_preferences(
    *,
    actor: Actor,
    territory: str,
    rates: Mapping[tuple[str, int], Collection[str]],
    from_date: dt.date,
    until: dt.date | None = None,
    source: str,
    listed: Collection[str] = (),
) -> int:
    """Load preferential rates, as (code, rate in ppm) → programmes, and return how many rows differed; one statement.

    Open rates of an older edition end on that day under every heading (four digits) that the new one names, those too whose
    code is gone from it or has lost its preference. Headings it does not name stay: a file may be a part of a tariff.

    Args:
        listed: all codes of the edition, with a preference or without.
    """
    _known(territory)
    keys = sorted(rates)
    changed = db.execute(
        _PREFERENCES,
        {
            "territory": territory, "from": from_date, "until": until, "source": source[:200],
            "codes": [code for code, _ in keys], "rates": [rate for _, rate in keys],
            "programmes": [",".join(sorted(rates[key])) for key in keys],
            "headings": sorted({code[:4] for code in (*listed, *(code for code, _ in keys))}),
        },
    )  # fmt: skip
    _forget()
    return changed


def _forget() -> None:
    """Let this process, and after the commit once more, ask anew what was said and loaded."""
    for memo in (said_memo, rules_memo):
        memo.forget()
        db.on_commit(memo.forget)


@service("customs.record_origin_proof")
def record_origin_proof(
    *,
    actor: Actor,
    territory: str,
    programme: str,
    origin: str,
    kind: str,
    number: str,
    from_date: dt.date,
    at: dt.datetime,
    code: str = "",
    until: dt.date | None = None,
    entity_id: str = "",
) -> OriginProofInfo:
    """Record that the merchant holds a proof of origin; from that day on the programme's rate is used for these goods.

    Args:
        programme: key of a programme of the territory. origin: ISO country, one of the programme's.
        code: beginning of HS codes (2 to 10 digits) that the proof is for, "" all goods of that origin.
        kind, number: as on the paper (statement on origin with its REX number, EUR.1 …).
    Raises:
        NotFound: no such territory or programme.
        InvalidInput: the origin is none of the programme's, the code is malformed, no number, or the period is empty.
    """
    _known(territory)
    row = next((r for r in law()[territory].rows("programmes", from_date) if r.fields["key"] == programme), None)
    if row is None:
        raise NotFound(kind="preferential programme", key=f"{territory} {programme[:20]}")
    if origin not in row.fields["origins"]:
        known = ", ".join(row.fields["origins"])
        raise InvalidInput(field="origin", value=origin, rule=f"The programme is for goods of {known}.")
    if code and not (code.isdigit() and 2 <= len(code) <= 10):
        raise InvalidInput(field="code", value=code, rule="A code is 2 to 10 digits, or empty for all goods.")
    if not number.strip() or not kind.strip():
        raise InvalidInput(field="number", value=number, rule="Say what the proof is and what number it bears.")
    if until is not None and until <= from_date:
        raise InvalidInput(field="until", value=until, rule="It ends after it begins.")
    stored, _ = OriginProof.objects.get_or_create(
        territory=territory, programme=programme, origin=origin, code=code, number=number.strip()[:60],
        from_date=from_date,
        defaults={
            "kind": kind.strip()[:60], "until": until, "entity_id": entity_id or None, "recorded_at": at,
            "actor_kind": actor.kind, "actor_id": str(actor.id)[:64],
        },
    )  # fmt: skip
    _forget()
    return proof_info(stored)


@service("customs.end_origin_proof")
def end_origin_proof(*, actor: Actor, proof_id: str, until: dt.date) -> OriginProofInfo:
    """Let a proof of origin end on a day (from then on it is not used), and return it.

    Raises:
        NotFound: no such proof. InvalidInput: it would end before it began.
    """
    found = OriginProof.objects.select_for_update().filter(public_id=proof_id).first()
    if found is None:
        raise NotFound(kind="proof of origin", key=proof_id[:40])
    if until <= found.from_date:
        raise InvalidInput(field="until", value=until, rule="It ends after it begins.")
    found.until = until
    found.save(update_fields=["until"])
    _forget()
    return proof_info(found)


@service("customs.choose_rule")
def choose_rule(*, actor: Actor, territory: str, group: str, option: str, from_date: dt.date, at: dt.datetime) -> None:
    """Follow one of several readings of a rule from a day on; orders of earlier days keep what they were made by.

    Args:
        group: the choice, as `queries.rule_choices` lists it; option: one of its options.
    Raises:
        NotFound: no such territory or choice. InvalidInput: no such option, or a day that is over.
    """
    _known(territory)
    if from_date < at.date():
        raise InvalidInput(
            field="from_date", value=from_date, rule="A reading is chosen from today on; earlier orders keep their law."
        )
    options = choices_of(law()[territory]).get(group)
    if options is None:
        raise NotFound(kind="choice of rules", key=f"{territory} {group[:40]}")
    known = [one.option for one in options] + ([NONE] if len(options) == 1 else [])
    if option not in known:
        raise InvalidInput(field="option", value=option, rule=f"It is one of {', '.join(known)}.")
    RuleChoice.objects.create(
        territory=territory, group=group, option=option, from_date=from_date, chosen_at=at, actor_kind=actor.kind,
        actor_id=str(actor.id)[:64],
    )  # fmt: skip
    _forget()


_STORE_CODES = """
INSERT INTO customs_nomenclaturecode (nomenclature, code, parent, texts, notes, source)
SELECT n, code, parent, jsonb_build_object(language, body), notes, %(source)s
FROM unnest(%(nomenclatures)s::text[], %(codes)s::text[], %(parents)s::text[], %(languages)s::text[],
            %(texts)s::text[], %(notes)s::text[]) AS t(n, code, parent, language, body, notes)
ON CONFLICT (nomenclature, code) DO UPDATE
SET parent = EXCLUDED.parent, texts = customs_nomenclaturecode.texts || EXCLUDED.texts,
    notes = coalesce(nullif(EXCLUDED.notes, ''), customs_nomenclaturecode.notes), source = EXCLUDED.source
WHERE customs_nomenclaturecode.parent <> EXCLUDED.parent OR NOT customs_nomenclaturecode.texts @> EXCLUDED.texts
   OR customs_nomenclaturecode.source <> EXCLUDED.source
   OR (EXCLUDED.notes <> '' AND EXCLUDED.notes <> customs_nomenclaturecode.notes)
"""


@service("customs.import_nomenclature")
def import_nomenclature(*, actor: Actor, rows: Sequence[NomenclatureRow], source: str) -> int:
    """Load codes with a text in one language each, and return how many rows differed; one statement.

    A code keeps its texts in other languages; a code that stands twice counts as it stands last.
    """
    chosen = list({(row.nomenclature, row.code): row for row in rows}.values())
    changed = db.execute(
        _STORE_CODES,
        {
            "source": source[:200],
            "nomenclatures": [row.nomenclature[:4] for row in chosen],
            "codes": [row.code for row in chosen],
            "parents": [row.parent for row in chosen],
            "languages": [row.language for row in chosen],
            "texts": [row.text for row in chosen],
            "notes": [row.notes for row in chosen],
        },
    )
    index_memo.forget()
    db.on_commit(index_memo.forget)
    return changed


@service("customs.record_choice")
def record_choice(*, actor: Actor, description: str, code: str, at: dt.datetime, sku: str = "") -> None:
    """Remember that the merchant chose a code for a description of goods; near descriptions will raise it.

    Raises:
        InvalidInput: the description says nothing, or the code has not six to ten digits.
    """
    words = " ".join(description.split())[:200]
    found = tokens(words)
    if not found:
        raise InvalidInput(field="description", value=words, rule="Say in a few words what the goods are.")
    hs_code(code)
    ClassificationChoice.objects.create(
        description=words, tokens=[token[:60] for token in found], hs_code=code, sku=sku[:100],
        actor_kind=actor.kind, actor_id=str(actor.id)[:64], chosen_at=at,
    )  # fmt: skip
    choice_memo.forget()
    db.on_commit(choice_memo.forget)
