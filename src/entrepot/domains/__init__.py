"""The nouns of the business, one package each. A domain looks down its strata, never sideways, never up."""
