"""All rules together: what a document breaks."""

from __future__ import annotations

from entrepot.domains.finance.engine.en16931 import core, tax_rules
from entrepot.domains.finance.engine.en16931.codes import CATEGORY_OF_RULE
from entrepot.domains.finance.engine.en16931.registry import Rule
from entrepot.domains.finance.errors import InvoiceBreaksRule
from entrepot.domains.finance.types import BrokenRule, TaxInvoice

RULES = {rule.id: rule for rule in (*core.HEAD, *core.LINES, *core.SUMS, *tax_rules.TAX)}
_CATEGORY = {head: category for category, head in CATEGORY_OF_RULE.items()}


def broken(document: TaxInvoice) -> tuple[BrokenRule, ...]:
    """Return the rules a document breaks, () for one that may be issued.

    Of a document in our own profile, for which the norm has no words, only the rules that hold of any invoice are asked.
    """
    norm = document.profile == "en16931"
    return tuple(
        BrokenRule(rule.id, category_in(rule.id, rule.sentence))
        for rule in RULES.values()
        if (norm or rule.always) and not _holds(rule, document)
    )


def refuse_broken(document: TaxInvoice) -> None:
    """Raise InvoiceBreaksRule for a document that breaks a rule, naming the first and the ids of all others."""
    faults = broken(document)
    if faults:
        raise InvoiceBreaksRule(
            order=document.order_number,
            rule=faults[0].id,
            why=faults[0].sentence,
            more=", ".join(fault.id for fault in faults[1:]) or "–",
        )


def _holds(rule: Rule, document: TaxInvoice) -> bool:
    """Whether a rule is kept; what is missing breaks every rule that would sum or compare it."""
    try:
        return rule.holds(document)
    except TypeError:
        return False


def category_in(rule_id: str, sentence: str) -> str:
    """Return a rule's sentence with the tax category it is about, where it names one."""
    category = _CATEGORY.get(rule_id.rpartition("-")[0], "")
    return tax_rules.sentence_of(category, sentence) if "%(category)s" in sentence else sentence
