"""A party's balance keeps its side. A trigger, for a check would also refuse the row that an upsert proposes but never writes."""

from django.db import migrations

FORWARD = """
ALTER TABLE ledger_partybalance DROP CONSTRAINT IF EXISTS party_balance_side;
CREATE FUNCTION ledger_refuse_overdraft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.side = 'credit' AND NEW.balance_minor > 0) OR (NEW.side = 'debit' AND NEW.balance_minor < 0) THEN
        RAISE EXCEPTION 'the balance of % would leave its side', NEW.party
            USING ERRCODE = 'check_violation', CONSTRAINT = 'party_balance_side', DETAIL = 'party_balance_side';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER party_balance_side AFTER INSERT OR UPDATE ON ledger_partybalance
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_overdraft();
"""
BACKWARD = """
DROP TRIGGER party_balance_side ON ledger_partybalance;
DROP FUNCTION ledger_refuse_overdraft();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_books_refuse")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
