"""The colours of all pictures, which are those of the report (synfer/report/colours.css).

- Stimuli, or places where offers have no names: the six hues, in the order of the data set's names; a reward
  has the colour of what it was paid for.
- Models: several runs have a hue each, in an order of their own; a single one has blue.
- Animals: thin and grey, their mean in the colour of ink.
- Signs: blue strengthens, orange weakens.

People who see fewer colours tell the hues apart (after Okabe and Ito), on white and on black.
"""

from __future__ import annotations

from typing import Any

from ._optional import needed

LIGHT = {
    "page": "#ffffff",
    "ink": "#1c2127",
    "quiet": "#545c66",
    "blue": "#0072b2",
    "orange": "#d55e00",
    "green": "#009e73",
    "purple": "#b0558a",
    "sky": "#3f9bd0",
    "amber": "#b97f00",
}
DARK = {
    "page": "#14171b",
    "ink": "#e6e9ed",
    "quiet": "#a9b1bb",
    "blue": "#56b4e9",
    "orange": "#f0883e",
    "green": "#2fc397",
    "purple": "#dd8fb9",
    "sky": "#8fd0f5",
    "amber": "#e6b23c",
}
STIMULI = ("blue", "orange", "green", "purple", "sky", "amber")
RUNS = ("purple", "amber", "sky", "green", "blue", "orange")
MARK = "blue"
ANIMALS = "quiet"
STRENGTHENS = "blue"
WEAKENS = "orange"

_DASHES = ("-", "--", ":", "-.")  # one a round of the hues, where there are more stimuli than hues


def colours(ax: Any) -> dict[str, str]:
    """LIGHT or DARK, as the Axes lies on light or on dark ground."""
    matplotlib = needed("matplotlib.colors")

    red, green, blue, alpha = matplotlib.to_rgba(ax.get_facecolor())
    if alpha == 0:
        red, green, blue, _ = matplotlib.to_rgba(ax.figure.get_facecolor())
    return LIGHT if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5 else DARK


def of_stimulus(ax: Any, n: int) -> dict[str, str]:
    """Colour and dashes of the n-th stimulus of a data set, as matplotlib's lines take them."""
    hues = len(STIMULI)
    return {"color": colours(ax)[STIMULI[n % hues]], "linestyle": _DASHES[n // hues % len(_DASHES)]}
