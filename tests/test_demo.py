"""The demo: its digits, its net, what it logs and its command.

That a whole run reads at least 85% of the unseen digits is checked by .ci/run, which runs it.
"""
import contextlib
import io
import math
import os
import random
import re
import subprocess
import sys
import tempfile
import types
import unittest
import zipfile
from unittest import mock

from tbx_pure.commands import demo as command
from tbx_pure.demo import demo, digits, pictures
from tbx_pure.demo.net import (Layer, Net, cross_entropy, descend, largest, softmax, times,
                               transpose)

from .helpers import PACKAGE_NAME


class Digits(unittest.TestCase):
    def test_counts_and_ranges(self):
        train, test = digits.load()
        self.assertEqual((len(train), len(test)), (800, 200))
        levels = {i / 16 for i in range(17)}
        for label, pixels in train + test:
            self.assertIn(label, range(10))
            self.assertEqual(len(pixels), 64)
            self.assertLessEqual(set(pixels), levels)

    def test_every_label_is_learned_and_tested(self):
        for part, least in zip(digits.load(), (70, 15)):
            labels = [label for label, _ in part]
            for label in range(10):
                self.assertGreaterEqual(labels.count(label), least)

    def test_no_digit_is_tested_that_was_learned(self):
        train, test = ({tuple(pixels) for _, pixels in part} for part in digits.load())
        self.assertEqual(train & test, set())

    def test_first_digit(self):
        label, pixels = digits.load()[0][0]
        self.assertEqual(label, 0)
        self.assertEqual([p * 16 for p in pixels[:16]],
                         [0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0])

    def test_header_names_source_and_license(self):
        header = [line for line in digits.text().splitlines() if line.startswith("#")]
        for word in ("E. Alpaydin", "C. Kaynak", "1998", "UCI", "scikit-learn", "BSD-3-Clause",
                     "CC BY 4.0", "Changes"):
            self.assertIn(word, "\n".join(header))

    def test_reads_from_a_renamed_zip_without_zlib(self):
        folder = os.path.dirname(digits.__file__)
        with tempfile.TemporaryDirectory() as parent:
            path = os.path.join(parent, "copy.zip")
            with zipfile.ZipFile(path, "w") as archive:         # stored, not deflated
                archive.writestr("vendored/__init__.py", "")
                for name in ("__init__.py", "digits.py", "digits.txt"):
                    archive.write(os.path.join(folder, name), "vendored/demo/" + name)
            program = ("import sys; sys.modules['zlib'] = None; sys.path.insert(0, %r); "
                       "from vendored.demo import digits; print(len(digits.load()[0]))" % path)
            out = subprocess.check_output([sys.executable, "-S", "-c", program])
        self.assertEqual(out.strip(), b"800")


