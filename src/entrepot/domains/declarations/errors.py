"""What can go wrong with customs papers.

InvalidInput
└── CustomsDataMissing        a required customs field is empty, vague or only assumed; names SKU, field, where to mend it
    └── ReceiverIdMissing     customs of the destination ask for a number of the receiver that nobody recorded
NotFound
└── NoDataset             the consignment was never packed, so there is nothing to declare yet
"""

from entrepot.kernel.errors import N_, InvalidInput, NotFound


class CustomsDataMissing(InvalidInput):
    """A required customs field is empty or only assumed. Params: sku, field, problem, where, count."""

    code = "CUSTOMS_DATA_MISSING"
    status = 409
    sentence = N_(
        "%(sku)s cannot be labelled: its %(field)s is %(problem)s. Confirm it under %(where)s, then try again."
        " Fields of this parcel to mend: %(count)s."
    )


class ReceiverIdMissing(CustomsDataMissing):
    """Customs of the destination ask for a number of the receiver. Params: order_id, name, where."""

    code = "RECEIVER_ID_MISSING"
    sentence = N_(
        "This parcel cannot be labelled: customs of its destination ask for the receiver's %(name)s, and nobody has"
        " recorded it. Ask the buyer, enter it under %(where)s, then try again."
    )


class NoDataset(NotFound):
    """Nothing was packed yet. Params: kind, key."""

    code = "NO_DATASET"
    sentence = N_("There is no %(kind)s for %(key)s yet. Pack the goods first.")
