"""Published schematron rules as XSLT, run over a file by Saxon: an optional wheel (`pip install saxonche`), named when it is missing."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

from entrepot.infra import lazy
from entrepot.kernel.errors import N_, Unavailable

_SVRL = "{http://purl.oclc.org/dsdl/svrl}"


class NoSchematron(Unavailable):
    """The published rules cannot be run. Params: folder, what."""

    code = "NO_SCHEMATRON"
    sentence = N_("The published rules in %(folder)s cannot be run: %(what)s.")


def rules_in(folder: Path) -> Callable[[bytes], tuple[str, ...]]:
    """Return a function that runs the UBL rules found in a folder over a file and returns its faults in their words.

    The rules are the first `*.xslt` or `*.xsl` below the folder whose name speaks of UBL, as CEN/TC 434 publishes them
    (ubl/xslt/EN16931-UBL-validation.xslt).

    Raises:
        NoSchematron: no such file, or Saxon is not installed.
    """
    sheets = sorted(path for pattern in ("*.xslt", "*.xsl") for path in folder.rglob(pattern))
    ours = [path for path in sheets if "UBL" in path.name.upper()] or sheets
    if not ours:
        raise NoSchematron(folder=folder, what="there is no *.xslt file below it")
    try:
        saxon = lazy.module("saxonche")
    except ImportError as fault:
        raise NoSchematron(folder=folder, what="Saxon is not installed (pip install saxonche)") from fault
    processor = saxon.PySaxonProcessor(license=False)
    sheet = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(ours[0]))
    return functools.partial(_run, processor, sheet)


def _run(processor: object, sheet: object, content: bytes) -> tuple[str, ...]:
    node = processor.parse_xml(xml_text=content.decode("utf-8"))  # type: ignore[attr-defined]
    report = ET.fromstring(sheet.transform_to_string(xdm_node=node))  # type: ignore[attr-defined]  # noqa: S314 as above
    found = []
    for fault in report.iter(f"{_SVRL}failed-assert"):
        words = "".join(fault.itertext())
        found.append(f"{fault.get('flag') or 'fatal'}: {' '.join(words.split())}")
    return tuple(found)
