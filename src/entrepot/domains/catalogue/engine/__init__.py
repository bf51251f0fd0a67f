"""Pure rules of the catalogue: languages, cleaning of texts, checks of a row, default customs data, drawn pictures."""
