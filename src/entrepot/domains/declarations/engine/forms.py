"""What the postal customs declarations CN 22 and CN 23 say, as texts in their places.

Boxes and captions follow the forms of the Universal Postal Union, in its two languages: English above, French below
(`caption|légende`). Our drawing of them is `templates/cn22.typ` and `templates/cn23.typ`. The seller's numbers of a scheme
(IOSS) and its EORI stand on neither: they travel with the electronic data to the declarant alone.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from babel import Locale

from entrepot.domains.declarations.types import DatasetGoods, DatasetLine, Parties, Party
from entrepot.kernel.money import Money, exponent

_COUNTRIES = Locale("en").territories

CATEGORIES = (
    ("gift", "Gift|Cadeau"),
    ("documents", "Documents|Documents"),
    ("sale", "Sale of goods|Vente de marchandises"),
    ("sample", "Commercial sample|Échantillon commercial"),
    ("returned", "Returned goods|Retour de marchandise"),
    ("other", "Other|Autre"),
)

CN22_WORDS = {
    "title": "CUSTOMS DECLARATION|DÉCLARATION EN DOUANE",
    "opened": "May be opened officially|Peut être ouvert d'office",
    "important": "Important: see instructions of the post|Important: voir les instructions de la poste",
    "from": "From|De",
    "to": "To|À",
    "customs_reference": "Sender's customs reference|Référence douane de l'expéditeur",
    "importer_reference": "Importer's reference|Référence de l'importateur",
    "columns": [
        "Quantity|Quantité",
        "Detailed description of contents|Description détaillée du contenu",
        "Net weight (kg)|Poids net (kg)",
        "Value and currency|Valeur et monnaie",
        "HS tariff number*|N° tarifaire du SH*",
        "Country of origin*|Pays d'origine*",
    ],
    "commercial": "* For commercial items|* Pour les envois commerciaux",
    "weight": "Total weight (kg)|Poids total (kg)",
    "value": "Total value|Valeur totale",
    "declare": "I, the undersigned, whose name and address are given on the item, certify that the particulars given in"
    " this declaration are correct and that this item does not contain any dangerous article or articles prohibited by"
    " legislation or by postal or customs regulations.",
    "signature": "Date and sender's signature|Date et signature de l'expéditeur",
}

CN23_WORDS = {
    "title": "CUSTOMS DECLARATION|DÉCLARATION EN DOUANE",
    "opened": "May be opened officially|Peut être ouvert d'office",
    "from": "From|De",
    "to": "To|À",
    "item": "No. of item (barcode, if any)|N° de l'envoi (code à barres, s'il existe)",
    "customs_reference": "Sender's customs reference (if any)|Référence douane de l'expéditeur (si elle existe)",
    "importer_reference": "Importer's reference (tax code/VAT No./importer code, optional)|Référence de l'importateur"
    " (code fiscal/n° de TVA/code de l'importateur, facultatif)",
    "importer_phone": "Importer's telephone/fax/e-mail (if known)|N° de téléphone/fax/e-mail de l'importateur (si connus)",
    "name": "Name|Nom",
    "business": "Business|Société",
    "street": "Street|Rue",
    "town": "Postcode and city|Code postal et ville",
    "country": "Country|Pays",
    "phone": "Telephone|Téléphone",
    "columns": [
        "Detailed description of contents (1)|Description détaillée du contenu",
        "Quantity (2)|Quantité",
        "Net weight (3) (kg)|Poids net (kg)",
        "Value (5)|Valeur",
        "HS tariff number (7)|N° tarifaire du SH",
        "Country of origin of goods (8)|Pays d'origine des marchandises",
    ],
    "commercial": "For commercial items only|Pour les envois commerciaux seulement",
    "gross": "Total gross weight (4) (kg)|Poids brut total (kg)",
    "value": "Total value (6)|Valeur totale",
    "postage": "Postal charges/fees (9)|Frais de port/frais",
    "category": "Category of item (10)|Catégorie de l'envoi",
    "explanation": "Explanation|Explication",
    "comments": "Comments (11): goods subject to quarantine, sanitary/phytosanitary inspection or other restrictions|"
    "Observations: marchandise soumise à la quarantaine/à des contrôles sanitaires, phytosanitaires ou à d'autres restrictions",
    "licence": "Licence (12) No(s).|Licence N°(s)",
    "certificate": "Certificate (13) No(s).|Certificat N°(s)",
    "invoice": "Invoice (14) No.|Facture N°",
    "office": "Office of origin/date of posting|Bureau d'origine/date de dépôt",
    "declare": "I certify that the particulars given in this customs declaration are correct and that this item does not"
    " contain any dangerous article or articles prohibited by legislation or by postal or customs regulations.|Je certifie"
    " que les renseignements donnés dans la présente déclaration en douane sont exacts et que cet envoi ne contient aucun"
    " objet dangereux ou interdit par la législation ou la réglementation postale ou douanière.",
    "signature": "Date and sender's signature (15)|Date et signature de l'expéditeur",
    "page": "Page|Page",
}


def cn22_content(
    goods: DatasetGoods, parties: Parties, *, item_number: str, posted_on: dt.date, category: str = "sale"
) -> dict[str, Any]:
    """Return the content of a CN 22. `item_number` "" leaves the place of the bar code empty."""
    return {
        **_common(goods, parties, item_number, posted_on, category),
        "words": CN22_WORDS,
        "form": "CN 22",
        "weight": _kg(goods.gross_mass_g),
    }


def cn23_content(
    goods: DatasetGoods,
    parties: Parties,
    *,
    item_number: str,
    posted_on: dt.date,
    invoice_number: str = "",
    office: str = "",
    category: str = "sale",
) -> dict[str, Any]:
    """Return the content of a CN 23. Postal charges are the freight the buyer paid for this parcel."""
    return {
        **_common(goods, parties, item_number, posted_on, category),
        "words": CN23_WORDS,
        "form": "CN 23",
        "weight": _kg(goods.gross_mass_g),
        "postage": f"{goods.currency} {_amount(goods.freight_minor, goods.currency)}",
        "invoice": invoice_number,
        "office": office,
        "comments": "",
        "licence": "",
        "certificate": "",
        "explanation": f"{goods.incoterm} ({_duties(goods)})",
    }


def _duties(goods: DatasetGoods) -> str:
    return (
        "duties and taxes paid by the sender"
        if goods.incoterm == "DDP"
        else "duties and taxes to be paid by the addressee"
    )


def _common(
    goods: DatasetGoods, parties: Parties, item_number: str, posted_on: dt.date, category: str
) -> dict[str, Any]:
    references = list(parties.consignee.tax_ids.values())
    return {
        "title": f"{item_number or goods.order_number}",
        "item_number": item_number,
        "sender": _party(parties.dispatch, parties.seller),
        "receiver": _party(parties.consignee, parties.consignee),
        "customs_reference": f"{goods.order_number}/{goods.package}" if goods.packages > 1 else goods.order_number,
        "importer_reference": references[0] if references else "",
        "importer_phone": parties.consignee.phone,
        "categories": [[words, key == category] for key, words in CATEGORIES],
        "lines": [_line(line, goods.currency) for line in goods.lines],
        "value": f"{goods.currency} {_amount(goods.goods_minor, goods.currency)}",
        "signed": f"{posted_on.isoformat()}, {parties.seller.name}",
        "posted_on": posted_on.isoformat(),
    }


def _line(line: DatasetLine, currency: str) -> dict[str, str]:
    return {
        "description": line.description,
        "quantity": str(line.quantity),
        "mass": _kg(line.net_mass_g),
        "value": f"{currency} {_amount(line.goods_minor, currency)}",
        "hs": " ".join(part for part in (line.hs_code[:4], line.hs_code[4:6], line.hs_code[6:]) if part),
        "origin": line.origin,
    }


def _party(where: Party, who: Party) -> dict[str, Any]:
    return {
        "name": who.name,
        "local_name": who.local_name,
        "business": where.name if where.name != who.name else "",
        "lines": list(where.lines),
        "country": str(_COUNTRIES.get(where.country, where.country)),
        "phone": who.phone,
    }


def _amount(minor: int, currency: str) -> str:
    return f"{Money(minor, currency).decimal():,.{exponent(currency)}f}"


def _kg(mass_g: int) -> str:
    return f"{Decimal(mass_g) / 1000:,.3f}"
