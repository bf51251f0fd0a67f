"""Errors of finance.

DataFault
└── InvoiceBreaksRule   a tax document breaks a rule, so it is not issued
NotFound
└── NoSuchInvoice       no invoice or credit note has this number
Conflict
├── NoXml               the norm has no words for what a document says
├── BillLineBooked      a line of a carrier's bill is booked or withdrawn already
├── BillLineNotBooked   a line of a carrier's bill was withdrawn already
└── NoConsignment       no consignment fits what a bill names
"""

from entrepot.kernel.errors import N_, Conflict, DataFault, NotFound


class InvoiceBreaksRule(DataFault):
    """A document breaks a rule of EN 16931 or of ours. Params: order, rule, what, more."""

    code = "INVOICE_BREAKS_RULE"
    sentence = N_(
        "The invoice of order %(order)s breaks rule %(rule)s: %(what)s It was not issued and took no number;"
        " mend the data, then send the event again. %(more)s"
    )


class NoSuchInvoice(NotFound):
    """No invoice or credit note bears a number. Params: kind, key."""

    code = "NO_SUCH_INVOICE"
    sentence = N_("There is no invoice or credit note %(key)s.")


class NoXml(Conflict):
    """A document cannot be written in the norm. Params: number, why."""

    code = "NO_INVOICE_XML"
    sentence = N_("%(number)s has no XML file: %(why)s The PDF is the invoice.")


class BillLineBooked(Conflict):
    """A line of a bill is not to be matched any more. Params: bill, line, state."""

    code = "BILL_LINE_BOOKED"
    sentence = N_("Line %(line)s of bill %(bill)s is %(state)s already; withdraw it first if its match was wrong.")


class BillLineNotBooked(Conflict):
    """A line of a bill was withdrawn before. Params: bill, line, state."""

    code = "BILL_LINE_NOT_BOOKED"
    sentence = N_("Line %(line)s of bill %(bill)s was withdrawn before; nothing was changed.")


class NoConsignment(Conflict):
    """No consignment fits what a bill names. Params: reference."""

    code = "NO_CONSIGNMENT"
    sentence = N_(
        "No parcel or shipment bears the number %(reference)s. Match the line by hand with the order it is for."
    )
