"""Choose what the price lists hold for each market, after seeing what every buyer would pay and what the shop would get."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from entrepot.domains.markets import queries as market_queries
from entrepot.domains.markets import services as markets
from entrepot.flows.price.compute_anew import compute_anew
from entrepot.flows.price.set_prices import ChangedShelf, shelf_prices
from entrepot.infra import db
from entrepot.kernel.actor import Actor


def preview_policies(*, policies: Mapping[str, str], skus: Sequence[str], at: dt.datetime) -> tuple[ChangedShelf, ...]:
    """Return every shelf of every open market as it is and as it would be under other policies; nothing is written.

    Args:
        policies: market code → same_net or same_gross; a market that is not named keeps its own.
    """
    before = shelf_prices(skus=skus, at=at)
    after = shelf_prices(skus=skus, at=at, policies=policies)
    return tuple(ChangedShelf(before[key], after[key]) for key in before)


def set_policies(*, actor: Actor, policies: Mapping[str, str]) -> tuple[str, ...]:
    """Set the policies of markets, let their shelves follow, and return the codes of those that changed.

    Raises NotFound, InvalidInput: an unknown market or policy; then nothing is changed.
    """
    now = {market.code: market.price_policy for market in market_queries.markets()}
    changed = tuple(code for code, policy in policies.items() if now.get(code) != policy)
    with db.transaction():
        for code in changed:
            markets.set_price_policy(actor=actor, code=code, price_policy=policies[code])
        compute_anew(market_codes=changed)
    return changed
