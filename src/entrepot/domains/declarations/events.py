"""Events of declarations; the aggregate is `order:<public id>`."""

from entrepot.kernel.event import Event


class DatasetStored(Event, frozen=True, topic="declarations.dataset_stored.v1"):
    """A customs dataset was stored, or a new version of it because the money or the goods' data changed."""

    dataset_id: str
    order_id: str
    consignment_ref: str
    version: int
    package: int = 1


class InvoiceIssued(Event, frozen=True, topic="declarations.invoice_issued.v1"):
    """A commercial invoice was issued for a dataset."""

    order_id: str
    consignment_ref: str
    number: str
    document_id: str
