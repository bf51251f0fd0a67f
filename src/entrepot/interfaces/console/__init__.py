"""The console: where staff see and settle everything. Pages over queries, services and flows; knows no other door.

Every page is complete without scripts; `static/console/console.js` adds keys. What a role may not do is not shown as a
button but said with who may; the services check again.
"""
