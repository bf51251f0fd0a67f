"""Pictures of imported products: nothing is fetched from outside, a picture is drawn by shelf and colour.

A picture is drawn once per kind and palette, so a large file needs a few hundred pictures, not one per product.
"""

from __future__ import annotations

import hashlib

import msgspec

from entrepot.domains.catalogue.engine import pictures
from entrepot.domains.catalogue.engine.defaults import Defaults
from entrepot.domains.catalogue.engine.language import pick
from entrepot.domains.catalogue.types import ProductDraft, VariantDraft
from entrepot.domains.documents import services as documents
from entrepot.kernel.actor import Actor

MEDIA = "/media/{}.svg"
SVG = "image/svg+xml"


class PictureBook:
    """Draws, remembers and stores pictures. With `store=False` (a preview) paths are made but no file is written."""

    def __init__(self, *, store: bool = True) -> None:
        self.store = store
        self._paths: dict[tuple[str, str], str] = {}
        self._new: list[tuple[bytes, str, str]] = []

    def path(self, kind: str, palette: str) -> str:
        """Return the URL path of the picture of a kind in a palette, drawing it when it is new."""
        key = (kind, palette)
        if key not in self._paths:
            content = pictures.draw(kind, palette).encode()
            self._paths[key] = MEDIA.format(hashlib.sha256(content).hexdigest())
            self._new.append((content, SVG, f"{kind}-{palette}.svg"))
        return self._paths[key]

    def illustrate(self, draft: ProductDraft, defaults: Defaults) -> ProductDraft:
        """Return the draft with our own pictures: the drawn ones it names (`kind:palette`) or one by its shelf."""
        shelf = defaults.shelves.get(draft.category)
        kind = shelf.draft.kind if shelf else ""
        named = [self._named(picture) for picture in draft.pictures]
        own = tuple(path for path in named if path)
        if not own:
            words = pick({key: text.title for key, text in draft.texts.items()}, "en")
            own = (self.path(kind, pictures.palette_for(words, draft.handle)),)
        variants = tuple(self._variant(variant, kind, draft.handle) for variant in draft.variants)
        first = next((variant.picture for variant in variants if variant.picture), "")
        if first and not any(named):
            own = (first,)
        return msgspec.structs.replace(draft, pictures=own, variants=variants)

    def _named(self, picture: str) -> str:
        """Return the path of a picture that the file names in our words; "" for an address outside."""
        if picture.startswith("/media/"):
            return picture
        kind, _, palette = picture.partition(":")
        return self.path(kind, palette) if kind in pictures.KINDS and not palette.startswith("//") else ""

    def _variant(self, variant: VariantDraft, kind: str, handle: str) -> VariantDraft:
        picture = self._named(variant.picture) if variant.picture else ""
        if not picture:
            palette = pictures.colour_in(pick(variant.options, "en"))
            picture = self.path(kind, palette) if palette else ""
        return variant if picture == variant.picture else msgspec.structs.replace(variant, picture=picture)

    def keep(self, *, actor: Actor) -> int:
        """Store the pictures drawn since the last call and return how many; call it inside the batch's transaction."""
        new, self._new = self._new, []
        if new and self.store:
            documents.store_files(actor=actor, files=new, retention="public")
        return len(new)
