"""A picture that is partly transparent, laid on a plain background."""
from .pixels import Picture


def blend(picture: Picture, background: int = 255) -> Picture:
    """Return an opaque picture, of 1 or 3 channels.

    picture:     1 to 4 channels; of 2 and 4, the last is how opaque a pixel is, from 0 to 255
    background:  a level of gray, from 0 to 255
    """
    height, width, channels, pixels = picture
    if channels in (1, 3):
        return picture
    opacity = pixels[channels - 1::channels]
    out = bytearray(height * width * (channels - 1))
    for c in range(channels - 1):
        out[c::channels - 1] = _over(pixels[c::channels], opacity, background)
    return Picture(height, width, channels - 1, bytes(out))


def _over(plane, opacity, background):
    if opacity.count(255) == len(opacity):
        return plane
    return bytes([(x * part + background * (255 - part) + 127) // 255
                  for x, part in zip(plane, opacity)])
