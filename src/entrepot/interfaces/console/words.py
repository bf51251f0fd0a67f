"""Codes as words: states with their tone, steps of a timeline as sentences, permissions as deeds.

Everything here is a message id or made of message ids; an unknown code is shown as it is, so that a new state of a
domain is at least readable before somebody has put it into words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from entrepot.interfaces.console.deeds import DEEDS
from entrepot.kernel.errors import N_

# code → (words, tone)
STATES: dict[str, dict[str, tuple[str, str]]] = {
    "order": {
        "placed": (N_("Waiting for payment"), "warn"),
        "confirmed": (N_("Paid, to be shipped"), "warn"),
        "shipped": (N_("On its way"), "info"),
        "delivered": (N_("Delivered"), "good"),
        "refused": (N_("Refused at the door"), "bad"),
        "cancelled": (N_("Cancelled"), ""),
        "expired": (N_("Lapsed unpaid"), ""),
    },
    "shipment": {
        "to_pick": (N_("To pick"), "warn"),
        "picked": (N_("To pack"), "warn"),
        "packed": (N_("To ship"), "warn"),
        "shipped": (N_("On its way"), "info"),
        "delivered": (N_("Delivered"), "good"),
        "refused": (N_("Refused at the door"), "bad"),
        "returned": (N_("Back in the warehouse"), ""),
        "cancelled": (N_("Cancelled"), ""),
    },
    "attempt": {
        "started": (N_("Payment asked for"), "info"),
        "pending": (N_("Not settled yet"), "warn"),
        "action_needed": (N_("Buyer must act"), "warn"),
        "accepted": (N_("Promised, not here yet"), "warn"),
        "captured": (N_("Money is here"), "good"),
        "failed": (N_("Refused"), "bad"),
        "cancelled": (N_("Called off"), ""),
        "expired": (N_("Lapsed"), ""),
    },
    "refund": {
        "requested": (N_("Refund on its way"), "warn"),
        "done": (N_("Refunded"), "good"),
        "failed": (N_("Refund refused"), "bad"),
    },
    "message": {
        "queued": (N_("Waiting to be sent"), "info"),
        "sent": (N_("Sent"), "good"),
        "failed": (N_("Could not be sent"), "bad"),
        "skipped": (N_("Given up"), ""),
    },
    "file_import": {
        "sent": (N_("Preview is being made"), "info"),
        "previewed": (N_("To be confirmed"), "warn"),
        "confirmed": (N_("Is being brought in"), "info"),
        "done": (N_("Brought in"), "good"),
        "failed": (N_("Could not be read"), "bad"),
    },
    "quote": {
        "open": (N_("Still open"), "info"),
        "placed": (N_("Ordered"), "good"),
        "expired": (N_("Lapsed"), ""),
    },
    "parcel": {
        "booked": (N_("Label printed"), "info"),
        "handed_over": (N_("Handed over"), "info"),
        "in_transit": (N_("On its way"), "info"),
        "at_customs": (N_("At customs"), "warn"),
        "cleared": (N_("Cleared by customs"), "info"),
        "out_for_delivery": (N_("Out for delivery"), "info"),
        "delivered": (N_("Delivered"), "good"),
        "refused": (N_("Refused at the door"), "bad"),
        "returned": (N_("Back in the warehouse"), ""),
        "exception": (N_("Something is in the way"), "bad"),
        "voided": (N_("Label voided"), ""),
    },
    "account": {
        "asset": (N_("Asset"), ""),
        "liability": (N_("Liability"), ""),
        "income": (N_("Income"), ""),
        "expense": (N_("Expense"), ""),
    },
    "charge": {
        "goods": (N_("Goods"), "goods"),
        "freight": (N_("Delivery"), "freight"),
        "insurance": (N_("Insurance"), "freight"),
        "duty": (N_("Duty"), "duty"),
        "fee": (N_("Fees"), "duty"),
        "tax": (N_("Tax"), "tax"),
    },
    "actor": {
        "buyer": (N_("Buyer"), ""),
        "staff": (N_("Staff"), ""),
        "key": (N_("Program"), ""),
        "system": (N_("System"), ""),
        "provider": (N_("Provider"), ""),
    },
    "api_key": {
        "public": (N_("public"), "info"),
        "secret": (N_("server"), "good"),
        "lapsed": (N_("Lapsed"), ""),
        "revoked": (N_("Revoked"), ""),
    },
    "webhook": {
        "active": (N_("Called"), "good"),
        "failing": (N_("Takes nothing at the moment"), "warn"),
        "paused": (N_("Paused"), "bad"),
    },
    "mail": {
        "order_placed": (N_("Waiting for payment"), ""),
        "pay_now": (N_("Link to pay"), ""),
        "store_credit": (N_("Store credit"), ""),
        "credit_back": (N_("Store credit has its money back"), ""),
        "refused": (N_("Parcel refused at the door"), ""),
        "order_confirmed": (N_("Order confirmed"), ""),
        "shipped": (N_("Parcel on its way"), ""),
        "delivered": (N_("Order has arrived"), ""),
        "cancelled": (N_("Order cancelled"), ""),
        "refunded": (N_("Money sent back"), ""),
        "late_money": (N_("Late money sent back"), ""),
        "webhook_paused": (N_("Webhook paused"), ""),
        "expired": (N_("Order lapsed"), ""),
        "staff_invited": (N_("Invitation to the console"), ""),
        "account_sign_up": (N_("Address to be confirmed"), ""),
        "account_known": (N_("Account exists already"), ""),
        "account_code": (N_("Code to log in"), ""),
        "account_reset": (N_("New password asked for"), ""),
        "account_changed": (N_("A way in has changed"), ""),
        "privacy_export": (N_("Personal data are ready"), ""),
        "privacy_erasure_asked": (N_("Deletion asked for"), ""),
        "privacy_erasure_off": (N_("Deletion called off"), ""),
        "privacy_erased": (N_("Account deleted"), ""),
    },
    "confidence": {
        "official": (N_("official"), "good"),
        "primary": (N_("official"), "good"),
        "secondary": (N_("second hand"), "warn"),
        "merchant": (N_("set by the merchant"), "warn"),
        "unverified": (N_("not verified"), "warn"),
        "demo": (N_("demo"), "info"),
        "dataset": (N_("data set"), "info"),
    },
    "scheme": {
        "oss": (N_("OSS"), ""),
        "ioss": (N_("IOSS"), ""),
        "domestic": (N_("domestic sale"), ""),
        "standard_import": (N_("ordinary import"), ""),
        "sales_tax": (N_("sales tax"), ""),
        "no_nexus": (N_("no sales tax duty there"), ""),
        "us_informal": (N_("informal entry"), ""),
        "us_formal": (N_("formal entry"), ""),
        "personal_shipment": (N_("personal shipment"), ""),
        "declaration": (N_("import declaration"), ""),
        "vat_at_sale": (N_("VAT at the sale"), ""),
        "low_value_goods": (N_("low value goods, taxed at the sale"), ""),
        "low_value_relief": (N_("import below the limit"), ""),
        "low_value_exemption": (N_("import below the limit"), ""),
        "courier_relief": (N_("import below the limit"), ""),
        "relief_import": (N_("import below the limit"), ""),
        "not_registered": (N_("seller not registered there"), ""),
        "reverse_charge": (N_("the business customer accounts for the tax"), ""),
        "intra_community": (N_("supply to a business in another member state"), ""),
        "marketplace": (N_("the marketplace collects"), ""),
        "marketplace_inside": (N_("the marketplace collects"), ""),
        "ioss_marketplace": (N_("IOSS of the marketplace"), ""),
        "vat_at_sale_marketplace": (N_("VAT at the sale, by the marketplace"), ""),
        "low_value_goods_marketplace": (N_("low value goods, taxed by the marketplace"), ""),
        "voec_marketplace": (N_("VOEC of the marketplace"), ""),
        "platform": (N_("the platform collects"), ""),
        "remessa_conforme": ("Remessa Conforme", ""),
        "voec": ("VOEC", ""),
        "mail_order": (N_("mail order, taxed at the sale"), ""),
        "one_rate": (N_("one rate for duty and tax"), ""),
        "H7": ("H7", ""),
        "H1": ("H1", ""),
    },
    "method": {
        "card": (N_("Card"), ""),
        "code": (N_("Payment code"), ""),
        "redirect": (N_("Bank transfer"), ""),
        "cash_on_delivery": (N_("Cash on delivery"), ""),
        "store_credit": (N_("Store credit"), ""),
    },
    "carrier": {
        "sandbox": (N_("Sandbox carrier"), ""),
        "sandbox_post": (N_("Sandbox post"), ""),
        "post": (N_("Post"), ""),
    },
    "provider": {
        "sandbox": (N_("sandbox"), ""),
        "house": (N_("the shop itself"), ""),
    },
    "importer": {
        "buyer": (N_("the buyer"), ""),
        "seller": (N_("the seller"), ""),
        "carrier": (N_("the carrier"), ""),
        "none": (N_("nobody, nothing is imported"), ""),
    },
    "reason": {
        "no_federal_sales_tax": (N_("there is no federal sales tax"), ""),
        "no_state_sales_tax": (N_("the state has no sales tax"), ""),
        "free_circulation": (N_("free circulation, nothing is imported"), ""),
        "not_registered_in_state": (N_("not registered in the state"), ""),
        "below_threshold": (N_("below the limit"), ""),
        "exempt_below_limit": (N_("free below the limit"), ""),
        "below_collection_minimum": (N_("too small to be collected"), ""),
        "zero_rated": (N_("taxed at nought"), ""),
        "reverse_charge": (N_("the business customer accounts for it"), ""),
        "intra_community_supply": (N_("the business customer accounts for it in its own country"), ""),
        "seller_not_registered": (N_("the seller is not registered there"), ""),
        "in_one_rate": (N_("held in the duty at one rate"), ""),
        "rounded_on_total": (N_("its share of a sum rounded once"), ""),
        "inside_the_price": (N_("the rate is a share of the price with the tax"), ""),
        "after_deduction": (N_("after the deduction of the law"), ""),
        "free_movement": (N_("goods move freely"), ""),
        "order_cancelled": (N_("the order was cancelled"), ""),
        "sold_out_meanwhile": (N_("sold out meanwhile"), ""),
        "paid_twice": (N_("paid twice"), ""),
        "amount_differs": (N_("another amount than asked for"), ""),
        "release": (N_("taken out before it left"), ""),
        "return": (N_("goods are expected back"), ""),
        "goodwill": (N_("goodwill, nothing comes back"), ""),
        "refused": (N_("refused at the door"), ""),
    },
    "change": {
        "cancel": (N_("Cancelled"), ""),
        "release": (N_("Taken out before it left"), ""),
        "return": (N_("Given back, goods are expected"), ""),
        "goodwill": (N_("Goodwill"), ""),
        "refused": (N_("Refused at the door"), ""),
    },
    "tender": {
        "original": (N_("the way it came"), ""),
        "store_credit": (N_("store credit"), ""),
        "bank_transfer": (N_("bank transfer by hand"), ""),
    },
    "law": {
        "treatments": (N_("How a parcel is charged duty"), ""),
        "entries": (N_("Customs declarations"), ""),
        "fees": (N_("Fees of the border"), ""),
        "added_duties": (N_("Added duties by origin"), ""),
        "not_loaded": (N_("Duties that are not loaded"), ""),
        "merchant_duty": (N_("The merchant's own duty"), ""),
        "postal_specific": (N_("Duty by postal band"), ""),
        "tariff": (N_("Tariff rates"), ""),
        "tax_schemes": (N_("Tax schemes"), ""),
        "tax_rates": (N_("Tax rates"), ""),
        "tax_exemptions": (N_("Tax exemptions"), ""),
        "tax_nexus": (N_("Where tax must be collected"), ""),
        "tax_outside": (N_("Places outside the tax territory"), ""),
        "tax_further": (N_("Taxes beside the main one"), ""),
    },
    "customs": {
        "hs_code": (N_("HS code"), ""),
        "origin": (N_("Country of origin"), ""),
        "mass_g": (N_("Mass"), ""),
        "customs_description": (N_("Customs description"), ""),
        "length_mm": (N_("Length"), ""),
        "width_mm": (N_("Width"), ""),
        "height_mm": (N_("Height"), ""),
    },
    "movement": {
        "receive": (N_("Received into stock"), "good"),
        "adjust": (N_("Corrected after a count"), "warn"),
        "consume": (N_("Left the warehouse"), ""),
    },
    "warehouse": {
        "domestic": (N_("domestic"), ""),
        "bonded": (N_("bonded"), ""),
        "overseas": (N_("overseas"), ""),
        "third_party": (N_("third party"), ""),
    },
    "entry": {
        "capture": (N_("Money received"), ""),
        "sale": (N_("Sale"), ""),
        "tax_point": (N_("Tax due"), ""),
        "revenue": (N_("Revenue"), ""),
        "dispatch": (N_("Goods dispatched"), ""),
        "refund": (N_("Money sent back"), ""),
        "promise": (N_("Promised at the door"), ""),
        "remittance": (N_("Cash paid out by the carrier"), ""),
        "credit_spent": (N_("Store credit spent"), ""),
        "release": (N_("Goods taken out before they left"), ""),
        "return": (N_("Goods given back"), ""),
        "goodwill": (N_("Goodwill"), ""),
        "refused": (N_("Parcel refused at the door"), ""),
        "cancel": (N_("Sale called off"), ""),
        "reversal": (N_("Reversal"), ""),
        "bill": (N_("Carrier’s bill"), ""),
    },
    "tax_return": {
        "open": (N_("Not computed"), ""),
        "draft": (N_("Draft"), "warn"),
        "filed": (N_("Filed"), "good"),
        "paid": (N_("Paid"), "good"),
    },
    "tax_record": {
        "change": (N_("correction"), ""),
        "cancellation": (N_("cancelled"), ""),
        "marketplace": (N_("marketplace"), ""),
    },
    "bill": {
        "unmatched": (N_("To be matched"), "warn"),
        "posted": (N_("Booked"), "good"),
        "withdrawn": (N_("Withdrawn"), ""),
    },
    "bill_problem": {
        "NO_CONSIGNMENT": (N_("No parcel, shipment or order bears that number."), ""),
        "NO_RATE": (N_("No exchange rate of the bill’s day is known."), ""),
        "STALE_RATE": (N_("No exchange rate of the bill’s day is known."), ""),
        "PERIOD_CLOSED": (N_("The books of the bill’s day are closed."), ""),
        "": (N_("It was not tried yet."), ""),
    },
    "bill_match": {
        "tracking": (N_("by the parcel’s number"), ""),
        "shipment": (N_("by the shipment"), ""),
        "order": (N_("by the order’s number"), ""),
        "hand": (N_("by hand"), ""),
    },
    "replay": {
        "asked": (N_("Waiting for the worker"), "info"),
        "done": (N_("Done"), "good"),
        "failed": (N_("Could not be done"), "bad"),
    },
    "privacy": {
        "export": (N_("Copy of the data"), ""),
        "erasure": (N_("Deletion of the account"), ""),
    },
    "privacy_state": {
        "asked": (N_("open"), "warn"),
        "done": (N_("done"), "good"),
        "off": (N_("called off"), ""),
        "forgotten": (N_("done, the copy is deleted"), "good"),
    },
    "role": {
        "owner": (N_("Owner"), ""),
        "operator": (N_("Operator"), ""),
        "warehouse": (N_("Warehouse"), ""),
        "finance": (N_("Finance"), ""),
        "auditor": (N_("Auditor"), ""),
    },
}

# What a step of an order's timeline says; places are filled from its params.
STORY: dict[str, str] = {
    "placed": N_("Order placed, stock is held"),
    "confirmed": N_("Money is here, order confirmed, stock allocated"),
    "confirmed_late": N_("Money came late; stock was still there, order confirmed"),
    "expired": N_("Nobody paid in time, stock is free again"),
    "cancelled": N_("Order cancelled"),
    "shipped": N_("Everything has left the warehouse"),
    "delivered": N_("Everything has arrived"),
    "refused": N_("Every parcel was refused at the door"),
    "given_back": N_("Something was given back"),
    "parcel_refused": N_("Parcel refused at the door"),
    "parcel_returned": N_("Refused parcel is in the warehouse again, goods are back in stock"),
    "money_returned": N_("Money came too late and goes back in full"),
    "note": N_("Note"),
    "payment_started": N_("Payment asked for"),
    "payment_failed": N_("Payment refused"),
    "payment_captured": N_("Money is here"),
    "shipment_opened": N_("Parcel waits to be picked"),
    "shipment_picked": N_("Parcel picked"),
    "shipment_packed": N_("Parcel packed, papers drawn up"),
    "shipment_shipped": N_("Parcel handed to the carrier"),
    "shipment_dispatched": N_("Parcel handed to the carrier"),
    "shipment_delivered": N_("Parcel delivered"),
    "invoice_issued": N_("Commercial invoice drawn up"),
    "parcel_shipped": N_("Parcel handed to the carrier"),
    "parcel_delivered": N_("Parcel delivered"),
    "payment_mismatched": N_("Another amount came in than was asked for; somebody must decide"),
    "refund_requested": N_("Refund asked for"),
    "refund_done": N_("Money sent back"),
    "mail_queued": N_("Mail to the buyer queued"),
    "tracking": N_("News from the carrier"),
}


def word(kind: str, code: str) -> str:
    """Return the translated words of a code, or the code itself when nobody has put it into words."""
    found = STATES.get(kind, {}).get(code)
    return gettext(found[0]) if found else str(code).replace("_", " ")


def tone(kind: str, code: str) -> str:
    """Return the tag class of a code: good, warn, bad, info or "" (neutral)."""
    found = STATES.get(kind, {}).get(code)
    return f"tag-{found[1]}" if found and found[1] else ""


def story(kind: str, params: Mapping[str, Any] | None = None) -> str:
    """Return what a step of a timeline says, in the active language."""
    text = STORY.get(kind)
    if text is None:
        return kind.replace("_", " ").capitalize()
    try:
        return gettext(text) % (params or {})
    except (KeyError, TypeError, ValueError):
        return gettext(text)


def deed(permission: str) -> str:
    """Return what a permission lets one do, in the active language."""
    text = DEEDS.get(permission)
    return gettext(text) if text else permission
