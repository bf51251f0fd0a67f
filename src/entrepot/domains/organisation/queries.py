"""Reads of organisation."""

from entrepot.domains.organisation.models import FeatureSwitch, LegalEntity, NumberSeries, Store, StoreText
from entrepot.domains.organisation.types import (
    STORE_TEXTS,
    SWITCHES,
    ContactInfo,
    EntityInfo,
    SeriesInfo,
    StoreInfo,
    StoreTextInfo,
    SwitchInfo,
)
from entrepot.kernel.errors import NotFound


def store(*, code: str = "main") -> StoreInfo:
    """Return a store with its entity; raise NotFound when there is none of that code."""
    row = Store.objects.select_related("entity").filter(code=code).first()
    if row is None:
        raise NotFound(kind="store", key=code)
    return StoreInfo(
        id=str(row.public_id),
        code=row.code,
        name=row.name,
        base_currency=row.base_currency,
        quote_lifetime_s=row.quote_lifetime_s,
        entity=_entity(row.entity),
        contact_email=row.contact_email,
        contact_phone=row.contact_phone,
    )


def contacts(*, store_code: str) -> tuple[ContactInfo, ...]:
    """Return where buyers reach a store, one row."""
    told = store(code=store_code)
    return (ContactInfo(told.name, told.contact_email, told.contact_phone),)


def store_texts(*, store_code: str) -> tuple[StoreTextInfo, ...]:
    """Return what a store tells its buyers in its own words, every kind and language."""
    rows = StoreText.objects.filter(store__code=store_code).order_by("kind", "language")
    told = rows.values_list("kind", "language", "text")
    return tuple(StoreTextInfo(kind, STORE_TEXTS[kind], language, text) for kind, language, text in told)


def store_words(*, store_code: str, language: str) -> dict[str, StoreTextInfo]:
    """Return those words by kind in a language, else in English, else in any; a kind without a text is left out."""
    found: dict[str, StoreTextInfo] = {}
    for told in store_texts(store_code=store_code):
        known = found.get(told.kind)
        if known is None or told.language == language or (told.language == "en" and known.language != language):
            found[told.kind] = told
    return found


def entity(*, entity_id: str) -> EntityInfo:
    """Return a legal entity by its public id; raise NotFound when there is none."""
    row = LegalEntity.objects.filter(public_id=entity_id).first()
    if row is None:
        raise NotFound(kind="legal entity", key=entity_id)
    return _entity(row)


def _entity(row: LegalEntity) -> EntityInfo:
    return EntityInfo(
        id=str(row.public_id),
        code=row.code,
        name=row.name,
        local_name=row.local_name,
        country=row.country,
        address=row.address,
        tax_ids=row.tax_ids,
        book_currency=row.book_currency,
        time_zone=row.time_zone,
    )


def number_to_come(*, entity_id: str, kind: str, year: int) -> int:
    """Return the number that `draw_number` would give now; somebody else may draw it first, for nothing is locked."""
    known = NumberSeries.objects.filter(entity__public_id=entity_id, kind=kind, year=year)
    return known.values_list("next_number", flat=True).first() or 1


def number_series(*, entity_id: str) -> tuple[SeriesInfo, ...]:
    """Return the number series of an entity, the newest year first."""
    rows = NumberSeries.objects.filter(entity__public_id=entity_id).order_by("-year", "kind")
    return tuple(SeriesInfo(row.kind, row.year, row.next_number) for row in rows)


def switches() -> tuple[SwitchInfo, ...]:
    """Return every switch there is with its state."""
    on = set(FeatureSwitch.objects.filter(store=None, on=True).values_list("name", flat=True))
    return tuple(SwitchInfo(name, says, name in on) for name, says in SWITCHES.items())


def switch_is_on(*, name: str) -> bool:
    """Say whether a feature switch is on everywhere; an unknown switch is off."""
    return FeatureSwitch.objects.filter(name=name, store=None, on=True).exists()


def entity_key(*, entity_id: str) -> int:
    """Return the key that tables of higher domains hold of an entity; raise NotFound when there is none of that id."""
    key = LegalEntity.objects.filter(public_id=entity_id).values_list("pk", flat=True).first()
    if key is None:
        raise NotFound(kind="legal entity", key=entity_id)
    return key


def store_key(*, code: str) -> int:
    """Return the key that tables of higher domains hold of a store; raise NotFound when there is none of that code."""
    key = Store.objects.filter(code=code).values_list("pk", flat=True).first()
    if key is None:
        raise NotFound(kind="store", key=code)
    return key