class Networks(unittest.TestCase):
    def setUp(self):
        rng = random.Random(1)
        self.batch = [[rng.random() for _ in range(5)] for _ in range(6)]
        self.labels = [0, 1, 2, 2, 1, 0]
        self.net = Net(5, 4, 3, seed=2)

    def loss(self):
        return cross_entropy(self.net.forward(self.batch)[1], self.labels)

    def slope(self, values, i, h=1e-5):
        """The derivative of the loss by values[i], from two losses; wrong by the order of h**2."""
        kept = values[i]
        values[i] = kept + h
        above = self.loss()
        values[i] = kept - h
        below = self.loss()
        values[i] = kept
        return (above - below) / (2 * h)

    def test_gradients_are_slopes(self):
        self.assertEqual(self.net.backward(self.batch, self.labels), self.loss())
        for layer in (self.net.hidden, self.net.output):
            rows = zip(layer.weights + [layer.biases],
                       layer.weight_gradients + [layer.bias_gradients])
            for values, gradients in rows:
                self.assertTrue(any(abs(g) > 1e-3 for g in gradients))
                for i, gradient in enumerate(gradients):
                    self.assertAlmostEqual(gradient, self.slope(values, i), delta=1e-9)

    def test_steps_lead_downhill(self):
        losses = [self.net.backward(self.batch, self.labels)]
        for _ in range(20):
            self.net.step(0.1, 0.5)
            losses.append(self.net.backward(self.batch, self.labels))
        self.assertEqual(losses, sorted(losses, reverse=True))
        self.assertLess(losses[-1], losses[0])

    def test_descend(self):
        w, v = [1.0, -1.0], [0.5, 0.0]
        descend(w, v, [2.0, 4.0], 0.25, 0.5)
        self.assertEqual((w, v), ([0.75, -2.0], [-0.25, -1.0]))

    def test_layer(self):
        layer = Layer(2, 3, random.Random(0))
        layer.weights, layer.biases = [[1.0, 2.0], [3.0, 4.0], [0.0, 0.0]], [0.5, 0.0, -1.0]
        self.assertEqual(layer.forward([[1.0, 1.0], [1.0, -1.0]]),
                         [[3.5, 7.0, -1.0], [-0.5, -1.0, -1.0]])

    def test_matrices(self):
        self.assertEqual(times([[1, 2], [3, 4]], [[1, 0], [1, 1], [0, 2]]),
                         [[1, 3, 4], [3, 7, 8]])
        self.assertEqual(transpose([[1, 2, 3], [4, 5, 6]]), [[1, 4], [2, 5], [3, 6]])

    def test_softmax(self):
        self.assertEqual(softmax([7.0, 7.0]), [0.5, 0.5])
        self.assertAlmostEqual(softmax([math.log(3), 0.0])[0], 0.75)
        self.assertEqual(softmax([1e6, 0.0, -1e6]), [1.0, 0.0, 0.0])

    def test_cross_entropy(self):
        self.assertAlmostEqual(cross_entropy([[0.1] * 10] * 3, [0, 5, 9]), math.log(10))
        self.assertEqual(cross_entropy([[1.0, 0.0]], [0]), 0)
        self.assertAlmostEqual(cross_entropy([[1.0, 0.0]], [1]), 300 * math.log(10))

    def test_largest(self):
        self.assertEqual(largest([0.2, 0.5, 0.3]), 1)

    def test_the_seed_decides(self):
        self.assertEqual(Net(5, 4, 3, seed=2).hidden.weights, self.net.hidden.weights)
        self.assertNotEqual(Net(5, 4, 3, seed=3).hidden.weights, self.net.hidden.weights)


class Recorder:
    """Stands for SummaryWriter: keeps what it is told as {(kind, tag): [(step, value), ...]}."""

    def __init__(self, logdir):
        self.logdir, self.logged, self.closed = logdir, {}, False

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.closed = True

    def add(self, kind, tag, value, step):
        self.logged.setdefault((kind, tag), []).append((step, value))

    def add_graph(self, model):
        self.add("graph", "", model, 0)

    def add_line_chart(self, columns, values, title):
        self.add("line chart", title, dict(zip(columns, values)), values[0])

    def add_histograms(self, named_values, global_step):
        for tag, values in named_values.items():
            self.add("histograms", tag, [list(row) for row in values], global_step)

    def add_confusion_matrix(self, tag, labels, predictions, class_names, global_step):
        self.add("confusion matrix", tag, (labels, predictions, class_names), global_step)

    def add_video(self, tag, vid_tensor, global_step, dataformats):
        self.add("video", tag, (vid_tensor, dataformats), global_step)

    def add_heatmap(self, tag, matrix, row_labels, global_step, **options):
        self.add("heatmap", tag, (matrix, row_labels, options), global_step)

    def add_audio(self, tag, snd_tensor, global_step, sample_rate):
        self.add("audio", tag, (snd_tensor, sample_rate), global_step)

    def add_embedding(self, mat, metadata, label_img, global_step, tag):
        self.add("embedding", tag, (mat, metadata, label_img), global_step)

    def add_scatter(self, tag, x, y, labels, global_step, x_label, y_label):
        self.add("scatter", tag, (x, y, labels, x_label, y_label), global_step)

    def add_image_with_boxes(self, tag, img_tensor, box_tensor, global_step, dataformats, labels):
        self.add("image with boxes", tag, (img_tensor, box_tensor, labels), global_step)

    def add_table(self, tag, rows, header, global_step):
        self.add("table", tag, (rows, header), global_step)

    def add_scalar(self, tag, scalar_value, global_step):
        self.add("scalar", tag, scalar_value, global_step)

    def add_scalars(self, main_tag, tag_scalar_dict, global_step):
        self.add("scalars", main_tag, tag_scalar_dict, global_step)

    def add_text(self, tag, text_string, global_step):
        self.add("text", tag, text_string, global_step)

    def add_images(self, tag, img_tensor, global_step):
        self.add("images", tag, img_tensor, global_step)


