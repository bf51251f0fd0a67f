"""The rules of tax, pure: a consignment with its duty and a frozen rule set in, tax per line out."""
