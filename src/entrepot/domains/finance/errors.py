"""Errors of finance.

DataFault
└── InvoiceBreaksRule   a tax document breaks a rule, so it is not issued
NotFound
├── NoSuchReturn        there is no such return or form
└── NoSuchInvoice       no invoice or credit note has this number
Conflict
├── NoXml               the norm has no words for what a document says
├── ReturnFiled         a period's return is filed and never changes
├── ReturnNotFiled      only a filed return can be paid
├── PeriodNotOver       a return is filed once its period is over
├── ReturnOutdated      something came in since a return was computed
├── BillLineBooked      a line of a carrier's bill is booked or withdrawn already
├── BillLineNotBooked   a line of a carrier's bill was withdrawn already
└── NoConsignment       no consignment fits what a bill names
"""

from entrepot.kernel.errors import N_, Conflict, DataFault, NotFound


class InvoiceBreaksRule(DataFault):
    """A document breaks a rule of EN 16931 or of ours. Params: order, rule, why, more."""

    code = "INVOICE_BREAKS_RULE"
    sentence = N_(
        "The invoice of order %(order)s breaks rule %(rule)s: %(why)s It was not issued and took no number;"
        " mend the data, then send the event again. Other rules it breaks: %(more)s."
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


class NoSuchReturn(NotFound):
    """There is no such return, or form of one. Params: kind, key."""

    code = "NO_SUCH_RETURN"
    sentence = N_("There is no %(kind)s %(key)s among the tax returns.")


class ReturnFiled(Conflict):
    """A return of this period is filed. Params: form, jurisdiction, period."""

    code = "RETURN_FILED"
    sentence = N_(
        "The return %(form)s of %(jurisdiction)s for %(period)s is filed and never changes. What came later goes into the next"
        " period's return."
    )


class ReturnNotFiled(Conflict):
    """A draft cannot be paid."""

    code = "RETURN_NOT_FILED"
    sentence = N_("This return is a draft. Record that it was filed before its payment.")


class PeriodNotOver(Conflict):
    """A period runs still. Params: period, until."""

    code = "PERIOD_NOT_OVER"
    sentence = N_("%(period)s runs until %(until)s; sales may still come. File the return after that day.")


class RateNotPublished(Conflict):
    """A draft was computed with an exchange rate that is not the form's. Params: currency, day, used."""

    code = "RATE_NOT_PUBLISHED"
    sentence = N_(
        "The exchange rate of %(currency)s for %(day)s is not known here yet; this draft was computed with that of %(used)s."
        " Load the published rates, compute the return anew, then file it."
    )


class ReturnOutdated(Conflict):
    """Records came in since a draft was computed, or a newer draft exists. Params: period."""

    code = "RETURN_OUTDATED"
    sentence = N_(
        "Something came in for %(period)s since this draft was computed. Compute it anew, look at it, then file it."
    )
