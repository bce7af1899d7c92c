"""Draw charts from the JSON of a benchmark: python3 tests/bench/charts.py FILE.json FOLDER

A point is {"chart", "x", "y", "store", "at", "value"}. Each chart becomes FOLDER/CHART.svg, a line a store, both axes
logarithmic: what matters is by how much the cost grows when something grows tenfold.
"""

import json
import math
import pathlib
import sys
from html import escape

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 70, 110, 34, 50
COLOURS = ("#1b6ca8", "#c2571a", "#3a7d44", "#7a3e9d")


def decades(numbers):
    """The powers of ten that enclose some numbers."""
    low = math.floor(math.log10(min(numbers)))
    high = math.ceil(math.log10(max(numbers)))
    return low, max(high, low + 1)


def short(power):
    """A power of ten as people write it: 1, 10, 100, 1 k, 10 k, ..."""
    for size, letter in ((6, " M"), (3, " k")):
        if power >= size:
            return f"{10 ** (power - size)}{letter}"
    return f"{10**power:g}"


class Axes:
    """Where a point of a chart lies on the sheet."""

    def __init__(self, points):
        self.x = decades([point["at"] for point in points])
        self.y = decades([point["value"] for point in points])

    def across(self, at):
        low, high = self.x
        return LEFT + (math.log10(at) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def up(self, value):
        low, high = self.y
        return HEIGHT - BOTTOM - (math.log10(value) - low) / (high - low) * (HEIGHT - TOP - BOTTOM)


def text(x, y, words, anchor="middle", colour="#333"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(words)}</text>'


def rule(x1, y1, x2, y2):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#ddd"/>'


def grid(axes):
    for power in range(axes.x[0], axes.x[1] + 1):
        x = axes.across(10**power)
        yield rule(x, TOP, x, HEIGHT - BOTTOM)
        yield text(x, HEIGHT - BOTTOM + 18, short(power))
    for power in range(axes.y[0], axes.y[1] + 1):
        y = axes.up(10**power)
        yield rule(LEFT, y, WIDTH - RIGHT, y)
        yield text(LEFT - 8, y + 4, short(power), "end")


def line(axes, points, colour):
    spots = [(axes.across(point["at"]), axes.up(point["value"])) for point in points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for (x, y), point in zip(spots, points):
        title = escape(f'{point["store"]}, {point["at"]}: {point["value"]:g}')
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"><title>{title}</title></circle>'
    yield text(spots[-1][0] + 8, spots[-1][1] + 4, points[0]["store"], "start", colour)


def draw(points):
    axes = Axes(points)
    parts = list(grid(axes))
    stores = list(dict.fromkeys(point["store"] for point in points))
    for store, colour in zip(stores, COLOURS):
        own = sorted((point for point in points if point["store"] == store), key=lambda point: point["at"])
        parts += line(axes, own, colour)
    parts.append(text(LEFT, TOP - 14, points[0]["y"], "start"))
    parts.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, points[0]["x"]))
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
        f' font-family="sans-serif" font-size="12">\n<rect width="100%" height="100%" fill="white"/>\n{body}\n</svg>\n'
    )


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    points = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    folder = pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for chart in dict.fromkeys(point["chart"] for point in points):
        own = [point for point in points if point["chart"] == chart]
        (folder / f"{chart}.svg").write_text(draw(own), encoding="utf-8")
        print(folder / f"{chart}.svg")


if __name__ == "__main__":
    main()
