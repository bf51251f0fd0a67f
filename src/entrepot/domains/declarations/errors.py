"""What can go wrong with customs papers.

InvalidInput
└── CustomsDataMissing        a required customs field is empty, vague or only assumed; names SKU, field, where to mend it
    ├── ReceiverIdMissing     customs of the destination ask for a number of the receiver that nobody recorded
    ├── RecordIncomplete      a field of an electronic declaration of the destination breaks its rule
    └── IncotermChanged       the service ships under another incoterm today than the parcel was sold under
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


class RecordIncomplete(CustomsDataMissing):
    """A declaration would be refused. Params: order_id, record, field, problem, where, sku, fact, count."""

    code = "RECORD_INCOMPLETE"
    sentence = N_(
        "This parcel cannot be labelled: in its declaration “%(record)s” the field “%(field)s” is %(problem)s."
        " Mend it under %(where)s, then try again. Fields of this declaration to mend: %(count)s."
    )


class IncotermChanged(CustomsDataMissing):
    """Sold terms are not those of the service. Params: key, sold, shipped, service, count."""

    code = "INCOTERM_CHANGED"
    sentence = N_(
        "%(key)s cannot be labelled: it was sold %(sold)s, but “%(service)s” ships %(shipped)s on this lane today, and the"
        " buyer would be asked for other charges than were agreed. Set the rate card's incoterm to %(sold)s under"
        " Console → Lanes and rate cards, or give the order back."
    )


class NoDataset(NotFound):
    """Nothing was packed yet. Params: kind, key."""

    code = "NO_DATASET"
    sentence = N_("There is no %(kind)s for %(key)s yet. Pack the goods first.")
