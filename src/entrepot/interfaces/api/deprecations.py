"""Operations on their way out: announced by headers (RFC 9745, RFC 8594), in the document, and here alone.

An operation stays for at least a year after it was announced; breaking changes get a new version of the path.
"""

from __future__ import annotations

import datetime as dt

import msgspec
from django.utils.http import http_date


class Deprecation(msgspec.Struct, frozen=True):
    """Since when an operation should not be used any more, when it stops to answer, and what to read about it."""

    since: dt.date
    sunset: dt.date
    link: str

    def headers(self) -> dict[str, str]:
        """Return the headers of every answer of the operation."""
        return {
            "Deprecation": f"@{_epoch(self.since)}",
            "Sunset": http_date(_epoch(self.sunset)),
            "Link": f'<{self.link}>; rel="deprecation"',
        }


def _epoch(day: dt.date) -> int:
    return int(dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC).timestamp())


# operation id → Deprecation. Nothing yet.
DEPRECATED: dict[str, Deprecation] = {}
