"""Scalars read by columns: the same points, in the same order, as record by record."""
import os
import random
import struct
import unittest

from tbx_pure.crc32c import crc32c
from tbx_pure.messages import EVENT
from tbx_pure.read import batches as module
from tbx_pure.read.batches import Points, batches, gather, look
from tbx_pure.read.places import place_in
from tbx_pure.read.records import scan
from tbx_pure.record import frame

from .damaged import FILES

SCALARS = {"plugin_data": {"plugin_name": "scalars", "content": b"\x08\x01"}, "display_name": "shown"}
TENSOR = {"dtype": "DT_FLOAT", "tensor_shape": {}}


def simple(tag, x):
    return {"tag": tag, "simple_value": x}


def named(tag, x):
    return dict(simple(tag, x), metadata=SCALARS)


def content(tag, x):
    return {"tag": tag, "metadata": SCALARS, "tensor": dict(TENSOR, tensor_content=struct.pack("<f", x))}


def listed(tag, x):
    return {"tag": tag, "metadata": SCALARS, "tensor": dict(TENSOR, float_val=[x])}


def double(tag, x):
    return {"tag": tag, "metadata": SCALARS, "tensor": {"dtype": "DT_DOUBLE", "double_val": [x]}}


def bare(tag, x):
    return {"tag": tag, "tensor": dict(TENSOR, float_val=[x])}


def histo(tag, x):
    return {"tag": tag, "histo": {"min": x, "bucket": [1.0] * 5}}


def text(tag, x):
    return {"tag": tag, "metadata": {"plugin_data": {"plugin_name": "text"}},
            "tensor": {"dtype": "DT_STRING", "string_val": [b"hello"]}}


FORMS = simple, named, content, listed, double, bare, histo, text


def stretch(seed, forms=FORMS, n=600):
    """Events as a training writes them, and some as none does, framed."""
    chance, events, wall = random.Random(seed), [], 1e9
    step = chance.choice([0, 100, 16000, -5, 2 ** 62])
    for _ in range(n):
        wall += chance.random()
        step += chance.random() < 0.2
        if chance.random() < 0.01:
            step -= 40                  # begun again
        form = chance.choice(forms) if chance.random() < 0.2 else forms[0]
        tag = chance.choice(["loss", "accuracy", "a much longer name/of the loss"])
        x = chance.choice([0.0, 0.5, -1.5, float("inf"), chance.gauss(0, 1)])
        values = [form(tag, x)] + [simple("second", x)] * (chance.random() < 0.01)
        events.append({"wall_time": wall, "step": step, "summary": {"value": values}})
        if chance.random() < 0.01:
            events.append({"wall_time": wall, "step": step, "session_log": {"status": "START"}})
    return b"".join(frame(EVENT.encode(event)) for event in events)


def flat(found):
    """What batches() yields, record by record: {tag: [(step, wall time, value)]}, other values."""
    tags, others = {}, []
    for offset, data, points in found:
        event = EVENT.decode(data)
        if isinstance(points, Points):
            value, = event["summary"]["value"]
            rows = [struct.pack("<qdf", *row) for row in zip(*points[3:])]
            tags.setdefault(value["tag"], []).extend(rows)
            continue
        for value in event.get("summary", {}).get("value", [None]):
            if value and "simple_value" in value:
                tags.setdefault(value["tag"], []).append(
                    struct.pack("<qdf", event.get("step", 0), event["wall_time"], value["simple_value"]))
            elif value and "tensor" in value and value["tensor"]["dtype"] == "DT_FLOAT":
                tensor = value["tensor"]
                x = tensor.get("tensor_content") or struct.pack("<f", *tensor["float_val"])
                tags.setdefault(value["tag"], []).append(
                    struct.pack("<qd", event.get("step", 0), event["wall_time"]) + x)
            else:
                others.append((offset, repr(value or event)))
    return tags, others


