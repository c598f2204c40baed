"""Color maps: tables from a number between 0 and 1 to a color, and colors for classes."""
from ..errors import InputError, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Tuple

    Color = Tuple[int, int, int]

SIZE = 256                              # colors of a table

#   name, and the colors of its control points, from low to high at equal distances; between them
#   the table is straight
CONTROL_POINTS = {
    # 24 of the 256 colors of viridis, by N. J. Smith, S. van der Walt and E. Firing (CC0): equal
    # steps look equal, in gray and to the color-blind too.  https://bids.github.io/colormap
    "viridis":  "440154 471164 482072 472e7c 433c84 3f4989 39558c 34608d"
                "2f6b8e 2b768e 26808e 228b8d 1f958b 1fa088 24aa83 30b47c"
                "41be72 57c766 6fcf58 8ad647 a7db34 c5e022 e2e418 fde725",
    "blues":    "f5f9fe dce9f6 bfd8ee 99c3e2 6ea9d3 478dc1 2a70ad 155394 08366f",
    "greys":    "ffffff 000000",
    # From blue to red over light gray, computed after K. Moreland, Diverging Color Maps for
    # Scientific Visualization, 2009.
    "coolwarm": "3b4cc0 4e68d7 6282ea 779af7 8db0fe a3c2ff b8d0f9 ccd9ee dddddd"
                "ecd3c6 f5c4ad f7b194 f49a7b ec7f63 de614c cb3e38 b40426",
}

# Eight colors that the color-blind can tell apart: those of M. Okabe and K. Ito, Color Universal
# Design, 2002 (https://jfly.uni-koeln.de/color/); but a dark red for their yellow, which is hard to
# see on white.
CYCLE = ((0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167), (86, 180, 233), (0, 0, 0),
         (230, 159, 0), (130, 0, 60))

_tables = {}                            # type: Dict[str, bytes]


def colormap(name: str) -> bytes:
    """Return a table of 256 colors of 3 bytes: red, green, blue; "Blues" is "blues".

    Raises InputError, which lists the names, if there is none of this name.
    """
    known = name.lower() if isinstance(name, str) else ""
    if known not in CONTROL_POINTS:
        raise InputError("colormap", "one of %s" % ", ".join(CONTROL_POINTS), shown(name))
    if known not in _tables:
        _tables[known] = _straight(bytes.fromhex(CONTROL_POINTS[known]))
    return _tables[known]


def color_at(table: bytes, x: float) -> "Color":
    """Return the color of a table at x, from 0 to 1; what lies beyond has the color of the end."""
    i = 3 * min(max(int(x * SIZE), 0), SIZE - 1)
    return table[i], table[i + 1], table[i + 2]


def contrast(color: "Color") -> "Color":
    """Return black or white, whichever is easier to read on a color."""
    red, green, blue = color
    return (0, 0, 0) if 299 * red + 587 * green + 114 * blue > 118000 else (255, 255, 255)


def _straight(points):
    """Return the table that runs straight from one control point to the next, rounded."""
    whole, parts, out = SIZE - 1, len(points) // 3 - 1, bytearray()
    for i in range(SIZE):
        left = min(i * parts // whole, parts - 1)
        share = i * parts - left * whole                # of the way, 0 to whole
        for channel in range(3):
            a, b = points[3 * left + channel], points[3 * left + 3 + channel]
            out.append((a * (whole - share) + b * share + whole // 2) // whole)
    return bytes(out)
