"""Write the event file that README.md explains, by its seven steps: a number and a text.

    python3 minimal_writer.py logs/first && tensorboard --logdir logs
"""
import os
import struct
import sys
import time

def checksum(data):                                                     # step 1
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", (crc >> 15 | crc << 17) + 0xA282EAD8 & 0xFFFFFFFF)

def record(data):                                                       # step 2
    length = struct.pack("<Q", len(data))
    return length + checksum(length) + data + checksum(data)

def varint(n):                                                          # step 3
    n &= 0xFFFFFFFFFFFFFFFF             # of a negative number, what 64 bits hold
    return bytes([n]) if n < 128 else bytes([n & 127 | 128]) + varint(n >> 7)

def field(number, wire_type, payload):                                  # step 4
    size = varint(len(payload)) if wire_type == 2 else b""
    return varint(number << 3 | wire_type) + size + payload

def event(wall_time, step, what):                                       # step 5
    step = field(2, 0, varint(step)) if step else b""
    return field(1, 1, struct.pack("<d", wall_time)) + step + what

def summary(tag, data):                                                 # step 6
    return field(5, 2, field(1, 2, field(1, 2, tag.encode("utf-8")) + data))

VERSION = field(3, 2, b"brain.Event:2")
LOSS = summary("loss", field(2, 5, struct.pack("<f", 0.5)))
TENSOR = field(1, 0, varint(7)) + field(2, 2, field(2, 2, field(1, 0, varint(1))))
NOTE = summary("note/text_summary", field(8, 2, TENSOR + field(8, 2, b"hi"))
               + field(9, 2, field(1, 2, field(1, 2, b"text"))))

os.makedirs(sys.argv[1], exist_ok=True)                                 # step 7
name = "events.out.tfevents.%d.host.%d.000000" % (time.time(), os.getpid())
with open(os.path.join(sys.argv[1], name), "xb") as file:
    for wall_time, step, what in (0, 0, VERSION), (0.25, 7, LOSS), (0.5, 7, NOTE):
        file.write(record(event(1700000000 + wall_time, step, what)))
