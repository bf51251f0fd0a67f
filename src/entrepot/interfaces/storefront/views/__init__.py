"""The pages of the shop, a module per place."""
