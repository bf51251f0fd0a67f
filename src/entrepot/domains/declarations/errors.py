"""What can go wrong with customs papers.

InvalidInput
└── CustomsDataMissing    a required customs field is empty or only assumed; names SKU, field and where to mend it
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
        " This parcel has %(count)s such fields."
    )


class NoDataset(NotFound):
    """Nothing was packed yet. Params: kind, key."""

    code = "NO_DATASET"
    sentence = N_("There is no %(kind)s for %(key)s yet. Pack the goods first.")
