"""Our XML under the published schematron of EN 16931, where EN16931_XSLT names its folder; and that the runner tells faults."""

import importlib.util
from pathlib import Path

import pytest
from django.conf import settings

from entrepot.domains.finance.engine.en16931 import ubl
from entrepot.domains.finance.types import HomeTax
from entrepot.infra.xslt import NoSchematron, rules_in
from tests.unit.test_invoice_rules import DAY, HEADS, put, sound

saxon = pytest.mark.skipif(not importlib.util.find_spec("saxonche"), reason="saxonche is not installed")
SHEET = """<xsl:stylesheet version="2.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
 xmlns:svrl="http://purl.oclc.org/dsdl/svrl" xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<xsl:template match="/"><svrl:schematron-output><xsl:if test="not(//cbc:BuyerReference)">
<svrl:failed-assert flag="fatal" id="T-1"><svrl:text>[T-1] no buyer’s reference</svrl:text></svrl:failed-assert>
</xsl:if></svrl:schematron-output></xsl:template></xsl:stylesheet>"""


def documents():
    """A sound invoice and credit note of each tax category, one with the tax in another currency."""
    for category in HEADS.values():
        one = sound(category)
        yield one
        yield put(one, code="381", preceding="INV-2026-000001", preceding_on=DAY, number="CN-2026-000001")
    yield put(sound(), home_tax=HomeTax("SEK", 21_000, "11.05", "ECB", DAY), notes=("A note.",))


@saxon
@pytest.mark.skipif(not settings.EN16931_XSLT, reason="EN16931_XSLT names no folder of published rules")
def test_published_rules_find_nothing():
    faults = rules_in(Path(settings.EN16931_XSLT))
    for one in documents():
        assert faults(ubl.document(one)) == (), one.code


@saxon
def test_a_fault_of_a_sheet_is_told_in_its_words(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "EN16931-UBL-validation.xslt").write_text(SHEET)
    (told,) = rules_in(tmp_path)(ubl.document(sound()))
    assert told == "fatal: [T-1] no buyer’s reference"


def test_a_folder_without_rules_is_named(tmp_path):
    with pytest.raises(NoSchematron, match=r"no \*\.xslt"):
        rules_in(tmp_path)


@pytest.mark.skipif(bool(importlib.util.find_spec("saxonche")), reason="Saxon is there")
def test_missing_saxon_is_named_with_what_to_do(tmp_path):
    (tmp_path / "EN16931-UBL-validation.xslt").write_text(SHEET)
    with pytest.raises(NoSchematron, match="pip install saxonche"):
        rules_in(tmp_path)


def test_every_sound_document_becomes_a_file():
    for one in documents():
        told = ubl.document(one).decode()
        assert ("<CreditNote " in told) is (one.code == "381") and ubl.CUSTOMIZATION in told
        assert ("cbc:Percent" in told) is (one.groups[0].category != "O")
    dirty = put(sound(), notes=("a\x00\x0bb <&>",))
    assert "ab &lt;&amp;&gt;" in ubl.document(dirty).decode()
