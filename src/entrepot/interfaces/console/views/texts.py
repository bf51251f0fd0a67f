"""Words of products: two languages side by side, who wrote and who read them, labels, pictures, and what is missing where."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.catalogue import services
from entrepot.domains.catalogue.engine.language import tag
from entrepot.domains.catalogue.errors import TextChanged
from entrepot.domains.catalogue.types import LABEL_KINDS, LabelDraft, TextDraft, TextView
from entrepot.domains.documents import services as documents
from entrepot.domains.identity import queries as identity
from entrepot.domains.markets import queries as markets
from entrepot.infra import clock, db
from entrepot.interfaces.console import door, look
from entrepot.interfaces.web import words
from entrepot.kernel.errors import InvalidInput

PAGE = 50
MOST_BYTES = 5_000_000
# The first bytes of a picture say what it is; its name and what the browser says of it count for nothing.
PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "png", "image/png"),
    (b"\xff\xd8\xff", "jpg", "image/jpeg"),
    (b"RIFF", "webp", "image/webp"),
)
FIELDS = ("title", "description", "maker_place", "option_name", "attributes", "provenance")


def languages() -> tuple[str, ...]:
    """Return the languages of all markets as the catalogue names them, English first."""
    spoken = {tag(locale) for market in markets.markets() for locale in market.locales}
    return ("en", *sorted(spoken - {"en"}))


@require_http_methods(["GET", "POST"])
@door.page("console.see_products")
def editor(request: HttpRequest, product_id: str) -> HttpResponse:
    """Show a product's words in a language beside the source language; take what was typed."""
    key = door.public_id(product_id, "product")
    product = catalogue.product(product_id=key, language=look.content_language())
    texts = catalogue.texts(product_id=key)
    source = _one_of(request.GET.get("from", ""), "en")
    target = _one_of(request.GET.get("to", ""), next(iter(t for t in languages() if t not in texts), languages()[-1]))
    typed, error, field, theirs = None, "", "", None
    if request.method == "POST":
        typed = {name: request.POST.get(name, "").replace("\x00", "")[:20_000] for name in FIELDS}
        try:
            _save(request, key, target, typed)
            door.say(request, _("Saved; the shop follows within seconds."))
            return HttpResponseRedirect(_address(key, source, target))
        except TextChanged as fault:
            theirs, error = texts.get(target), words.say(fault)
        except InvalidInput as fault:
            field = fault.field if fault.field in FIELDS else ""
            error = gettext(str(fault.params.get("rule", ""))) if field else words.say(fault)
    return look.draw(
        request, "console/texts.html",
        {
            "product": product, "texts": texts, "source": source, "target": target, "languages": languages(),
            "typed": typed or _typed(texts.get(target)), "mark": texts[target].mark if target in texts else "",
            "error": error, "field": field, "theirs": theirs, "people": _people(texts), "lines": _lines,
        },
        status=409 if theirs else 422 if error else 200,
    )  # fmt: skip


def _save(request: HttpRequest, product_id: str, language: str, typed: dict[str, str]) -> None:
    draft = TextDraft(
        title=typed["title"],
        description=typed["description"],
        maker_place=typed["maker_place"],
        option_name=typed["option_name"],
        attributes=_attributes(typed["attributes"]),
        provenance="machine" if typed["provenance"] == "machine" else "written",
    )
    with db.transaction():
        services.write_text(
            actor=request.desk.anywhere, product_id=product_id, language=language, text=draft, at=clock.now(),
            expected=request.POST.get("mark", ""),
        )  # fmt: skip


@require_POST
@door.page("catalogue.review_text")
def review(request: HttpRequest, product_id: str) -> HttpResponse:
    """Record that the person has read a text and found it right."""
    key, language = door.public_id(product_id, "product"), _one_of(request.POST.get("language", ""), "en")
    with db.transaction():
        services.review_text(actor=request.desk.anywhere, product_id=key, language=language, at=clock.now())
    door.say(request, _("Recorded that you have read it."))
    return HttpResponseRedirect(_address(key, _one_of(request.POST.get("from", ""), "en"), language))


@require_http_methods(["GET", "POST"])
@door.page("console.see_products")
def labels(request: HttpRequest, product_id: str) -> HttpResponse:
    """Show and take what a product's label says in a market ("" is every market) and a language, one line a row."""
    key = door.public_id(product_id, "product")
    product = catalogue.product(product_id=key, language=look.content_language())
    codes = [m.code for m in markets.markets()]
    market = request.GET.get("market", "") if request.GET.get("market", "") in codes else ""
    language = _one_of(request.GET.get("language", ""), "en")
    known = catalogue.label_rows(product_id=key, market=market, language=language)
    typed = {kind: "\n".join(row.words for row in known if row.kind == kind) for kind in LABEL_KINDS}
    error = ""
    if request.method == "POST":
        typed = {kind: request.POST.get(kind, "").replace("\x00", "")[:8000] for kind in LABEL_KINDS}
        sources = {row.kind: row.source for row in known}
        drafts = [
            LabelDraft(product.handle, kind, language, tuple(filter(str.strip, text.splitlines())), market, sources.get(kind, ""))
            for kind, text in typed.items()
        ]  # fmt: skip
        try:
            with db.transaction():
                services.write_labels(actor=request.desk.anywhere, drafts=drafts)
            door.say(request, _("Saved."))
            return HttpResponseRedirect(request.get_full_path())
        except InvalidInput as fault:
            error = words.say(fault)
    context = {
        "product": product, "market": market, "language_": language, "markets": markets.markets(),
        "languages": languages(), "typed": typed, "kinds": _kinds(), "error": error,
        "seen": catalogue.label(product_id=key, market=market, language=language),
    }  # fmt: skip
    return look.draw(request, "console/labels.html", context, status=422 if error else 200)


