"""What payments tell others. Amounts are minor units of the currency."""

from entrepot.kernel.event import Event


class ProviderMessageStored(Event, frozen=True, topic="payments.provider_message_stored.v1"):
    """A signed message of a provider was stored and waits to be applied."""

    message_id: str


class PaymentAccepted(Event, frozen=True, topic="payments.payment_accepted.v1"):
    """The money is promised: the carrier will collect it at the door, or a store credit is set aside for all of it."""

    attempt_id: str
    order_id: str
    amount_minor: int
    currency: str
    at_the_door: bool = True


class CashCollected(Event, frozen=True, topic="payments.cash_collected.v1"):
    """A carrier has taken the cash of a parcel; it is not with us yet."""

    attempt_id: str
    order_id: str
    part: str
    amount_minor: int
    currency: str


class CashRemitted(Event, frozen=True, topic="payments.cash_remitted.v1"):
    """A carrier has paid out the cash of a parcel: money that came in."""

    attempt_id: str
    order_id: str
    part: str
    amount_minor: int
    currency: str


class StoreCreditIssued(Event, frozen=True, topic="payments.store_credit_issued.v1"):
    """A buyer got store credit instead of money; the mail tells its code."""

    credit_id: str
    order_id: str
    amount_minor: int
    currency: str


class PaymentCaptured(Event, frozen=True, topic="payments.payment_captured.v1"):
    """The whole amount of an attempt came in."""

    attempt_id: str
    order_id: str
    amount_minor: int
    currency: str


class PaymentMismatched(Event, frozen=True, topic="payments.payment_mismatched.v1"):
    """Money came in, but not the amount that was asked for: booked, kept, and never a confirmed order by itself."""

    attempt_id: str
    order_id: str
    expected_minor: int
    expected_currency: str
    captured_minor: int
    captured_currency: str


class PaymentFailed(Event, frozen=True, topic="payments.payment_failed.v1"):
    """An attempt ended without money; `refusal` is a code whose words are in `engine.refusals`."""

    attempt_id: str
    order_id: str
    refusal: str


class RefundRequested(Event, frozen=True, topic="payments.refund_requested.v1"):
    """Money is to go back; the provider is told outside this transaction."""

    refund_id: str
    order_id: str
    amount_minor: int
    currency: str


class RefundDone(Event, frozen=True, topic="payments.refund_done.v1"):
    """Money went back, by the way that `tender` names."""

    refund_id: str
    attempt_id: str
    order_id: str
    amount_minor: int
    currency: str
    tender: str = "original"
