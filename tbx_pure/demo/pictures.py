"""Pictures and sound of the demo, as nested lists of numbers or bytes: nothing here is logged.

A picture is a list of rows of numbers in 0..1, black to white.
"""
from array import array
from itertools import chain
from math import pi, sin

from .digits import SIDE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, List, Tuple

    Rows = List[List[float]]
    Box = Tuple[int, int, int, int]

SCALE = 5               # a pixel is drawn as SCALE x SCALE of them, to be seen
IN_SHEET = 9            # the same, of a digit that may have a label
IN_FRAME = 3            # the same, in moving pictures
LABEL = 28              # pixels below a digit
LINE = 0.5              # gray

RATE = 8000             # of the sound, numbers a second
BEEP = 0.08             # seconds of each loss
LOWEST = 220            # Hz, if the loss is 0; an octave more for each 1


def gray(pixels: "List[float]") -> "List[Rows]":
    """Return a digit as one channel, shape (1, 41, 41): ink is white."""
    return [enlarge(square(pixels), SCALE, LINE)]


def signed(weights: "List[float]") -> "List[Rows]":
    """Return 64 weights as red, green and blue, shape (3, 41, 41).

    Weights above 0 are red, below 0 blue, and the paler, the nearer to 0; the largest is full.
    """
    return [enlarge(square(channel), SCALE, LINE) for channel in red_and_blue(weights)]


def red_and_blue(weights: "List[float]") -> "Tuple[List[float], List[float], List[float]]":
    """Return how red, green and blue each weight is."""
    most = max(map(abs, weights))
    scaled = [w / most for w in weights]
    return ([1 + min(w, 0) for w in scaled],
            [1 - abs(w) for w in scaled],
            [1 - max(w, 0) for w in scaled])


def square(pixels: "List[Any]") -> "List[List[Any]]":
    """Return 64 numbers as 8 rows of 8."""
    return [pixels[i:i + SIDE] for i in range(0, len(pixels), SIDE)]


def enlarge(rows: "List[List[Any]]", scale: int, line: "Any") -> "List[List[Any]]":
    """Draw each number as scale x scale pixels, with a line on the right and at the bottom.

    The line keeps pictures apart, when they stand side by side.
    """
    wide = [[number for number in row for _ in range(scale)] + [line] for row in rows]
    return [row for row in wide for _ in range(scale)] + [[line] * len(wide[0])]


def sheet(digits: "Iterable[List[float]]", columns: int) -> "Tuple[Rows, List[Box]]":
    """Return (a picture of digits in so many columns, with room for a label below each; where each
    is: the corners of a box around it and its label, x0, y0, x1, y1).
    """
    width = IN_SHEET * SIDE + 1
    height, gap = width + LABEL, [LINE] * width
    tiles = [enlarge(square(pixels), IN_SHEET, LINE) + [gap] * LABEL for pixels in digits]
    corners = [(i % columns * width, i // columns * height) for i in range(len(tiles))]
    tiles += [[gap] * height] * (-len(tiles) % columns)
    rows = [list(chain(*pieces)) for start in range(0, len(tiles), columns)
            for pieces in zip(*tiles[start:start + columns])]
    return rows, [(x, y, x + width - 3, y + height - 1) for x, y in corners]


def frame(weights: "List[List[float]]") -> bytes:
    """Return one moment of a video: the weights of each hidden number as a small picture.

    Bytes are quicker than lists of numbers, where there are many.  Their shape is (hidden numbers,
    3, 25, 25): FRAME_SHAPE after the first.
    """
    return b"".join(bytes(row) for each in weights for channel in red_and_blue(each)
                    for row in enlarge(square([round(255 * v) for v in channel]), IN_FRAME, 128))


FRAME_SHAPE = (3, IN_FRAME * SIDE + 1, IN_FRAME * SIDE + 1)


def video(frames: "List[bytes]") -> memoryview:
    """Return frames as one buffer, shape (time, hidden numbers, 3, 25, 25)."""
    channels, height, width = FRAME_SHAPE
    numbers = len(frames[0]) // (channels * height * width)
    return memoryview(b"".join(frames)).cast("B", (len(frames), numbers) + FRAME_SHAPE)


def sound(losses: "Iterable[Tuple[float, float]]") -> "memoryview[float]":
    """Return tones that fall as losses do, shape (samples, 2): the first of a pair is left.

    Each begins where the wave before it ended, so that there are no clicks.
    """
    samples, phases = array("f"), [0.0, 0.0]
    for pair in losses:
        turns = [2 * pi * LOWEST * 2 ** loss / RATE for loss in pair]
        for _ in range(round(BEEP * RATE)):
            phases = [phase + turn for phase, turn in zip(phases, turns)]
            samples.extend([sin(phase) / 2 for phase in phases])
    return memoryview(samples).cast("B").cast("f", (len(samples) // 2, 2))
