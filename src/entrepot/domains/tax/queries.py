"""Reads of tax: the law from reference data, registrations from the database."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import yaml
from django.db.models import Q

from entrepot.domains.tax.engine import buyer_numbers, thresholds
from entrepot.domains.tax.engine.law import compile_rules
from entrepot.domains.tax.engine.tables import Law, law_of, plain_postcode, refuse_outside
from entrepot.domains.tax.errors import BadTaxNumber, NoTaxNumberHere, ProofNotUsable, TaxNumberOfAnotherCountry
from entrepot.domains.tax.models import Registration, TaxProof, ThresholdNotice
from entrepot.domains.tax.ports import TAX_ID_REGISTERS
from entrepot.domains.tax.types import (
    LocalTax,
    NoticeView,
    ProofView,
    RegistrationInfo,
    TaxNumber,
    TaxNumberKind,
    TaxRules,
    Threshold,
)
from entrepot.infra import crypto, db
from entrepot.infra.memo import Memo
from entrepot.kernel.errors import N_, NotFound
from entrepot.kernel.lawfile import LawRow

_REFDATA = Path(__file__).parent / "refdata"
_read_from = [_REFDATA]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
rules_memo = Memo(ttl_s=10)
registrations_memo = Memo(ttl_s=10)
local_memo = Memo(ttl_s=10)


def load_law(folder: Path) -> Mapping[str, Law]:
    """Return the tables of every `*.yaml` file of a folder by jurisdiction.

    Raises:
        BadLaw, GapOrOverlap: naming file and row; then nothing is loaded.
    """
    laws = [law_of(yaml.load(p.read_text("utf-8"), _LOADER), p.name) for p in sorted(folder.glob("*.yaml"))]  # noqa: S506 safe loader
    return {law.jurisdiction: law for law in laws}


def shipped() -> tuple[Path, ...]:
    """Return the files of the tables that come with the program."""
    return tuple(sorted(_REFDATA.glob("*.yaml")))


@cache
def law() -> Mapping[str, Law]:
    """Return the law that comes with the program, read once per process."""
    return load_law(_read_from[-1])


def time_zone(*, jurisdiction: str) -> str:
    """Return the time zone whose civil days the law of a country (or of a region, `US-CA`) counts by; UTC where we hold none."""
    found = law().get(jurisdiction.partition("-")[0])
    return found.time_zone if found is not None else "UTC"


def use_tables(folder: Path) -> None:
    """Read the law from another folder for the rest of this process, to try a change before it is law.

    Raises:
        BadLaw, GapOrOverlap: as `load_law`; then the law stays as it was.
    """
    load_law(folder)
    _read_from.append(folder)
    law.cache_clear()
    rules_memo.forget()


def registrations(*, entity_id: str) -> tuple[RegistrationInfo, ...]:
    """Return all registrations of an entity, past and future ones too; one statement, kept 10 s per process."""

    def ask() -> tuple[RegistrationInfo, ...]:
        rows = Registration.objects.filter(entity__public_id=entity_id).order_by("scheme", "jurisdiction", "from_date")
        return tuple(
            RegistrationInfo(*row) for row in rows.values_list("scheme", "jurisdiction", "number", "from_date", "until")
        )

    return registrations_memo.get(entity_id, ask)


def refuse_place_outside(*, destination: str, postcode: str, on: dt.date) -> None:
    """Raise OutsideTerritory when a postal code lies where the destination's tax does not hold; no statement."""
    refuse_outside(law(), destination=destination, postcode=postcode, on=on)


_LOCAL = """
SELECT postcode, rate_ppm, source, confidence, from_date, until FROM tax_localrate
WHERE jurisdiction = %s AND region = %s AND postcode = ANY(%s) AND from_date <= %s AND (until IS NULL OR until > %s)
ORDER BY length(postcode) DESC LIMIT 1
"""


def local_tax(*, destination: str, region: str, postcode: str, on: dt.date) -> LocalTax | None:
    """Return what is added to a region's rate at a postal code on a day, None where no table says; kept 10 s per process.

    A table of codes of five digits serves the longer codes too. Where no local table is loaded for the destination, that is
    all that is asked.
    """
    code, region = plain_postcode(postcode), region.removeprefix(f"{destination}-")
    if not code or not region:
        return None
    known = "SELECT 1 FROM tax_localrate WHERE jurisdiction = %s LIMIT 1"
    if not local_memo.get(destination, lambda: bool(db.fetch(known, [destination]))):
        return None

    def ask() -> LocalTax | None:
        rows = db.fetch(_LOCAL, [destination, region, sorted({code, code[:5]}), on, on])
        return LocalTax(*rows[0]) if rows else None

    return local_memo.get((destination, region, code, on), ask)  # type: ignore[no-any-return]


