"""The rule set a period is replayed under: of one day or of each quote's own tax point, of the program's tables or another folder's.

A folder of tables holds `tax/*.yaml` and `customs/*.yaml` in the form of the domains' own `refdata`; a file takes the place of the
program's file of that name. So an announced change is tried with the files it will need, before anything is changed.
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from entrepot.domains.customs import queries as customs
from entrepot.domains.customs.engine.tables import Law as CustomsLaw
from entrepot.domains.customs.types import CustomsRules
from entrepot.domains.tax import queries as tax
from entrepot.domains.tax.engine.law import compile_rules
from entrepot.domains.tax.engine.tables import Law as TaxLaw
from entrepot.domains.tax.engine.tables import refuse_outside
from entrepot.domains.tax.types import TaxRules
from entrepot.flows.price.landed_cost import LandedCost
from entrepot.flows.price.replay import cost_again
from entrepot.kernel.errors import N_, InvalidInput
from entrepot.kernel.quote import FrozenQuote
from entrepot.kernel.trade import RuleRef


class LawSet(msgspec.Struct, frozen=True):
    """Tables of tax by jurisdiction and of customs by territory, in place of the program's own."""

    tax: Mapping[str, TaxLaw]
    customs: Mapping[str, CustomsLaw]


def law_of_folder(folder: Path) -> LawSet:
    """Return the program's tables with the files of a folder in place of those of the same name.

    Raises:
        InvalidInput: there is no such folder, or it holds neither `tax/*.yaml` nor `customs/*.yaml`.
        BadLaw, GapOrOverlap: a file is wrong; the words name file and row.
    """
    mine = {part: sorted((folder / part).glob("*.yaml")) for part in ("tax", "customs")}
    if not any(mine.values()):
        rule = N_("Name a folder that holds tables as tax/*.yaml or customs/*.yaml.")
        raise InvalidInput(field="law", value=str(folder), rule=rule)
    with tempfile.TemporaryDirectory(prefix="entrepot-law-") as place:
        for part, shipped in (("tax", tax.shipped()), ("customs", customs.shipped())):
            whole = Path(place) / part
            whole.mkdir()
            for file in (*shipped, *mine[part]):
                shutil.copyfile(file, whole / file.name)
        return LawSet(tax.load_law(Path(place) / "tax"), customs.load_law(Path(place) / "customs"))


class Replayed(msgspec.Struct, frozen=True):
    """What a quote's consignments come to by other rules, and the rules' own rows by (table, key): a limit may have moved."""

    costs: tuple[LandedCost, ...]
    known: tuple[dict[tuple[str, str], RuleRef], ...]


class RuleBook:
    """Rule sets for a replay, each compiled once.

    Args:
        on: the day whose law holds for all; None: each quote's own tax point.
        laws: other tables than the program's own.
    """

    def __init__(self, *, on: dt.date | None = None, laws: LawSet | None = None) -> None:
        self.on, self.laws = on, laws
        self._tax: dict[tuple[str, str, str, dt.date, str], TaxRules] = {}
        self._known: dict[tuple[int, int], tuple[tuple[object, object], dict[tuple[str, str], RuleRef]]] = {}

    def replay(self, quote: FrozenQuote) -> Replayed:
        """Return what a quote's consignments cost by this book, with the quote's goods, freight and exchange rates.

        Raises:
            NotCovered, OutsideTerritory, NotRegistered, NoTariff, NoRateGiven: the book cannot be applied to them.
        """
        on = self.on or quote.tax_point
        vat = self._tax_rules(quote, on)
        costs, known = [], []
        for one in quote.consignments:
            pairs = {(line.hs_code, line.origin) for line in one.lines}
            laws = self.laws.customs if self.laws else None
            duty = customs.rules(destination=quote.country, pairs=pairs, on=on, entity_id=quote.entity_id, laws=laws)
            costs.append(cost_again(quote, one, duty, vat, on))
            known.append(self._rows(duty, vat))
        return Replayed(tuple(costs), tuple(known))

    def _tax_rules(self, quote: FrozenQuote, on: dt.date) -> TaxRules:
        if self.laws is None:
            return tax.rules(
                destination=quote.country, region=quote.region, entity_id=quote.entity_id, on=on,
                postcode=quote.postcode,
            )  # fmt: skip
        key = (quote.country, quote.region, quote.entity_id, on, quote.postcode)
        if key not in self._tax:
            refuse_outside(self.laws.tax, destination=quote.country, postcode=quote.postcode, on=on)
            place = {"destination": quote.country, "region": quote.region}
            local = tax.local_tax(**place, postcode=quote.postcode, on=on) if quote.postcode else None
            held = tax.registrations(entity_id=quote.entity_id)
            self._tax[key] = compile_rules(self.laws.tax, **place, on=on, registrations=held, local=local)
        return self._tax[key]

    def _rows(self, duty: CustomsRules, vat: TaxRules) -> dict[tuple[str, str], RuleRef]:
        """The rows of schemes and treatments by (table, key), made once per pair of tuples they stand in (kept alive beside)."""
        key = (id(duty.treatments), id(vat.schemes))
        if key not in self._known:
            rows: Sequence[RuleRef] = (*(t.rule for t in duty.treatments), *(s.rule for s in vat.schemes))
            self._known[key] = ((duty.treatments, vat.schemes), {(rule.table, rule.key): rule for rule in rows})
        return self._known[key][1]
