"""What tells one version of a text from another."""

# An expression over `catalogue_producttext t`: the same wherever a text is read and wherever it is written over.
TEXT_MARK = "md5(ROW(t.title, t.description, t.maker_place, t.option_name, t.attributes, t.provenance)::text)"
