"""A GIF reader for the tests, written from GIF89a's text: what a browser would show, and when."""
import struct


class Gif:
    """width, height; loops: None, or how often, 0 being without end; frames: [Frame]; tables: of all"""


class Frame:
    """rectangle (left, top, width, height), indexes in it, delay in hundredths, disposal;

    table: its own table of colors or None; codes: how many LZW codes it took, by their width
    shown: the pixels of the whole screen, RGB
    """


def read_gif(data):
    """Return what a file holds; raise ValueError for what is wrong, or what we never write."""
    gif, pos = Gif(), 13
    if data[:6] != b"GIF89a":
        raise ValueError("no GIF89a")
    gif.width, gif.height, flags, background, aspect = struct.unpack_from("<HHBBB", data, 6)
    if background or aspect:
        raise ValueError("background %d, aspect %d" % (background, aspect))
    gif.table, pos = color_table(data, pos, flags)
    gif.loops, gif.frames = None, []
    control = None
    screen = bytearray(3 * gif.width * gif.height)
    while data[pos:] != b";":
        if data[pos] == 0x21:
            label = data[pos + 1]
            parts, pos = blocks(data, pos + 2)
            if label == 0xFF and parts[0] == b"NETSCAPE2.0" and parts[1][0] == 1:
                gif.loops, = struct.unpack("<H", parts[1][1:])
            elif label == 0xF9:
                control = struct.unpack("<BHB", parts[0])
            else:
                raise ValueError("extension %x" % label)
        elif data[pos] == 0x2C:
            frame = Frame()
            frame.rectangle = struct.unpack_from("<HHHH", data, pos + 1)
            packed, frame.delay, transparent = control
            frame.disposal, control = packed >> 2 & 7, None
            if packed & 0xE3 or transparent or data[pos + 9] & 0x78:
                raise ValueError("transparent, interlaced or reserved")
            frame.table, pos = color_table(data, pos + 10, data[pos + 9])
            bits, (parts, pos) = data[pos], blocks(data, pos + 1)
            frame.indexes, frame.codes = unlzw(b"".join(parts), bits)
            paint(screen, gif, frame)
            gif.frames.append(frame)
        else:
            raise ValueError("block %x" % data[pos])
    return gif


def color_table(data, pos, flags):
    if not flags & 0x80:
        return None, pos
    size = 3 * 2 ** ((flags & 7) + 1)
    if len(data) < pos + size:
        raise ValueError("a table is cut")
    return data[pos:pos + size], pos + size


def blocks(data, pos):
    """Return (the blocks, the position after the empty one that ends them)."""
    parts = []
    while data[pos]:
        parts.append(data[pos + 1:pos + 1 + data[pos]])
        if len(parts[-1]) != data[pos]:
            raise ValueError("a block is cut")
        pos += 1 + data[pos]
    return parts, pos + 1


def paint(screen, gif, frame):
    left, top, width, height = frame.rectangle
    if left + width > gif.width or top + height > gif.height or not (width and height):
        raise ValueError("rectangle %s" % (frame.rectangle,))
    if len(frame.indexes) != width * height:
        raise ValueError("%d indexes" % len(frame.indexes))
    table = frame.table or gif.table
    colors = b"".join([table[3 * i:3 * i + 3] for i in frame.indexes])
    if len(colors) != 3 * len(frame.indexes):
        raise ValueError("an index beyond the table")
    for y in range(height):
        at = 3 * ((top + y) * gif.width + left)
        screen[at:at + 3 * width] = colors[3 * y * width:3 * (y + 1) * width]
    frame.shown = bytes(screen)


def unlzw(data, bits):
    """Return (bytes, {width: how many codes had it}): appendix F, with strings instead of chains."""
    clear, end = 2 ** bits, 2 ** bits + 1
    stream = "".join(format(byte, "08b")[::-1] for byte in data)        # bits in reading order
    pos, out, last, table, widths = 0, [], None, None, {}
    while True:
        width = bits + 1 if table is None else min(12, max(bits + 1, len(table).bit_length()))
        code = int(stream[pos:pos + width][::-1], 2)
        if pos + width > len(stream):
            raise ValueError("no end")
        pos += width
        widths[width] = widths.get(width, 0) + 1
        if code == clear:
            table, last = [bytes([i]) for i in range(clear)] + [None, None], None
        elif code == end:
            if len(stream) - pos >= 8 or "1" in stream[pos:]:
                raise ValueError("bits after the end")
            return b"".join(out), widths
        elif table is None:
            raise ValueError("no clear at the start")
        else:
            if last is not None and len(table) < 4096:
                table.append(last + (table[code] if code < len(table) else last)[:1])
            out.append(table[code])
            last = table[code]