def local_rates_size(*, jurisdiction: str) -> int:
    """Return how many local rates are stored for a jurisdiction."""
    return int(db.fetch("SELECT count(*) FROM tax_localrate WHERE jurisdiction = %s", [jurisdiction])[0][0])


def rules(*, destination: str, region: str, entity_id: str, on: dt.date, postcode: str = "") -> TaxRules:
    """Return the frozen tax rules of a destination on a day for a seller; kept 10 s per process.

    At most one statement, and two more where local rates are loaded for the destination.

    Args:
        destination: ISO country. region: state or province code ("CA" or "US-CA"), "" where it does not matter.
        postcode: "" before an address is given.
    Raises:
        OutsideTerritory: the postal code lies where the destination's tax does not hold.
        NotCovered: there are no rules for the destination on that day.
    """
    refuse_place_outside(destination=destination, postcode=postcode, on=on)
    local = local_tax(destination=destination, region=region, postcode=postcode, on=on) if postcode else None
    return rules_memo.get(
        (destination, region, entity_id, on, local.postcode if local else ""),
        lambda: compile_rules(
            law(),
            destination=destination,
            region=region,
            on=on,
            registrations=registrations(entity_id=entity_id),
            local=local,
        ),
    )


def rules_as_if(*, destination: str, region: str, on: dt.date, registrations: Sequence[RegistrationInfo]) -> TaxRules:
    """Return the rules of a destination on a day as if a seller held these registrations; no statement, nothing is kept.

    Raises:
        NotCovered: there are no rules for the destination on that day.
    """
    return compile_rules(law(), destination=destination, region=region, on=on, registrations=registrations)


def covered_countries() -> tuple[str, ...]:
    """Return the countries for which there are tax rates."""
    return tuple(sorted(key for key, value in law().items() if value.rates))


# ---- business buyers

_NUMBERS = _REFDATA / "buyers" / "tax_numbers.yaml"
_NOT_VALID = N_("The register did not say that the number is valid.")
_TOO_OLD = N_("The answer of the register is too old.")
_ELSEWHERE = N_("The number is of another country.")
_NO_KEPT = dt.timedelta(minutes=5)


@cache
def _number_rows() -> tuple[LawRow, ...]:
    raw = yaml.load(_NUMBERS.read_text("utf-8"), _LOADER)  # noqa: S506 safe loader
    return buyer_numbers.kinds_of(raw, _NUMBERS.name)


def number_kind(*, country: str, on: dt.date) -> TaxNumberKind | None:
    """Return how companies of a country are known on a day, None where they cannot be told by a number; no statement."""
    return buyer_numbers.kind_for(_number_rows(), country=country, on=on)


@cache
def _own_rows() -> tuple[LawRow, ...]:
    raw = yaml.load(_NUMBERS.read_text("utf-8"), _LOADER)  # noqa: S506 safe loader
    return buyer_numbers.own_of(raw, _NUMBERS.name)


def own_checks(*, scheme: str, on: dt.date) -> tuple[str, ...]:
    """Return how the seller's own numbers under a scheme are checked on a day, () not at all; no statement."""
    found = [row for row in _own_rows() if row.fields["scheme"] == scheme and on in row.period]
    return tuple(found[0].fields["check"]) if found else ()


def read_number(*, typed: str, country: str, on: dt.date) -> TaxNumber:
    """Return a typed tax number of a country, checked by its check digits; no statement, nobody is asked.

    Raises:
        BadTaxNumber, TaxNumberOfAnotherCountry, NoTaxNumberHere: as their words say.
    """
    prefixes = tuple(prefix for row in _number_rows() if (prefix := row.fields.get("prefix") or ""))
    return buyer_numbers.read(typed, number_kind(country=country, on=on), country=country, prefixes=prefixes)


def own_number(*, held: str, country: str, on: dt.date) -> str:
    """Return a seller's own number of a country as registers take it, without blanks and dots and with its letters in front.

    One whose form is not the country's is compacted all the same; no statement, nobody is asked.
    """
    try:
        return read_number(typed=held, country=country, on=on).number
    except (BadTaxNumber, TaxNumberOfAnotherCountry, NoTaxNumberHere):
        kind = number_kind(country=country, on=on)
        prefix, plain = kind.prefix if kind else "", buyer_numbers.plain(held)
        return f"{prefix}{plain.removeprefix(prefix)}" if plain else ""


