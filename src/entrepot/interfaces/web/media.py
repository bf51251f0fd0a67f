"""Public pictures by the hash of their content."""

from django.http import Http404, HttpRequest, HttpResponse

from entrepot.domains.documents import queries as documents
from entrepot.kernel.errors import NotFound


def media(request: HttpRequest, name: str) -> HttpResponse:
    """Serve a public picture `<sha256>.<ext>`; any other kind of document (invoices, labels) is not found here."""
    try:
        content, mime, _ = documents.file(id=name.partition(".")[0])
    except NotFound as missing:
        raise Http404 from missing
    if not mime.startswith("image/"):
        raise Http404
    response = HttpResponse(content, content_type=mime)
    # The address is the hash of the content, so that it can be kept for ever. An SVG may carry a script: shut it in.
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
