"""The write watch refuses a planted foreign write."""

import pytest

from tests.architecture import write_watch


def planted(execute):
    code = (
        "def write(check, execute):\n    return check(execute, 'INSERT INTO orders_order VALUES (1)', [], False, {})\n"
    )
    scope = {"__name__": "entrepot.domains.catalogue.services"}
    exec(code, scope)
    return scope["write"](write_watch.watch({"orders", "catalogue"}), execute)


def test_a_foreign_write_is_refused():
    with pytest.raises(write_watch.ForeignWrite, match="catalogue writes orders_order"):
        planted(lambda *args: None)


@pytest.mark.parametrize(
    ("sql", "foreign"),
    [
        ("UPDATE catalogue_product SET x = 1", []),
        ('UPDATE "orders_order" SET x = 1', ["orders_order"]),
        (
            "WITH d AS (DELETE FROM orders_line RETURNING id) INSERT INTO catalogue_product SELECT * FROM d",
            ["orders_line"],
        ),
        ("SELECT * FROM orders_order FOR UPDATE", []),
        ("INSERT INTO infra_outboxevent VALUES (1)", []),
    ],
)
def test_tables_written_are_seen(sql, foreign):
    assert write_watch.foreign_tables(sql, "catalogue", {"orders", "catalogue"}) == foreign