@contextlib.contextmanager
def recorded():
    """Inside, demo.run logs to Recorders; gives the list of them."""
    writers = []

    def make(logdir):
        writers.append(Recorder(logdir))
        return writers[-1]

    with mock.patch.object(demo, "SummaryWriter", make):
        yield writers


def shape(nested):
    """The shape of nested lists; ValueError if they are ragged."""
    if not isinstance(nested, list):
        return ()
    (inner,) = {shape(item) for item in nested}
    return (len(nested),) + inner


def leaves(nested):
    """The numbers in nested lists, as a set."""
    if not isinstance(nested, list):
        return {nested}
    return set().union(*map(leaves, nested))


class Logged(unittest.TestCase):
    """What a short run tells its writer."""

    @classmethod
    def setUpClass(cls):
        cls.progress = []
        with recorded() as writers:
            cls.result = demo.run("somewhere", epochs=5, limit=70,
                                  progress=lambda *args: cls.progress.append(args))
        (cls.writer,) = writers
        cls.logged = cls.writer.logged

    def test_tags(self):
        self.assertEqual(set(self.logged), {
            ("text", "configuration"), ("text", "summary"),
            ("scalar", "train/batch_loss"), ("scalar", "train/learning_rate"),
            ("scalar", "train/loss"), ("scalar", "train/accuracy"),
            ("scalar", "test/loss"), ("scalar", "test/accuracy"), ("scalars", "accuracy"),
            ("histograms", "hidden/weights"), ("histograms", "hidden/gradients"),
            ("histograms", "output/weights"), ("histograms", "output/gradients"),
            ("images", "digits"), ("images", "hidden/pictures"), ("video", "hidden/learning"),
            ("line chart", "Loss by epoch"), ("confusion matrix", "test/confusion"),
            ("scatter", "hidden/plane"), ("embedding", "hidden/numbers"),
            ("heatmap", "output/digits"), ("audio", "loss"), ("graph", ""),
            ("image with boxes", "test/least_sure"), ("table", "test/misread")})

    def test_the_list_in_the_docstring(self):
        head, *rows = [line.strip() for line in demo.__doc__.split("\n\n")[1].split("\n")]
        self.assertEqual(head.split(), ["tag", "kind", "when"])
        listed = set()
        for row in rows:
            *tags, kind, _ = re.split("  +", row)
            listed |= {(kind.strip(), tag) for tag in tags or [""]}
        self.assertEqual(listed, set(self.logged))

    def test_every_tag_is_of_one_kind(self):
        tags = [tag for _, tag in self.logged]
        self.assertEqual(len(tags), len(set(tags)))

    def test_steps_grow(self):
        for name, entries in self.logged.items():
            steps = [step for step, _ in entries]
            self.assertEqual(steps, sorted(set(steps)), name)

    def test_steps_are_batches(self):
        per_batch = [step for step, _ in self.logged["scalar", "train/batch_loss"]]
        per_epoch = [step for step, _ in self.logged["scalar", "test/loss"]]
        self.assertEqual(per_batch, list(range(1, 16)))             # 70 digits: 32 + 32 + 6
        self.assertEqual(per_epoch, [3, 6, 9, 12, 15])

    def test_hidden_pictures_are_drawn_at_the_start_and_each_fifth_epoch(self):
        self.assertEqual([step for step, _ in self.logged["images", "hidden/pictures"]], [0, 15])

    def test_confusion_is_of_the_test(self):
        labels, said, names = self.logged["confusion matrix", "test/confusion"][-1][1]
        self.assertEqual(labels, [label for label, _ in digits.load()[1][:70]])
        self.assertAlmostEqual(sum(map(int.__eq__, labels, said)) / 70, self.result.accuracy)
        self.assertEqual(names, list("0123456789"))

    def test_pictures_can_be_seen(self):
        shapes = {tag: shape(entries[-1][1]) for (kind, tag), entries in self.logged.items()
                  if kind == "images"}
        self.assertEqual(shapes, {"digits": (40, 1, 41, 41), "hidden/pictures": (32, 3, 41, 41)})

    def test_pictures_are_in_range(self):
        sheet = self.logged["image with boxes", "test/least_sure"][0][1][0]
        for picture in [sheet] + [entries[-1][1] for (kind, _), entries in self.logged.items()
                                  if kind == "images"]:
            numbers = leaves(picture)
            self.assertTrue(0 <= min(numbers) < max(numbers) <= 1)

    def test_line_chart(self):
        points = self.logged["line chart", "Loss by epoch"]
        self.assertEqual([step for step, _ in points], [1, 2, 3, 4, 5])
        for name in "train", "test":
            self.assertEqual([point[name] for _, point in points],
                             [loss for _, loss in self.logged["scalar", name + "/loss"]])

    def test_graph_has_the_layers(self):
        nodes = self.logged["graph", ""][0][1]
        names = [node[0] for node in nodes]
        for layer in "hidden", "output":
            self.assertIn(layer + "/weights", names)
        for node in nodes:
            for name in node[2] if len(node) > 2 else ():
                self.assertIn(name, names)

    def test_video_is_of_the_hidden_pictures(self):
        video, layout = self.logged["video", "hidden/learning"][0][1]
        self.assertEqual((video.shape, video.format, layout), ((6, 32, 3, 25, 25), "B", "TNCHW"))
        last = [[round(255 * row[2]) for row in channel[2::5]]       # a pixel in each weight
                for channel in self.logged["images", "hidden/pictures"][-1][1][31]]
        self.assertEqual([[video[5, 31, c, 3 * i + 1, 1] for i in range(8)] for c in range(3)], last)

    def test_sound_is_of_both_losses(self):
        sound, rate = self.logged["audio", "loss"][0][1]
        self.assertEqual((sound.shape, rate), ((5 * 640, 2), 8000))

    def test_heatmap(self):
        (step, (matrix, names, options)), = self.logged["heatmap", "output/digits"]
        self.assertEqual((step, matrix, names), (
            15, self.logged["histograms", "output/weights"][-1][1], list("0123456789")))
        self.assertEqual(options["high"], max(map(abs, leaves(matrix))))
        self.assertEqual(options["low"], -options["high"])

    def test_scatter_and_embedding_are_of_the_hidden_numbers(self):
        points, labels, images = self.logged["embedding", "hidden/numbers"][0][1]
        x, y, classes, x_label, y_label = self.logged["scatter", "hidden/plane"][0][1]
        self.assertEqual((shape(points), shape(images)), ((70, 32), (70, 1, 8, 8)))
        self.assertEqual(labels, classes)
        for column, label in ((x, x_label), (y, y_label)):
            self.assertEqual(column, [row[int(label.split()[-1])] for row in points])
        spread = sorted(demo.variance([row[i] for row in points]) for i in range(32))
        self.assertEqual([demo.variance(x), demo.variance(y)], spread[-2:])

    def test_mistakes(self):
        labels, said, _ = self.logged["confusion matrix", "test/confusion"][-1][1]
        wrong = sorted((label, answer) for label, answer in zip(labels, said) if label != answer)
        rows, header = self.logged["table", "test/misread"][0][1]
        self.assertEqual(sorted(row[:2] for row in rows), wrong)
        self.assertEqual(list(map(len, rows)), [len(header)] * len(wrong))
        self.assertTrue(all(0.1 < row[2] <= 1 for row in rows))     # larger than nine others
        sheet, boxes, texts = self.logged["image with boxes", "test/least_sure"][0][1]
        self.assertEqual(shape(sheet), (3 * 101, 8 * 73))
        self.assertTrue(set(texts) <= {"%d as %d" % pair for pair in wrong})
        self.assertEqual(len(texts), len(boxes))
        self.assertEqual(boxes[0], (0, 0, 70, 100))                 # the least sure is misread

    def test_histograms_are_of_all_weights(self):
        shapes = {tag: shape(entries[-1][1]) for (kind, tag), entries in self.logged.items()
                  if kind == "histograms"}
        self.assertEqual(shapes, {"hidden/weights": (32, 64), "hidden/gradients": (32, 64),
                                  "output/weights": (10, 32), "output/gradients": (10, 32)})

    def test_scalars_agree_with_scalar(self):
        for step, pair in self.logged["scalars", "accuracy"]:
            for name, value in pair.items():
                self.assertIn((step, value), self.logged["scalar", name + "/accuracy"])

    def test_learning_rate_falls(self):
        rates = [rate for _, rate in self.logged["scalar", "train/learning_rate"]]
        for rate, share in zip(rates, (1, 0.8, 0.6, 0.4, 0.2)):
            self.assertAlmostEqual(rate, demo.RATE * share)

    def test_text(self):
        ((_, configuration),) = self.logged["text", "configuration"]
        self.assertEqual((configuration["epochs"], configuration["digits to learn from"]), (5, 70))
        ((_, summary),) = self.logged["text", "summary"]
        self.assertIn("%.1f%% of 70 unseen digits right" % (100 * self.result.accuracy), summary)

    def test_result_is_what_was_logged(self):
        self.assertEqual(self.logged["scalar", "test/loss"][-1], (15, self.result.loss))
        self.assertEqual(self.logged["scalar", "test/accuracy"][-1], (15, self.result.accuracy))
        self.assertEqual((self.writer.logdir, self.result.directory), ("somewhere", "somewhere"))
        self.assertEqual(self.result[3:6], (70, 70, 15))

    def test_progress(self):
        self.assertEqual([args[:2] for args in self.progress], [(n, 5) for n in range(1, 6)])
        self.assertEqual(self.progress[-1][2], self.result.accuracy)


