"""What can go wrong between shelf and carrier.

Conflict
└── StepRefused    the shipment's state forbids the step; carries the reason as a translated sentence
"""

from entrepot.kernel.errors import N_, Conflict


class StepRefused(Conflict):
    """The shipment's state forbids the step. Params: kind, key, state, reason (a message id of its own)."""

    code = "SHIPMENT_STEP_REFUSED"
    sentence = N_("Shipment %(key)s is %(state)s: %(reason)s")
