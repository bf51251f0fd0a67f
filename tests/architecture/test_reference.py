"""The generated reference says what the code says, and every setting is explained."""

from tools import reference


def test_reference_pages_are_fresh():
    assert reference.stale() == []


def test_a_stale_page_is_seen(tmp_path):
    (tmp_path / "errors.md").write_text("old")
    assert "errors.md" in reference.stale(tmp_path)


def test_every_setting_is_explained():
    unexplained = [line for line in reference.settings_page().splitlines() if line.startswith("| `") and "|  |" in line]
    assert unexplained == []


def test_every_event_port_and_permission_is_explained():
    for page in (reference.events_page(), reference.permissions_page(), reference.ports_page()):
        assert "|  | `" not in page and ": |" not in page
