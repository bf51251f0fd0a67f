"""What rows of customs are called in a cascade."""

from entrepot.kernel.errors import N_

DUTY = N_("Import duty")
ADDED_DUTY = N_("Additional duty by origin")
FLAT_DUTY = N_("Fixed duty per tariff item")
ONE_DUTY = N_("Import duty at one rate")
ENTRY_FEE = N_("Fee per customs entry")
ITEM_FEE = N_("Handling fee per tariff item")
