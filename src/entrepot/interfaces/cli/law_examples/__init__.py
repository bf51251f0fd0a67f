"""Worked examples of law, run against the real engines and the real tables: `entrepot law examples FILE`."""

from entrepot.interfaces.cli.law_examples import (
    america,
    europe,
    europe_rates,
    imports,
    low_value,
    rounding,
    truncation,
)
from entrepot.interfaces.cli.law_examples.frame import Outcome, run_file

__all__ = ["Outcome", "america", "europe", "europe_rates", "imports", "low_value", "rounding", "run_file", "truncation"]