class TestBatches(unittest.TestCase):

    def check(self, buf, **options):
        plain, by_columns = scan(buf), scan(buf, **options)
        tags, others = flat((offset, data, None) for offset, data in plain)
        found = list(batches(by_columns))
        found_tags, found_others = flat(found)
        self.assertEqual(found_tags, tags)
        self.assertEqual(sorted(found_others), others)
        self.assertEqual((by_columns.damage, by_columns.torn, by_columns.end),
                         (plain.damage, plain.torn, plain.end))
        return sum(len(points.steps) for _, _, points in found if isinstance(points, Points))

    def test_forms(self):
        for seed in range(4):
            buf = stretch(seed)
            self.assertGreater(self.check(buf), 500)
            for chunk in (100, 5000):
                self.check(buf, chunk=chunk)

    def test_each_form_alone(self):
        for form in FORMS[:4]:
            self.assertGreater(self.check(stretch(1, [form], 100)), 80, form.__name__)
        for form in FORMS[4:]:
            self.assertEqual(self.check(stretch(1, [form], 100)), 0, form.__name__)

    def test_a_bit_flipped(self):
        buf, chance = stretch(5, FORMS, 150), random.Random(5)
        for _ in range(60):
            bad = bytearray(buf)
            for _ in range(chance.choice([1, 1, 3])):
                bad[chance.randrange(len(bad))] ^= 1 << chance.randrange(8)
            self.check(bytes(bad))

    def test_torn(self):
        buf = stretch(6, FORMS, 60)
        for n in range(0, len(buf), 11):
            self.check(buf[:n])

    def test_nan_keeps_its_bytes(self):
        records = [EVENT.encode({"wall_time": 1.0, "step": n, "summary": {"value": [
            simple("x", float("nan"))]}}) for n in range(50)]
        self.assertEqual(self.check(b"".join(map(frame, records))), 49)

    def test_unusual_bytes_of_the_same_meaning(self):
        """Fields in another order, a step of zero written, varints too long: none is misread."""
        wall, step = b"\x09" + struct.pack("<d", 5.0), b"\x10\x07"
        value = b"\x2a\x0a\x0a\x08\x0a\x01x\x15\0\0\x80\x3f"
        for data in (step + wall + value, value + wall + step, wall + b"\x10\x00" + value,
                     wall + b"\x10\x87\x00" + value, b"\x89\x00" + wall[1:] + step + value,
                     wall + b"\x90\x00\x07" + value, wall + step + step + value, step + value, value,
                     wall + b"\x10" + b"\xff" * 9 + b"\x01" + value,
                     wall + b"\x10" + b"\xff" * 9 + b"\x7f" + value,
                     wall + step + b"\x2a\x8a\x00" + value[2:], wall + step + value + b"\x52\x00"):
            ordinary = [frame(wall + step + value)] * 20
            buf = b"".join(ordinary + [frame(data)] * 20 + ordinary)
            events = [EVENT.decode(data) for _, data in scan(buf)]
            points = [points if isinstance(points, Points) else EVENT.decode(data) for _, data, points in batches(scan(buf))]
            steps = [step for found in points for step in (
                [found.get("step", 0)] if isinstance(found, dict) else found.steps)]
            self.assertEqual(steps, [event.get("step", 0) for event in events], data)

    def test_order_of_what_is_no_summary(self):
        """What stands before a session log comes before it."""
        buf = stretch(7)
        logs = 0
        ends = {offset: offset for offset, _ in scan(buf)}
        seen = set()
        for offset, data, points in batches(scan(buf)):
            if not isinstance(points, Points) and "session_log" in EVENT.decode(data):
                logs += 1
                self.assertEqual({at for at in ends if at < offset}, {at for at in seen if at < offset})
                self.assertLess(max(seen), offset)
            many = isinstance(points, Points)
            base = offset - (points.positions[0] if many else 0)
            seen |= {base + at for at in points.positions} if many else {offset}
        self.assertGreater(logs, 1)

    def test_not_allowed(self):
        found = list(batches(scan(stretch(8)), allowed=lambda: False))
        self.assertEqual([points for _, _, points in found if isinstance(points, Points)], [])

    def test_golden_files(self):
        for path in FILES:
            with open(path, "rb") as f:
                buf = f.read()
            by_columns = batches(scan(path))
            count = sum(len(points.steps) if isinstance(points, Points) else 1 for _, _, points in by_columns)
            self.assertEqual(count, len(list(scan(buf))), os.path.basename(path))

    def test_hostile_records_take_linear_time(self):
        """Each stops the columns: a damaged record, a session log."""
        bad = bytearray(frame(b"bad data"))
        bad[13] ^= 1
        log = frame(EVENT.encode({"step": 1, "session_log": {"status": "STOP"}}))
        some = frame(EVENT.encode({"wall_time": 1.0, "summary": {"value": [simple("x", 1.0)]}}))
        calls, real = [], module.look

        def counted(*arguments):
            calls.append(arguments)
            return real(*arguments)
        module.look = counted
        try:
            for part in (bytes(bad), log):
                del calls[:]
                self.check((part + some) * 400)
                self.assertLess(len(calls), 400 * 40)
        finally:
            module.look = real


class TestGather(unittest.TestCase):

    def test_stops(self):
        buf = stretch(9, [simple], 50)
        starts = [offset for offset, _ in scan(buf)]
        for stop in (0, 1, starts[3], starts[3] + 1):
            end, _, _ = gather(buf, 0, stop, look, place_in, crc32c)
            self.assertEqual(end, min(at for at in starts if at >= stop))


if __name__ == "__main__":
    unittest.main()
