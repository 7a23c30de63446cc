"""The small tables of %ltx."""

from ltx_widgets.overview import DryRun, Page, Table, endpoints_table

ROWS = Table("Things", ("a", "bb"), (("1", "<2>"), ("333", "4")))


def test_a_table_is_aligned_text():
    """Columns are as wide as they must be, and no line ends in blanks."""
    assert repr(ROWS) == "Things\n  a    bb\n  1    <2>\n  333  4"


def test_a_table_is_html_without_markup_in_its_cells():
    """What stands in a cell is text."""
    assert "&lt;2&gt;" in ROWS._repr_html_()


def test_a_table_without_rows_says_so():
    """There is no table of nothing."""
    empty = Table("Jobs", ("id",), (), empty="none yet")

    assert repr(empty) == "Jobs: none yet"
    assert "none yet" in empty._repr_html_()


def test_a_page_is_a_line_and_tables():
    """Both forms hold both."""
    page = Page("Here & there", (ROWS,))

    assert repr(page).startswith("Here & there\n\nThings")
    assert page._repr_html_().startswith("<p>Here &amp; there</p><p><strong>Things")


def test_the_default_endpoint_is_marked():
    """One row is what a call without an endpoint uses."""
    states = [row[2] for row in endpoints_table().rows]

    assert states.count("default") == 1


def test_a_dry_run_reads_as_it_would_be_sent():
    """Endpoint, body, price, and that nothing was sent."""
    shown = repr(DryRun("fal-ai/x", {"prompt": "für"}, "$0.48"))

    assert shown == 'fal-ai/x\n{\n  "prompt": "für"\n}\n$0.48\nNot sent.'
