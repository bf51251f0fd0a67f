"""Forms of catalogue files: a reader each, pure, from the lines of a file to raw products and problems.

A reader is `read(lines) -> Iterator[RawProduct | Problem]`; `lines` are text lines whose undecodable bytes were kept
as surrogates. To add a form, add a file here and name it in `FORMS`.
"""

from entrepot.domains.catalogue.engine.forms import icecat, ours, shopify

FORMS = {"ours": ours.read, "shopify": shopify.read, "icecat": icecat.read}


def guess(first_line: str) -> str:
    """Return the form of a file by its first line, "" when it is none of ours."""
    if first_line.lstrip("﻿").lstrip().startswith("{"):
        return "icecat" if '"supplier"' in first_line and '"img_' in first_line else "ours"
    if "Variant Price" in first_line and "Handle" in first_line:
        return "shopify"
    header = {name.strip().strip('"') for name in first_line.lstrip("﻿").replace(";", ",").replace("\t", ",").split(",")}
    return "ours" if {"title", "price"} <= header else ""
