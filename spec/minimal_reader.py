"""Print the numbers in an event file, or the rule it breaks: python3 minimal_reader.py FILE"""
import struct
import sys

def need(true, rule):
    true or sys.exit("%s, in the record at byte %d" % (rule, start))

def checksum(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return (crc >> 15 | crc << 17) + 0xA282EAD8 & 0xFFFFFFFF

def varint(data):                       # the number that data begins with, and the rest
    size = next((i for i, byte in enumerate(data[:10], 1) if byte < 128), 0)
    need(size, "wire-2")
    return sum((byte & 127) << 7 * i for i, byte in enumerate(data[:size])) % 2 ** 64, data[size:]

def fields(data):                       # the key and the payload of each field
    while data:
        key, data = varint(data)
        need(8 <= key < 2 ** 32, "wire-1")
        need(key & 7 in (0, 1, 2, 5), "wire-3")         # a full reader skips groups
        payload, data = ({1: 8, 5: 4}[key & 7], data) if key & 1 else varint(data)
        if key & 7:                     # not a varint, but how many bytes the payload has
            need(payload <= len(data), "wire-4")
            payload, data = data[:payload], data[payload:]
        yield key, payload

with open(sys.argv[1], "rb") as f:
    file, start = f.read(), 0
while start + 12 <= len(file):
    length, length_crc = struct.unpack_from("<QI", file, start)
    need(checksum(file[start:start + 8]) == length_crc, "record-2")
    need(length < 2 ** 31, "record-8")
    end = start + 12 + length
    if end + 4 > len(file):
        break                           # the rest may still come
    need(checksum(file[start + 12:end]) == struct.unpack_from("<I", file, end)[0], "record-3")
    event = list(fields(file[start + 12:end]))
    step = dict(event).get(0x10, 0)
    for value in [dict(fields(v)) for e, s in event if e == 0x2A for k, v in fields(s) if k == 10]:
        tag, x = value.get(0x0A, b""), value.get(0x15)
        need(tag.decode("utf-8", "ignore").encode("utf-8") == tag, "wire-7")
        print(step - (step >> 63 << 64), tag.decode("utf-8"), x and struct.unpack("<f", x)[0])
    start = end + 4
