"""What a buyer may agree to beyond what an order needs: code → message id of the question. Never asked for a sale."""

from entrepot.kernel.errors import N_

CONSENTS: dict[str, str] = {
    "news": N_("Mails about new things and offers, at most one a week"),
    "review": N_("One mail after a delivery that asks how it was"),
}