class Runs(unittest.TestCase):
    def test_batches_hold_every_example_once_in_a_new_order(self):
        examples, rng = list(range(70)), random.Random(0)
        first, second = (list(demo.batches(examples, rng)) for _ in range(2))
        self.assertEqual(list(map(len, first)), [32, 32, 6])
        self.assertEqual(sorted(sum(first, [])), examples)
        self.assertNotEqual(sum(first, []), examples)
        self.assertNotEqual(first, second)

    def test_it_learns(self):
        with recorded():
            result = demo.run("nowhere", epochs=2)
        self.assertGreater(result.accuracy, 0.7)            # a guess is right one time in ten

    def test_no_mistakes(self):
        writer, test = Recorder("x"), digits.load()[1][:1]
        sure = [float(k == test[0][0]) for k in range(10)]
        demo.log_mistakes(writer, test, demo.Score(0.0, 1.0, [], [sure], [test[0][0]]), 1)
        (_, (_, boxes, labels)), = writer.logged["image with boxes", "test/least_sure"]
        self.assertEqual((boxes, labels, writer.logged["table", "test/misread"][0][1][0]),
                         ([], [], []))

    def test_interrupted_run_is_closed(self):
        def interrupt(*args):
            raise KeyboardInterrupt
        with recorded() as writers:
            with self.assertRaises(KeyboardInterrupt):
                demo.run("nowhere", epochs=1, limit=10, progress=interrupt)
        self.assertTrue(writers[0].closed)

    def test_it_writes_event_files(self):
        with tempfile.TemporaryDirectory() as parent:
            directory = os.path.join(parent, "run")
            demo.run(directory, epochs=1, limit=32)
            for run in ("", "accuracy/train", "accuracy/test"):
                names = os.listdir(os.path.join(directory, run))
                self.assertEqual(sum("tfevents" in name for name in names), 1, run)
            self.assertTrue(command.obstacle(directory))



