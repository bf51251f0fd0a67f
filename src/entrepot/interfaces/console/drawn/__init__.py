"""Forms and tables drawn from declared arguments: a plain record needs no page of its own.

`fields` turns the signature of a write into fields and what was typed into values; `columns` turns the return type of a
read into a table; `pages` is the list of what appears (nothing appears by itself); `single` are bulk writes asked for one
row. Nothing here knows HTTP.
"""
