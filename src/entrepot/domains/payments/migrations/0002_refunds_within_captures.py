"""The database keeps refunds within captures, and lets neither be deleted or its amount be changed."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION payments_count_refund() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE delta bigint := 0;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.amount_minor <> OLD.amount_minor OR NEW.capture_id <> OLD.capture_id THEN
            RAISE EXCEPTION 'the amount of a refund is never changed' USING ERRCODE = 'restrict_violation';
        END IF;
        IF OLD.state <> 'failed' THEN delta := delta - OLD.amount_minor; END IF;
    END IF;
    IF NEW.state <> 'failed' THEN delta := delta + NEW.amount_minor; END IF;
    IF delta <> 0 THEN
        UPDATE payments_capture SET refunded_minor = refunded_minor + delta WHERE id = NEW.capture_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refund_counted AFTER INSERT OR UPDATE ON payments_refund
    FOR EACH ROW EXECUTE FUNCTION payments_count_refund();

CREATE FUNCTION payments_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is never deleted or rewritten', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER refund_stays BEFORE DELETE ON payments_refund
    FOR EACH ROW EXECUTE FUNCTION payments_refuse_rewrite();
CREATE TRIGGER capture_stays BEFORE DELETE ON payments_capture
    FOR EACH ROW EXECUTE FUNCTION payments_refuse_rewrite();
CREATE TRIGGER capture_amount_stays BEFORE UPDATE OF amount_minor, currency, attempt_id ON payments_capture
    FOR EACH ROW EXECUTE FUNCTION payments_refuse_rewrite();
"""
BACKWARD = """
DROP TRIGGER capture_amount_stays ON payments_capture;
DROP TRIGGER capture_stays ON payments_capture;
DROP TRIGGER refund_stays ON payments_refund;
DROP TRIGGER refund_counted ON payments_refund;
DROP FUNCTION payments_refuse_rewrite();
DROP FUNCTION payments_count_refund();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
