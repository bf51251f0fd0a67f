"""A CSV table of any delimiter as dicts with row numbers; a row that cannot be read is a problem, not an end."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterable, Iterator

from entrepot.domains.catalogue.engine.raw import Problem
from entrepot.kernel.errors import InvalidInput

LARGEST_FIELD = 16_000_000


def rows(lines: Iterable[str], *, needed: frozenset[str]) -> Iterator[tuple[int, dict[str, str]] | Problem]:
    """Yield (row number, column → text) per record; the header is row 1.

    The delimiter is the commonest of comma, semicolon and tab in the header. Raises InvalidInput when a needed column
    is missing from the header.
    """
    csv.field_size_limit(LARGEST_FIELD)
    stream = iter(lines)
    first = next(stream, "").lstrip("﻿")
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(itertools.chain([first], stream), delimiter=delimiter)
    header = [name.strip() for name in next(reader, [])]
    missing = needed - set(header)
    if missing:
        rule = "The first line names the columns; these are needed and missing."
        raise InvalidInput(field="header", value=", ".join(sorted(missing)), rule=rule)
    number = 1
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            yield Problem(number, "", "", f"The row cannot be read: {fault}.")
            continue
        if not any(cells):
            continue
        if len(cells) > len(header):
            yield Problem(
                number, "", str(len(cells)), f"The row has more than the {len(header)} columns of the header."
            )
            continue
        yield number, dict(zip(header, cells, strict=False))
