"""The files an import reads and writes: catalogue files (plain or gzip), defaults files, the error file."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import yaml

from entrepot.domains.catalogue.engine.defaults import Defaults, read_defaults
from entrepot.domains.catalogue.engine.forms import guess
from entrepot.domains.catalogue.engine.raw import Problem
from entrepot.kernel.errors import DataFault, InvalidInput, NotFound

STANDARD = Path(__file__).parent / "refdata" / "shelves.yaml"


def load_defaults(path: Path | None = None) -> Defaults:
    """Return a defaults file (the project's own when none is named).

    A file with `extends: standard` changes or adds shelves of the project's own; its shelves win, field by field.
    Raises NotFound when there is no such file, DataFault when it is no defaults file.
    """
    standard = _yaml(STANDARD)
    if path is None:
        return read_defaults(standard, name=STANDARD.name)
    own = _yaml(path)
    if own.get("extends") == "standard":
        own = _extended(standard, own)
    return read_defaults(own, name=path.name)


def _yaml(path: Path) -> dict:
    try:
        with path.open(encoding="utf-8") as handle:
            document = yaml.load(handle, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 safe
    except FileNotFoundError:
        raise NotFound(kind="file", key=str(path)) from None
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise DataFault(what=f"{path.name} is no YAML: {str(fault).splitlines()[0]}") from fault
    if not isinstance(document, dict):
        raise DataFault(what=f"{path.name} has no list named “shelves”")
    return document


def _extended(standard: dict, own: dict) -> dict:
    shelves = {shelf["slug"]: shelf for shelf in standard["shelves"]}
    for shelf in own.get("shelves", []):
        before = shelves.get(shelf.get("slug"), {})
        customs = {**before.get("customs", {}), **shelf.get("customs", {})}
        match = [*shelf.get("match", []), *before.get("match", [])]
        shelves[shelf.get("slug")] = {**before, **shelf, "customs": customs, "match": match}
    return {**standard, **own, "shelves": list(shelves.values())}


@contextmanager
def open_lines(path: Path, form: str = "") -> Iterator[tuple[str, IO[str], IO[bytes]]]:
    """Open a catalogue file and give (form, text lines, raw file for its position); gzip is seen by its first bytes.

    Bytes that are not UTF-8 are kept as surrogates, so that the rows they stand in can be refused by name; a file that
    begins with the mark of UTF-16 is read as that.
    Raises NotFound for a missing file; InvalidInput when no form is named and none fits the first line, or when the
    file turns out to be damaged: what was read before is in, whole.
    """
    try:
        raw = path.open("rb")
    except FileNotFoundError:
        raise NotFound(kind="file", key=str(path)) from None
    except OSError as fault:
        raise InvalidInput(field="file", value=str(path), rule=f"It cannot be read: {fault.strerror}.") from fault
    with raw:
        start = raw.read(2)
        raw.seek(0)
        stream: IO[bytes] = gzip.GzipFile(fileobj=raw) if start == b"\x1f\x8b" else raw  # type: ignore[assignment]
        encoding = "utf-16" if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"
        try:
            found = form or guess(_first_line(stream, encoding))
            if not found:
                rule = "The first line fits no form known: name it with --form ours, shopify or icecat."
                raise InvalidInput(field="file", value=path.name, rule=rule)
            with io.TextIOWrapper(stream, encoding=encoding, errors="surrogateescape", newline="") as lines:
                yield found, lines, raw
        except (EOFError, gzip.BadGzipFile, zlib.error) as fault:
            rule = (
                "The packed file is damaged. What stood before the damage is in; fetch the file anew and import again."
            )
            raise InvalidInput(field="file", value=path.name, rule=rule) from fault


def _first_line(stream: IO[bytes], encoding: str) -> str:
    start = stream.read(65536).decode(encoding, "replace")
    stream.seek(0)
    return start.partition("\n")[0]


class ErrorFile:
    """Collects refused rows as CSV (row, field, value, rule); the file is made at the first of them."""

    def __init__(self, path: Path | None) -> None:
        self.path, self.count = path, 0
        self.examples: list[Problem] = []
        self._handle: IO[str] | None = None

    def __call__(self, problem: Problem) -> None:
        """Write one refused row."""
        self.count += 1
        if len(self.examples) < 5:
            self.examples.append(problem)
        if self.path is None:
            return
        if self._handle is None:
            self._handle = self.path.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._handle).writerow(["row", "field", "value", "rule"])
        value = f"'{problem.value}" if problem.value[:1] in "=+-@\t" and problem.value else problem.value
        csv.writer(self._handle).writerow([problem.row, problem.field, value, problem.rule])

    def close(self) -> None:
        """Finish the file."""
        if self._handle is not None:
            self._handle.close()
