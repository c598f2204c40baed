"""A WAV reader for the tests: also for what the wave module of older Pythons does not take."""
import struct

EXTENSIBLE = 0xFFFE
GUID = bytes.fromhex("000000001000800000aa00389b71")


def read_wav(data):
    """Return (format, channels, rate, bits, samples); raise ValueError for what is wrong."""
    riff, size, wave = struct.unpack_from("<4sI4s", data)
    if (riff, size, wave) != (b"RIFF", len(data) - 8, b"WAVE"):
        raise ValueError("%r %d %r in %d bytes" % (riff, size, wave, len(data)))
    pos, chunks = 12, {}
    while pos < len(data):
        name, size = struct.unpack_from("<4sI", data, pos)
        chunks[name] = data[pos + 8:pos + 8 + size]
        if len(chunks[name]) != size or data[pos + 8 + size:pos + 8 + size + size % 2].strip(b"\0"):
            raise ValueError("chunk %r is cut, or padded with something" % name)
        pos += 8 + size + size % 2
    kind, channels, rate, speed, frame, bits = struct.unpack_from("<HHIIHH", chunks[b"fmt "])
    rest = chunks[b"fmt "][16:]
    if (speed, frame) != (rate * frame, channels * bits // 8):
        raise ValueError("%d bytes a second, %d a frame" % (speed, frame))
    if kind == EXTENSIBLE:
        size, valid, mask, kind, guid = struct.unpack("<HHIH14s", rest)
        if (size, valid, mask, guid) != (22, bits, 0, GUID):
            raise ValueError("extension %s" % rest)
    elif rest != (b"" if kind == 1 else b"\0\0"):
        raise ValueError("extension %s" % rest)
    frames = len(chunks[b"data"]) // frame
    plain = len(chunks[b"fmt "]) == 16
    if list(chunks) != ([b"fmt ", b"data"] if plain else [b"fmt ", b"fact", b"data"]):
        raise ValueError("chunks %s" % list(chunks))
    if len(chunks[b"data"]) % frame or chunks.get(b"fact", struct.pack("<I", frames)) != struct.pack(
            "<I", frames):
        raise ValueError("not so many frames")
    return kind, channels, rate, bits, chunks[b"data"]
