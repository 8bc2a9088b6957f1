"""``results.svg``: groups of bars, each with its own scale. Independent of Odoo and libraries."""

from html import escape

from .report import format_number

WIDTH, LABEL, VALUE = 760, 230, 90  # pixels: total, left of the bars, right of them
BAR, GAP, TITLE = 20, 6, 34
COLORS = {"floor": "#9aa0a6", "no add-on": "#9aa0a6", "base_automation": "#d98c5f"}
OURS = "#714b67"
STYLE = "text{font:13px sans-serif;fill:#222}.t{font-weight:600}"


def draw(charts):
    """Return an SVG with one group of bars for each chart.

    :param list charts: as of ``timing.chart``
    """
    parts, top = [], 10
    for chart in charts:
        parts.append(f'<text class="t" x="10" y="{top + 18}">{escape(chart["title"])}</text>')
        top += TITLE
        longest = max((value for _label, value in chart["bars"]), default=0) or 1
        for label, value in chart["bars"]:
            parts += _draw_bar(top, label, value, value / longest, chart["unit"])
            top += BAR + GAP
        top += GAP
    size = f'viewBox="0 0 {WIDTH} {top}" width="{WIDTH}" height="{top}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
    background = f'<rect width="{WIDTH}" height="{top}" fill="#fff"/>'
    return "\n".join([head, f"<style>{STYLE}</style>", background, *parts, "</svg>", ""])


def _draw_bar(top, label, value, share, unit):
    color = next((color for name, color in COLORS.items() if label.startswith(name)), OURS)
    length = max(share * (WIDTH - LABEL - VALUE), 1)
    middle = top + BAR - 6
    return [
        f'<text x="{LABEL - 8}" y="{middle}" text-anchor="end">{escape(label)}</text>',
        f'<rect x="{LABEL}" y="{top}" width="{length:.1f}" height="{BAR}" fill="{color}"/>',
        f'<text x="{LABEL + length + 6:.1f}" y="{middle}">{format_number(value)} {escape(unit)}</text>',
    ]
