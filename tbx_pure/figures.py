"""matplotlib's figures as pictures.  The images plugin writes them; matplotlib draws.

Whoever has a figure has matplotlib: it is looked up when a figure has been given, never before.
"""
import importlib
import sys

from .errors import InputError, shown
from .plugins.images import image

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple


def figures(tag: str, figure: "Any") -> "Dict[str, Any]":
    """Return the summary of a figure, or of a list of figures of one size as a grid.

    tag:     its name; cleaned
    figure:  has its size in inches x dpi pixels; its transparency is dropped, as tensorboardX does
    Raises InputError if it is no figure, and whatever matplotlib raises if it cannot draw it.
    """
    drawn = [draw(one) for one in listed(figure)]
    for i, (width, height, _) in enumerate(drawn):
        if (width, height) != drawn[0][:2]:
            raise InputError("figure", "figures of one size", "figure 0 of %d x %d pixels, figure "
                             "%d of %d x %d" % (drawn[0][:2] + (i, width, height)))
    width, height, _ = drawn[0]
    pixels = memoryview(b"".join(rgb for _, _, rgb in drawn))
    return image(tag, pixels.cast("B", (len(drawn), height, width, 3)), "NHWC", _silent)


def close_figures(figure: "Any") -> None:
    """Let pyplot forget a figure, or each of a list.  If pyplot is not in use, it knows none."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        for one in listed(figure):
            pyplot.close(one)


def _silent(cause, text):
    """Bytes are never clipped."""


def listed(figure: "Any") -> "List[Any]":
    """Return the figures of a list, or the only one."""
    several = list(figure) if isinstance(figure, (list, tuple)) else [figure]
    if not several:
        raise InputError("figure", "at least one figure", "none")
    for one in several:
        if not (hasattr(one, "canvas") and hasattr(one, "set_canvas")):
            raise InputError("figure", "a figure of matplotlib, such as plt.gcf() or axes.figure, "
                             "or a list of them", shown(one))
    return several


def draw(figure: "Any") -> "Tuple[int, int, bytearray]":
    """Return (width, height, pixels as RGB).  The figure keeps its canvas, such as a window's."""
    agg = importlib.import_module("matplotlib.backends.backend_agg")
    before = figure.canvas
    try:
        canvas = agg.FigureCanvasAgg(figure)            # makes itself the figure's canvas
        canvas.draw()
        width, height = canvas.get_width_height()
        rgba = bytes(canvas.buffer_rgba())
    finally:
        figure.set_canvas(before)
    rgb = bytearray(width * height * 3)
    for channel in range(3):
        rgb[channel::3] = rgba[channel::4]
    return width, height, rgb
