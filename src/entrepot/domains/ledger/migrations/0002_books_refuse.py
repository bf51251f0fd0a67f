"""What the database refuses: entries out of balance, changes of what is posted, postings added later, closed days."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION ledger_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: post a reversal', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON ledger_journalentry
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_rewrite();
CREATE TRIGGER posting_append_only BEFORE UPDATE OR DELETE ON ledger_posting
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_rewrite();

-- The postings of one statement balance per entry, and belong to an entry of this very transaction.
CREATE FUNCTION ledger_refuse_unbalanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bad bigint;
BEGIN
    SELECT n.entry_id INTO bad FROM new_postings n GROUP BY n.entry_id HAVING sum(n.amount_minor) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % does not balance', bad
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_unbalanced',
                  DETAIL = 'ledger_entry_unbalanced';
    END IF;
    SELECT n.entry_id INTO bad FROM new_postings n JOIN ledger_journalentry e ON e.id = n.entry_id
    WHERE e.posted_at <> transaction_timestamp() LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % is already posted', bad USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER posting_balanced AFTER INSERT ON ledger_posting
    REFERENCING NEW TABLE AS new_postings FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_unbalanced();

-- The shared lock lets a closing wait for entries that are being posted.
CREATE FUNCTION ledger_refuse_closed_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext('ledger-close:' || NEW.entity_id::text));
    IF EXISTS (SELECT 1 FROM ledger_closedday c WHERE c.entity_id = NEW.entity_id AND NEW.date < c.before) THEN
        RAISE EXCEPTION 'the books are closed for %', NEW.date
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_day_closed', DETAIL = 'ledger_day_closed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER entry_day_open BEFORE INSERT ON ledger_journalentry
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_closed_day();
"""
BACKWARD = """
DROP TRIGGER entry_day_open ON ledger_journalentry;
DROP TRIGGER posting_balanced ON ledger_posting;
DROP TRIGGER posting_append_only ON ledger_posting;
DROP TRIGGER entry_append_only ON ledger_journalentry;
DROP FUNCTION ledger_refuse_closed_day();
DROP FUNCTION ledger_refuse_unbalanced();
DROP FUNCTION ledger_refuse_rewrite();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
