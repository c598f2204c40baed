"""The handwritten digits of digits.txt, whose header names their source, license and form."""
import pkgutil

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator, List, Tuple

    Digit = Tuple[int, List[float]]

SIDE = 8                # pixels: a digit is SIDE x SIDE of them
LEVELS = "0123456789abcdefg"
TEST = 200              # the last ones; as far as their order shows, mostly by other writers


def load() -> "Tuple[List[Digit], List[Digit]]":
    """Return 800 digits to learn from and 200 to test with, each as (label, pixels)."""
    examples = list(parse(text()))
    return examples[:-TEST], examples[-TEST:]


def text() -> str:
    """Return digits.txt, also if this package is inside a zip file."""
    data = pkgutil.get_data(__package__, "digits.txt")
    return data.decode("ascii")         # type: ignore  # None only from a loader without data


def parse(lines: str) -> "Iterator[Digit]":
    """Yield (label, pixels) of each line: label 0..9, pixels 64 floats, 0 paper to 1 ink."""
    ink = {level: i / (len(LEVELS) - 1) for i, level in enumerate(LEVELS)}
    for line in lines.splitlines():
        if not line.startswith("#"):
            label, levels = line.split()
            yield int(label), [ink[level] for level in levels]