def number_index(number: TaxNumber) -> str:
    """Return the keyed hash under which answers about a number are found."""
    return crypto.blind_index(f"{number.country}:{number.number}", "tax.number")


def _in_test() -> list[str]:
    """The registers for which a sandbox answers now: elsewhere what a sandbox once said is worth nothing."""
    return [name for name in TAX_ID_REGISTERS if TAX_ID_REGISTERS.get(name).test]


def known_answer(*, number: TaxNumber, at: dt.datetime) -> ProofView | None:
    """Return the last answer about a number while nobody has to be asked again, else None; one statement.

    A yes stands as long as it holds, a no for five minutes. What a sandbox said counts only while a sandbox is in use.
    """
    rows = TaxProof.objects.filter(number_index=number_index(number), asked_at__lte=at)
    row = rows.filter(Q(test=False) | Q(register__in=_in_test())).order_by("-asked_at").first()
    if row is None:
        return None
    until = row.asked_at + _NO_KEPT if row.answer == "invalid" else row.holds_until
    return view_of(row) if at < until else None


def fresh_proof(*, number: TaxNumber, at: dt.datetime) -> ProofView | None:
    """Return the last answer about a number when it is a yes that still holds, else None; one statement."""
    found = known_answer(number=number, at=at)
    return None if found is None or found.answer == "invalid" else found


def proof(*, proof_id: str) -> ProofView:
    """Return a stored answer by its public id; raise NotFound. One statement."""
    try:
        key = uuid.UUID(proof_id)
    except ValueError:
        raise NotFound(kind="tax proof", key=proof_id[:60]) from None
    row = TaxProof.objects.filter(public_id=key).first()
    if row is None:
        raise NotFound(kind="tax proof", key=proof_id[:60])
    return view_of(row)


def usable_proof(*, proof_id: str, country: str, at: dt.datetime) -> ProofView:
    """Return a proof on which a sale to a country may rest at a moment; one statement.

    Raises:
        ProofNotUsable: there is none of that id, it is a no, it is a sandbox's while none is in use, it is too old, or it is
            of another country.
    """
    try:
        found = proof(proof_id=proof_id)
    except NotFound:
        raise ProofNotUsable(why=_NOT_VALID, field="tax_number", value="", rule="") from None
    why = (
        _NOT_VALID if found.answer == "invalid" or (found.test and found.register not in _in_test())
        else _ELSEWHERE if found.country != country
        else _TOO_OLD if not found.asked_at <= at < found.holds_until
        else ""
    )  # fmt: skip
    if why:
        raise ProofNotUsable(why=why, field="tax_number", value=found.number, rule="")
    return found


def view_of(row: TaxProof) -> ProofView:
    """Return a stored answer as others see it, opened."""
    return ProofView(
        id=str(row.public_id), country=row.country, kind=row.kind, number=row.number, register=row.register,
        answer=row.answer, consultation=row.consultation, name=row.name, address=row.address, asked_at=row.asked_at,
        holds_until=row.holds_until, test=row.test,
    )  # fmt: skip


# ---- thresholds of registration

_THRESHOLDS = _REFDATA / "watch" / "thresholds.yaml"


@cache
def _threshold_rows() -> tuple[LawRow, ...]:
    raw = yaml.load(_THRESHOLDS.read_text("utf-8"), _LOADER)  # noqa: S506 safe loader
    return thresholds.thresholds_in(raw, _THRESHOLDS.name)


def thresholds_on(*, on: dt.date) -> tuple[Threshold, ...]:
    """Return the thresholds of registration in force on a day, those of the United States too; no statement."""
    return thresholds.thresholds_on(_threshold_rows(), law(), on)


def members_of(jurisdiction: str) -> frozenset[str]:
    """Return the countries of a jurisdiction: those of a group, or the country itself; no statement."""
    known = law().get(jurisdiction)
    return (known.members if known else frozenset()) or frozenset({jurisdiction})


def notices(*, entity_id: str, limit: int = 100) -> tuple[NoticeView, ...]:
    """Return what was told of an entity's thresholds, newest first; one statement."""
    rows = ThresholdNotice.objects.filter(entity__public_id=entity_id).order_by("-at", "-id")[:limit]
    fields = ("threshold", "period_from", "level", "amount_minor", "currency", "crossing", "at")
    return tuple(NoticeView(*row) for row in rows.values_list(*fields))
