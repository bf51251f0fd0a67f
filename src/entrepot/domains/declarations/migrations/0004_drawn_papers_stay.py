"""Drawn papers are never rewritten."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER paper_append_only BEFORE UPDATE OR DELETE ON declarations_paper
    FOR EACH ROW EXECUTE FUNCTION declarations_refuse_rewrite();
"""
BACKWARD = "DROP TRIGGER paper_append_only ON declarations_paper;"


class Migration(migrations.Migration):
    dependencies = [("declarations", "0003_papers_and_receivers")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
