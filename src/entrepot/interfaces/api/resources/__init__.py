"""What the API is about: each module translates, makes one call to a query, service or flow, and translates back."""
