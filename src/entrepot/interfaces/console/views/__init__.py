"""The pages of the console, a module per part."""
