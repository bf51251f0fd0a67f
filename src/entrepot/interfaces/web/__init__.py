"""What all doors share: templates, components, template tags, locale and market middleware. Knows no door."""
