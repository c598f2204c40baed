"""A bitmap font for pictures: ASCII, Latin-1 and a few signs.  font.txt has the glyphs as drawings.

A glyph is HEIGHT rows high, as wide as it needs, and has a column of paper after it:

    row 0 to 2     accents of capitals
    row 3 to 10    capitals and digits; small letters 5 to 10; BASELINE is below row 10
    row 11 to 12   the tails of g, p, q
"""
import pkgutil

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Set, Tuple

    Rows = Tuple[str, ...]

HEIGHT, BASELINE = 13, 11
ABOVE = 3                               # rows above those of font.txt, for accents
SMALL = 2                               # rows of font.txt above a small letter
GAP = 1                                 # columns between glyphs
INK = "#"

UNSEEN = {"SP": " ", "NBSP": "\xa0", "SHY": "\xad", "BOX": "\ufffd"}
BOX = "\ufffd"                          # stands for what the font lacks

#   letter and, with the accents at the end of font.txt, in their order, those made of it
COMPOSED = ("AÀÁÂÃÄÅ", "EÈÉÊ Ë ", "IÌÍÎ Ï ", "N   Ñ  ", "OÒÓÔÕÖ ", "UÙÚÛ Ü ", "Y Ý    ",
            "aàáâãäå", "eèéê ë ", "iìíî ï ", "n   ñ  ", "oòóôõö ", "uùúû ü ", "y ý  ÿ ")
CEDILLA = ("CÇ", "cç")

_glyphs = {}                            # type: Dict[str, Rows]
_large = {}                             # type: Dict[str, Rows]


def rows(char: str) -> "Rows":
    """Return the HEIGHT rows of a character, texts of # (ink) and . (paper); a box if missing."""
    glyphs = _load()
    return glyphs.get(char) or glyphs[BOX]


def large(char: str) -> "Rows":
    """Return a character twice as high and as wide, its steps smoothed."""
    if char not in _large:
        _large[char] = tuple(_doubled(rows(char)))
    return _large[char]


def missing(text: str) -> "Set[str]":
    """Return the characters of `text` that the font lacks."""
    return set(text) - _load().keys()


def size(text: str, scale: int = 1) -> "Tuple[int, int]":
    """Return (width, height) of a line of text in pixels, a glyph's pixel being scale x scale."""
    width = sum(len(rows(char)[0]) + GAP for char in text)
    return max(width - GAP, 0) * scale, HEIGHT * scale


def _doubled(glyph):
    """Yield two rows for each row.  Where pixels of ink touch at a corner only, that is filled."""
    blank = "." * len(glyph[0])
    lines = ["." + row + "." for row in (blank,) + glyph + (blank,)]
    for above, row, below in zip(lines, lines[1:], lines[2:]):
        for beside in above, below:
            yield "".join(row[i] if row[i] == INK else _half(beside[i], beside[j], row[j])
                          for i in range(1, len(row) - 1) for j in (i - 1, i + 1))


def _half(straight, across, aside):
    """Return a quarter of a pixel of paper, given the three pixels around its corner."""
    return INK if straight == aside == INK != across else "."


def _load():
    if not _glyphs:                     # when first needed: most runs draw no text
        glyphs = _parse()
        _glyphs.update(glyphs)
    return _glyphs


def _parse():
    data = pkgutil.get_data(__package__, "font.txt")    # also if this package is in a zip file
    bands = data.decode("utf-8").strip().split("\n\n")[1:]
    drawn = [_band(band) for band in bands]
    accents = list(drawn.pop().values())
    glyphs = {}
    for band in drawn:
        for char, art in band.items():
            glyphs[char] = ("." * len(art[0]),) * ABOVE + art
    for letters in COMPOSED:
        for accent, char in zip(accents, letters[1:]):
            if char != " ":
                glyphs[char] = _accented(glyphs[letters[0]], accent, letters[0].islower())
    for letter, char in CEDILLA:
        glyphs[char] = glyphs[letter][:BASELINE] + tuple(
            _centered(row, len(glyphs[letter][0])) for row in glyphs["\xb8"][BASELINE:])
    return glyphs


def _band(lines):
    """Return {character: rows} of a band of glyphs that stand side by side."""
    names, *art = map(str.split, lines.split("\n"))
    return {UNSEEN.get(name, name): column for name, column in zip(names, zip(*art))}


def _accented(letter, accent, small):
    """Put an accent above a letter; the dot of an i goes."""
    width, above = len(letter[0]), SMALL if small else 0
    blank = ("." * width,) * above
    return blank + tuple(_centered(row, width) for row in accent) + letter[ABOVE + above:]


def _centered(row, width):
    left = (width - len(row) + 1) // 2
    return "." * left + row + "." * (width - len(row) - left)
