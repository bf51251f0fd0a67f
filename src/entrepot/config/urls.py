"""Every address of the house: which door stands at which path."""

import importlib
import importlib.util

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from entrepot.interfaces.web import probes

# The storefront owns the root and therefore comes last. A door that is not built yet is left out.
_DOORS = (("console/", "console"), ("webhooks/", "webhooks"), ("", "storefront"))


def _is_built(door: str) -> bool:
    return bool(
        importlib.util.find_spec(f"entrepot.interfaces.{door}")
        and importlib.util.find_spec(f"entrepot.interfaces.{door}.urls")
    )


def _media() -> list[URLPattern]:
    if importlib.util.find_spec("entrepot.domains.documents.queries") is None:
        return []
    return [path("media/<str:name>", importlib.import_module("entrepot.interfaces.web.media").media)]


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", probes.healthz),
    path("readyz", probes.readyz),
    # The empty view that measurements compare pages with: same process, same middleware.
    *([path("bench/hello", probes.hello)] if settings.ENTREPOT_BENCH else []),
    *_media(),
    *[path(prefix, include(f"entrepot.interfaces.{door}.urls")) for prefix, door in _DOORS if _is_built(door)],
]
