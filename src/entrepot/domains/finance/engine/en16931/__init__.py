"""EN 16931: the rules of the norm over a frozen document, and its UBL 2.1 form. Pure.

`rules.broken` is asked before anything is issued; `ubl.document` writes what passed. Which rules of the norm have no counterpart
here, because the house never writes what they are about, stands in docs/domains/invoices.md.
"""