@require_POST
@door.page("catalogue.import")
def pictures(request: HttpRequest, product_id: str) -> HttpResponse:
    """Add a picture to a product, put one first, or take one away."""
    key = door.public_id(product_id, "product")
    paths = list(catalogue.product(product_id=key).pictures)
    deed, chosen = request.POST.get("deed", "add"), request.POST.get("picture", "")
    with db.transaction():
        if deed == "add":
            paths.append(_store(request))
        elif chosen in paths:
            paths.remove(chosen)
            paths = [chosen, *paths] if deed == "first" else paths
        services.set_pictures(actor=request.desk.anywhere, product_id=key, pictures=list(dict.fromkeys(paths)))
    door.say(request, _("Saved; the shop follows within seconds."))
    return HttpResponseRedirect(f"/console/products/{key}/texts#pictures")


def _store(request: HttpRequest) -> str:
    sent = request.FILES.get("file")
    if sent is None:
        raise InvalidInput(field=_("Picture"), value="", rule=_("Choose a file."))
    if (sent.size or 0) > MOST_BYTES:
        raise InvalidInput(field=_("Picture"), value=sent.name, rule=_("A picture has at most 5 MB."))
    content = sent.read()
    for start, ending, mime in PICTURES:
        if content.startswith(start) and (ending != "webp" or content[8:12] == b"WEBP"):
            name = f"{clock.today()}.{ending}"
            stored = documents.store_file(
                actor=request.desk.anywhere, content=content, mime=mime, name=name, retention="public"
            )
            return f"/media/{stored}.{ending}"
    raise InvalidInput(field=_("Picture"), value=sent.name, rule=_("Send a PNG, JPEG or WebP picture."))


@door.page("console.see_products")
def completeness(request: HttpRequest) -> HttpResponse:
    """Show how far each market's products are told in each language, and below what each product lacks."""
    market = next((m for m in markets.markets() if m.code == request.GET.get("market")), None)
    asked = tuple(tag(locale) for locale in market.locales) if market else languages()
    after = request.GET.get("before", "")[:200].replace("\x00", "")
    rows = catalogue.gaps(languages=asked, market=market.code if market else "", after=after, limit=PAGE + 1)
    context = {
        "cover": {(c.market, c.language): c for c in catalogue.coverage(languages=languages())},
        "markets": markets.markets(), "languages": languages(), "market": market, "own": {m.code: {tag(locale) for locale in m.locales} for m in markets.markets()},
        "rows": rows[:PAGE], "next_before": rows[PAGE - 1].handle if len(rows) > PAGE else "",
    }  # fmt: skip
    return look.draw(request, "console/completeness.html", context)


def _one_of(language: str, otherwise: str) -> str:
    return language if language in languages() else otherwise


def _address(key: str, source: str, target: str) -> str:
    return f"/console/products/{key}/texts?from={source}&to={target}"


def _lines(attributes: dict[str, str]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in attributes.items())


def _attributes(text: str) -> dict[str, str]:
    """Read “name: value” lines; a full-width colon counts too."""
    found = {}
    for line in text.replace("：", ":").splitlines():
        name, mark, value = line.partition(":")
        if line.strip() and not (mark and name.strip() and value.strip()):
            raise InvalidInput(field="attributes", value=line[:80], rule=_("Write a line as “name: value”."))
        if line.strip():
            found[name.strip()[:80]] = value.strip()[:300]
    return found


def _typed(text: TextView | None) -> dict[str, str]:
    if text is None:
        return dict.fromkeys(FIELDS, "")
    plain = {name: getattr(text, name) for name in FIELDS}
    return {**plain, "attributes": _lines(text.attributes), "provenance": "written"}


def _people(texts: dict[str, TextView]) -> dict[str, str]:
    """Return “staff:id” → name of who wrote or read a text."""
    keys = {key for text in texts.values() for key in (text.written_by, text.reviewed_by) if key.startswith("staff:")}
    names = identity.names(user_ids=[key.partition(":")[2] for key in keys])
    return {f"staff:{key}": name for key, name in names.items()}


def _kinds() -> dict[str, str]:
    return {
        "origin_mark": _("Where it was made"), "material": _("What it is made of"), "care": _("How to care for it"),
        "warning": _("What to beware of"), "responsible": _("Who answers for it"),
    }  # fmt: skip
