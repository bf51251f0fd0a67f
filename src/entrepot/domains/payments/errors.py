"""What can go wrong with a payment.

EntrepotError
├── ForgedMessage        (401) a provider's message is not signed as agreed, or the signature is old
├── MessageTooLarge      (413) a message is larger than any provider sends
InvalidInput
├── MethodNotOffered     the method cannot be used for this market, currency or amount
├── AmountNotPayable     the amount is not above zero
├── CreditUnknown        no store credit has this code
├── CreditNotUsable      a store credit is spent, has expired or is of another currency
Conflict
├── RefundExceedsCapture more would go back than came in
├── NothingToSendBack    the payment had the amount asked for, or no money came in with it
├── RefundNotFailed      the refund is on its way or done
├── RefundNotPayable     the refund is not one that a person pays by bank transfer
├── TenderNotPossible    the money cannot go back this way
Unavailable
├── ProviderSilent       the provider does not answer; the attempt stays as it is
└── ProviderRefuses      the provider answers, but not to this request
"""

from entrepot.kernel.errors import N_, Conflict, EntrepotError, InvalidInput, Unavailable


class ForgedMessage(EntrepotError):
    """A message is not signed as agreed, or its signature is too old. Params: provider, reason."""

    code = "FORGED_PAYMENT_MESSAGE"
    status = 401
    sentence = N_("This message for %(provider)s was not accepted, because %(reason)s. Nothing was stored.")


class MessageTooLarge(EntrepotError):
    """A message is larger than any provider sends. Params: limit_kb."""

    code = "MESSAGE_TOO_LARGE"
    status = 413
    sentence = N_("This message is larger than %(limit_kb)s KB. Nothing was stored; send it in parts.")


class MethodNotOffered(InvalidInput):
    """The method is not offered here. Params: method."""

    code = "METHOD_NOT_OFFERED"
    sentence = N_("This order cannot be paid with “%(method)s”. Choose one of the payment methods shown.")


class AmountNotPayable(InvalidInput):
    """The amount to pay is not above zero. Params: amount."""

    code = "AMOUNT_NOT_PAYABLE"
    sentence = N_("There is nothing to pay: the amount is %(amount)s. Check the order before paying.")


class RefundExceedsCapture(Conflict):
    """More would be refunded than was captured. Params: amount, left, currency."""

    code = "REFUND_EXCEEDS_CAPTURE"
    sentence = N_(
        "A refund of %(amount)s is more than what is left of the payment (%(left)s %(currency)s)."
        " Nothing was sent. Lower the amount."
    )


class NothingToSendBack(Conflict):
    """A payment is to be sent back that needs no decision. Params: attempt."""

    code = "NOTHING_TO_SEND_BACK"
    sentence = N_("Payment %(attempt)s did not bring another amount than was asked for. Nothing was sent back.")


class RefundNotFailed(Conflict):
    """A refund is to be tried again that is on its way or done. Params: refund."""

    code = "REFUND_NOT_FAILED"
    sentence = N_("This refund has not failed: it is on its way or done. Nothing was sent a second time.")


class CreditUnknown(InvalidInput):
    """No store credit has this code."""

    code = "CREDIT_UNKNOWN"
    sentence = N_("We know no store credit with this code. Check each letter, or pay without it.")


class CreditNotUsable(InvalidInput):
    """A store credit cannot be spent here. Params: reason (a sentence)."""

    code = "CREDIT_NOT_USABLE"
    sentence = N_("This store credit cannot be used here: %(reason)s Nothing was taken from it.")


class RefundNotPayable(Conflict):
    """A refund is to be marked as paid that no person pays. Params: refund."""

    code = "REFUND_NOT_PAYABLE"
    sentence = N_("This refund is not waiting for a bank transfer. Nothing was changed.")


class TenderNotPossible(Conflict):
    """Money cannot go back the way that was chosen. Params: tender, reason."""

    code = "TENDER_NOT_POSSIBLE"
    sentence = N_("The money cannot go back this way: %(reason)s Nothing was sent.")


class ProviderSilent(Unavailable):
    """The payment provider does not answer. Params: provider."""

    code = "PROVIDER_SILENT"
    sentence = N_(
        "The payment provider %(provider)s does not answer. Your order is kept; you will be told when it does."
    )


class ProviderRefuses(Unavailable):
    """The provider turned the request itself down. Params: provider, status."""

    code = "PROVIDER_REFUSES"
    sentence = N_(
        "The payment provider %(provider)s did not take the request (answer %(status)s). Nothing was charged."
    )
