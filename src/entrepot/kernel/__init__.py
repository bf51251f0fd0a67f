"""Pure values that every floor may use: money, trade, periods, events, registries, errors. No Django, no clock, no I/O."""
