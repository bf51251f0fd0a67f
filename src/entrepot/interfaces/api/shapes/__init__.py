"""What goes in and comes out, as pydantic models: the document is made of their names, fields and words."""
