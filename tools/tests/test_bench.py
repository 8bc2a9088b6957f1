import xml.etree.ElementTree as ElementTree

from bench import plot, report, timing


def test_row_tells_median_and_spread():
    row = timing.row("Saving", [3, 1, 2], "ms", goal="≤ 2", met=True, note="20 queries")

    assert report.write_table([row]).splitlines()[2] == "| Saving | 2 ms | 1 to 3 | ≤ 2 | met. 20 queries |"


def test_single_measurement_has_no_spread():
    assert report.write_table([timing.row("Sweep", [0.5], "s")]).splitlines()[2] == "| Sweep | 0.500 s |  |  |  |"


def test_readme_names_machine_figures_and_caveats():
    section = {"title": "The clock", "rows": [timing.row("Sweep", [0.5], "s")]}

    text = report.write([section], {"Machine": "2 cores"}, {"batch": 500, "slow": 40})

    assert "- Machine: 2 cores" in text
    assert "## The clock" in text
    assert "batches of 500" in text


def test_missed_goals_are_told():
    rows = [timing.row("A", [1], "s", goal="< 2", met=True), timing.row("B", [3], "s", goal="< 2", met=False)]

    assert report.missed([{"title": "T", "rows": rows}]) == ["B: 3 s, goal < 2"]


def test_numbers_have_three_digits_that_count():
    numbers = [0.01234, 1.234, 12.34, 123.4, 1234.5, 7]

    assert [report.format_number(number) for number in numbers] == ["0.012", "1.23", "12.3", "123", "1,234", "7"]


def test_plot_is_svg_with_a_bar_for_each_value_and_the_longest_fills_it():
    charts = [timing.chart("A & B", "/s", [("floor", 50), ("crm_triggers", 100)])]

    root = ElementTree.fromstring(plot.draw(charts))

    bars = root.findall("{http://www.w3.org/2000/svg}rect")[1:]
    widths = [float(bar.get("width")) for bar in bars]
    assert widths == [widths[1] / 2, plot.WIDTH - plot.LABEL - plot.VALUE]


def test_plot_of_nothing_is_svg():
    ElementTree.fromstring(plot.draw([timing.chart("Nothing", "s", [])]))


def test_scaled_counts_are_never_below_their_least():
    assert timing.scaled(1000, 0.1) == 100
    assert timing.scaled(1000, 0.0001, 10) == 10
