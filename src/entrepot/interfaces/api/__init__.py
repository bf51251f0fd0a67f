"""The API of machines below /api/v1: OpenAPI 3.1, scoped keys, problem+json. It translates, makes one call, translates back.

What pydantic and django-ninja cost to import is paid at the first call (`door`), not when the shop starts.
"""
