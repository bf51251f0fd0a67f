"""The grades of service a buyer may pick, by their code; the names are message ids."""

from entrepot.kernel.errors import N_

GRADES = {"standard": N_("Standard delivery"), "express": N_("Express delivery")}
