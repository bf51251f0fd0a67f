"""The rules of customs, pure: a consignment and a frozen rule set in, duty and fees out."""
