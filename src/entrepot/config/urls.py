"""Every address of the house: which door stands at which path."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from entrepot.interfaces.web import media, metrics, probes

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", probes.healthz),
    path("readyz", probes.readyz),
    path("metrics", metrics.show),
    # The empty view that measurements compare pages with: same process, same middleware.
    *([path("bench/hello", probes.hello)] if settings.ENTREPOT_BENCH else []),
    path("media/<str:name>", media.media),
    path("console/", include("entrepot.interfaces.console.urls")),
    path("api/v1/", include("entrepot.interfaces.api.urls")),
    path("webhooks/", include("entrepot.interfaces.webhooks.urls")),
    path("", include("entrepot.interfaces.storefront.urls")),
]
