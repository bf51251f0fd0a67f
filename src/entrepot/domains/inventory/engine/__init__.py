"""The rules of inventory, pure: which warehouses send what."""