class Pictures(unittest.TestCase):
    def test_signed(self):
        red, green, blue = pictures.signed([2.0, -1.0] + [0.0] * 62)
        self.assertEqual((red[0][0], green[0][0], blue[0][0]), (1, 0, 0))
        self.assertEqual((red[0][5], green[0][5], blue[0][5]), (0.5, 0.5, 1))
        self.assertEqual((red[0][10], green[0][10], blue[0][10]), (1, 1, 1))

    def test_enlarge(self):
        self.assertEqual(pictures.enlarge([[0, 1]], 2, 0.5),
                         [[0, 0, 1, 1, 0.5], [0, 0, 1, 1, 0.5], [0.5] * 5])

    def test_sheet(self):
        ink, paper = [1.0] * 64, [0.0] * 64
        rows, places = pictures.sheet([ink, paper, ink], 2)
        self.assertEqual(shape(rows), (2 * 101, 2 * 73))
        self.assertEqual([rows[y][x] for x, y in ((0, 0), (73, 0), (0, 101), (73, 101), (0, 80))],
                         [1, 0, 1, 0.5, 0.5])
        self.assertEqual(places, [(0, 0, 70, 100), (73, 0, 143, 100), (0, 101, 70, 201)])

    def test_sound(self):
        """The tone of a loss of 1 is an octave above that of 0, and there are no clicks."""
        sound = pictures.sound([(0.0, 1.0), (2.0, 0.5)])
        columns = [[sound[i, channel] for i in range(640)] for channel in (0, 1)]
        crossings = [sum(a < 0 <= b for a, b in zip(c, c[1:])) for c in columns]
        self.assertEqual(crossings, [17, 35])                       # 0.08 s of 220 and 440 Hz
        steps = [abs(sound[i, 0] - sound[i - 1, 0]) for i in range(1, len(sound))]
        self.assertLess(max(steps), 0.5 * 2 * math.pi * 880 / 8000 + 1e-6)
        self.assertLessEqual(max(max(map(abs, c)) for c in columns), 0.5)


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Commands(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(folder.name)

    def call(self, directory):
        """Run the command with a run that does nothing; return (exit code, out, err, run)."""
        out, err = io.StringIO(), io.StringIO()
        made = mock.Mock(return_value=demo.Result(directory, 0.1, 0.98, 200, 800, 750, 9.0))
        with mock.patch.object(demo, "run", made), \
                contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = command.run(types.SimpleNamespace(directory=directory))
        return code, out.getvalue(), err.getvalue(), made

    def refused(self, directory, reason):
        code, out, err, made = self.call(directory)
        self.assertEqual((code, out), (2, ""))
        self.assertTrue(err.startswith("%s: %s" % (directory, reason)), err)
        made.assert_not_called()

    def test_directory_that_holds_a_run_is_refused(self):
        os.mkdir("old")
        open(os.path.join("old", "events.out.tfevents.1.host"), "wb").close()
        self.refused("old", "already holds a run")

    def test_file_is_refused(self):
        open("file", "wb").close()
        self.refused("file", "is not a directory")

    def test_what_the_system_refuses_is_told(self):
        open("file", "wb").close()
        err = io.StringIO()
        with contextlib.redirect_stderr(err):
            code = command.run(types.SimpleNamespace(directory=os.path.join("file", "run")))
        self.assertEqual(code, 3)
        self.assertIn(os.path.join("file", "run") + ": ", err.getvalue())

    def test_new_and_empty_directories_are_taken(self):
        os.mkdir("empty")
        for directory in ("empty", "new"):
            code, out, err, made = self.call(directory)
            self.assertEqual((code, err), (0, ""))
            self.assertEqual(made.call_args[0], (directory,))

    def test_report_can_be_pasted(self):
        _, out, _, _ = self.call("my run")
        self.assertIn("98.0% of 200 unseen digits right", out)
        self.assertIn("\n    python3 -m %s cat 'my run'\n" % PACKAGE_NAME, out)
        self.assertIn("\n    tensorboard --logdir 'my run'\n", out)

    def test_default_directory_is_always_new(self):
        with mock.patch("time.strftime", return_value="demo-now"):
            names = [command.new_directory() for _ in range(3)]
        self.assertEqual(names, [os.path.join("runs", "demo-now" + end)
                                 for end in ("", "-2", "-3")])
        _, _, _, made = self.call(None)
        self.assertTrue(os.path.isdir(made.call_args[0][0]))

    def test_progress_is_for_terminals(self):
        line = "epoch 1 of 2: 50.0% right"
        for stream, shown in ((io.StringIO(), ""),
                              (Terminal(), "\r%-40s\r\r%-40s\r" % (line, ""))):
            with contextlib.redirect_stderr(stream):
                command.show_progress(1, 2, 0.5)
                command.show_progress(2, 2, 0.75)
            self.assertEqual(stream.getvalue(), shown)
        with contextlib.redirect_stderr(None):
            command.show_progress(1, 2, 0.5)


if __name__ == "__main__":
    unittest.main()
