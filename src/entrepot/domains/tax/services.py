"""Writes of tax."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from entrepot.domains.organisation import queries as organisation
from entrepot.domains.tax.engine.local_files import LocalLine
from entrepot.domains.tax.events import ThresholdLevelReached
from entrepot.domains.tax.models import Registration, TaxProof, ThresholdNotice
from entrepot.domains.tax.queries import law, local_memo, number_index, registrations_memo, rules_memo, view_of
from entrepot.domains.tax.types import ProofView, RegisterAnswer, TaxNumber, TaxNumberKind, Watched
from entrepot.infra import db
from entrepot.infra.events import publish
from entrepot.infra.service import service
from entrepot.kernel.actor import Actor
from entrepot.kernel.errors import InvalidInput, NotFound


def _forget() -> None:
    registrations_memo.forget()
    rules_memo.forget()
    local_memo.forget()


@service("tax.register")
def register(
    *,
    actor: Actor,
    entity_id: str,
    scheme: str,
    jurisdiction: str,
    number: str,
    from_date: dt.date,
    until: dt.date | None = None,
) -> str:
    """Record a registration (or its new end, or a corrected number) and return its public id.

    Args:
        scheme: ioss, oss, vat, sales_tax … as the tables of law name it. jurisdiction: EU, DE, US-CA …
        until: first day on which it no longer holds.
    Raises:
        NotFound: no such entity.
        InvalidInput: it ends before it begins, or an earlier registration is still open on `from_date`.
    """
    entity = organisation.entity_key(entity_id=entity_id)
    if until is not None and until <= from_date:
        raise InvalidInput(field="until", value=until, rule="A registration ends after it begins.")
    same = Registration.objects.filter(entity_id=entity, scheme=scheme, jurisdiction=jurisdiction)
    for other in same.exclude(from_date=from_date):
        if (until is None or other.from_date < until) and (other.until is None or from_date < other.until):
            raise InvalidInput(
                field="from_date", value=from_date, rule="It overlaps another registration of the scheme."
            )
    row, _ = Registration.objects.update_or_create(
        entity_id=entity,
        scheme=scheme,
        jurisdiction=jurisdiction,
        from_date=from_date,
        defaults={"number": number, "until": until},
    )
    _forget()
    db.on_commit(_forget)
    return str(row.public_id)


_UPSERT = """
WITH incoming AS (
  SELECT * FROM unnest(%(regions)s::text[], %(postcodes)s::text[], %(rates)s::int[]) AS t(region, postcode, rate_ppm)),
closed AS (
  UPDATE tax_localrate r SET until = %(from)s FROM incoming i
  WHERE r.jurisdiction = %(jurisdiction)s AND r.postcode = i.postcode AND r.region = i.region
    AND r.from_date < %(from)s AND (r.until IS NULL OR r.until > %(from)s))
INSERT INTO tax_localrate (jurisdiction, region, postcode, rate_ppm, from_date, until, source, confidence)
SELECT %(jurisdiction)s, region, postcode, rate_ppm, %(from)s, NULL, %(source)s, %(confidence)s FROM incoming
ON CONFLICT (jurisdiction, postcode, region, from_date) DO UPDATE
SET rate_ppm = EXCLUDED.rate_ppm, source = EXCLUDED.source, confidence = EXCLUDED.confidence
WHERE (tax_localrate.rate_ppm, tax_localrate.source, tax_localrate.confidence)
  IS DISTINCT FROM (EXCLUDED.rate_ppm, EXCLUDED.source, EXCLUDED.confidence)
"""


@service("tax.import_local_rates")
def import_local_rates(
    *,
    actor: Actor,
    jurisdiction: str,
    lines: Iterable[LocalLine],
    from_date: dt.date,
    source: str,
    confidence: str = "dataset",
) -> int:
    """Load what postal codes add to their region's rate from a day on, and return how many rows differed; one statement.

    An older open row of a code ends on that day.

    Raises:
        NotFound: there is no law of that jurisdiction.
        InvalidInput: a postal code stands twice in one region, or a later edition is there already; nothing is loaded.
    """
    if jurisdiction not in law():
        raise NotFound(kind="tax jurisdiction", key=jurisdiction[:10])
    chosen: dict[tuple[str, str], LocalLine] = {}
    for line in lines:
        if (line.region, line.postcode) in chosen:
            raise InvalidInput(field="postcode", value=line.postcode, rule="It stands twice in one region.")
        chosen[line.region, line.postcode] = line
    later = "SELECT 1 FROM tax_localrate WHERE jurisdiction = %s AND from_date > %s LIMIT 1"
    if db.fetch(later, [jurisdiction, from_date]):
        raise InvalidInput(field="from", value=from_date, rule="A later edition is loaded already.")
    listed = list(chosen.values())
    changed = db.execute(
        _UPSERT,
        {
            "jurisdiction": jurisdiction,
            "from": from_date,
            "source": source[:200],
            "confidence": confidence[:80],
            "regions": [line.region for line in listed],
            "postcodes": [line.postcode for line in listed],
            "rates": [line.rate_ppm for line in listed],
        },
    )
    _forget()
    db.on_commit(_forget)
    return changed


@service("tax.record_proof")
def record_proof(
    *,
    actor: Actor,
    number: TaxNumber,
    kind: TaxNumberKind,
    answer: RegisterAnswer | None,
    at: dt.datetime,
    test: bool = False,
) -> ProofView:
    """Store what a register said of a buyer's number, a no as well as a yes, and return it; nothing of it ever changes.

    Args:
        answer: None where the country's law is content with the number and the buyer's word.
        test: a sandbox answered.
    """
    said = "stated" if answer is None else "valid" if answer.valid else "invalid"
    row = TaxProof(
        country=number.country,
        kind=number.kind,
        number=number.number,
        number_index=number_index(number),
        register=kind.register,
        answer=said,
        consultation=answer.consultation if answer else "",
        name=answer.name if answer else "",
        address=answer.address if answer else "",
        asked_at=at,
        holds_until=at if said == "invalid" else at + dt.timedelta(days=kind.holds_days),
        test=test,
    )
    row.save(force_insert=True)
    return view_of(row)


@service("tax.note_threshold")
def note_threshold(*, actor: Actor, entity_id: str, watched: Watched, at: dt.datetime) -> bool:
    """Note that a level of a threshold stands, once per measuring period; say whether it is new. Then an event says so too.

    A threshold that is far, or whose registration is held, is not noted.
    """
    if watched.level == "fine" or watched.registered:
        return False
    fresh = db.insert(
        ThresholdNotice(
            entity_id=organisation.entity_key(entity_id=entity_id),
            threshold=watched.threshold.key,
            period_from=_told_for(watched),
            level=watched.level,
            amount_minor=watched.amount_minor,
            currency=watched.threshold.currency,
            crossing=watched.forecast.crossing,
            at=at,
        ),
        once=True,
    )
    if fresh:
        event = ThresholdLevelReached(entity_id, watched.threshold.key, watched.level, watched.forecast.crossing)
        publish(event, aggregate=f"entity:{entity_id}")
    return fresh


def _told_for(watched: Watched) -> dt.date:
    """The period a level is told once for: its calendar year, for a rolling period moves on every day."""
    return (
        dt.date(watched.period_until.year, 1, 1)
        if watched.threshold.period.startswith("rolling")
        else watched.period_from
    )
