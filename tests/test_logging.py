"""The logging.Handler: records become texts, and whatever happens, the program goes on."""
import io
import logging
import threading
import unittest
import warnings
from contextlib import redirect_stderr
from unittest import mock

from tbx_pure import InputError, SummaryWriter
from tbx_pure.integrations.logging import Handler

from .helpers import InDirectory, summaries
from .test_writer import InRun

FENCE = "```\n%s\n```"


class Logs(InRun):

    def setUp(self):
        InRun.setUp(self)
        self.added = []
        self.addCleanup(self.remove)

    def remove(self):
        for logger, handler in self.added:
            logger.removeHandler(handler)

    def attach(self, name="train", **options):
        """Return a logger with a Handler."""
        logger, handler = logging.getLogger(name), Handler(self.writer, **options)
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
        logger.addHandler(handler)
        self.added.append((logger, handler))
        return logger

    def texts(self):
        """Return [(tag, step, Markdown)] of what has been written."""
        found = []
        for step, value in summaries(self.run_directory):
            text, = value["tensor"]["string_val"]
            found.append((value["tag"][:-len("/text_summary")], step, text.decode()))
        return found


class TestHandler(Logs):

    def test_a_record(self):
        self.attach("train.loop").warning("loss is %.1f", 0.5)
        self.assertEqual(self.texts(), [("train.loop", 0, FENCE % "WARNING loss is 0.5")])

    def test_its_time(self):
        logger = self.attach()
        with mock.patch("time.time", lambda: 1700000000.5):
            record = logger.makeRecord("train", logging.INFO, "file", 1, "text", (), None)
        record.created = 1700000000.5           # Python 3.13 asks another clock
        logger.handle(record)
        with mock.patch.object(SummaryWriter, "add_text") as add_text:
            logger.handle(record)
        self.assertEqual(add_text.call_args, mock.call("train", "INFO text", 1, 1700000000.5, mode="code"))

    def test_markup_is_inert(self):
        text = "# <b>*x*</b> | ``` `\n    & more"
        self.attach().info(text)
        (_, _, written), = self.texts()
        self.assertEqual(written, "````\nINFO %s\n````" % text)

    def test_steps_count_in_each_logger(self):
        self.attach("a")
        for name in "a.b", "a", "a.b", "a.b", "a":
            logging.getLogger(name).info("x")
        self.assertEqual([(tag, step) for tag, step, _ in self.texts()],
                         [("a.b", 0), ("a", 0), ("a.b", 1), ("a.b", 2), ("a", 1)])

    def test_steps_count_whatever_the_writer_does(self):
        self.writer = SummaryWriter(self.run_directory + "2", auto_step=False)
        self.run_directory += "2"
        logger = self.attach()
        with self.writer.use_metadata(global_step=50):
            logger.info("x")
            logger.info("y")
        self.assertEqual([step for _, step, _ in self.texts()], [0, 1])

    def test_steps_of_a_function(self):
        steps = iter([7, 9])
        logger = self.attach(step=lambda: next(steps))
        logger.info("x")
        logger.info("y")
        self.assertEqual([step for _, step, _ in self.texts()], [7, 9])

    def test_levels(self):
        logger = self.attach(level=logging.ERROR)
        logger.info("x")
        logger.critical("y")
        self.assertEqual([text for _, _, text in self.texts()], [FENCE % "CRITICAL y"])

    def test_root(self):
        root, handler = logging.getLogger(), Handler(self.writer)
        root.addHandler(handler)
        self.added.append((root, handler))
        root.warning("x")
        logging.getLogger("some.library").warning("y")
        self.assertEqual([tag for tag, _, _ in self.texts()], ["root", "some.library"])

    def test_formatter(self):
        logger = self.attach()
        logger.handlers[0].setFormatter(logging.Formatter("%(name)s:%(message)s"))
        logger.info("x")
        self.assertEqual(self.texts()[0][2], FENCE % "train:x")

    def test_traceback(self):
        try:
            1 / 0
        except ZeroDivisionError:
            self.attach().exception("failed")
        text = self.texts()[0][2]
        self.assertTrue(text.startswith("```\nERROR failed\nTraceback (most recent call last):\n"), text)
        self.assertIn("ZeroDivisionError: division by zero", text)

    def test_closing_it_leaves_the_writer_open(self):
        logger = self.attach()
        file = self.writer.file_writer.event_writer.file
        with mock.patch.object(file, "close") as close:
            logger.handlers[0].close()
        close.assert_not_called()
        logger.info("x")
        self.assertEqual(len(self.texts()), 1)

    def test_flush(self):
        with mock.patch.object(self.writer, "flush") as flush:
            self.attach().handlers[0].flush()
        flush.assert_called_once_with()

    def test_threads(self):
        logger = self.attach()
        def log(i):
            for j in range(25):
                logger.info("%d %d", i, j)
        threads = [threading.Thread(target=log, args=(i,)) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.writer.flush()
        texts = self.texts()
        self.assertEqual([step for _, step, _ in texts], list(range(200)))
        self.assertEqual(len({text for _, _, text in texts}), 200)

    def test_refused(self):
        for make, argument in ((lambda: Handler(None), "writer"), (lambda: Handler("run"), "writer"),
                               (lambda: Handler(self.writer, step=3), "step")):
            with self.assertRaises(InputError) as caught:
                make()
            self.assertEqual((caught.exception.argument, caught.exception.method), (argument, "Handler()"))
        self.assertRaises(ValueError, Handler, self.writer, "LOUD")


class TestErrors(Logs):

    def handled(self, log):
        """Return what the handler writes to sys.stderr."""
        err = io.StringIO()
        with redirect_stderr(err):
            log()
        return err.getvalue()

    def test_a_wrong_message(self):
        logger = self.attach()
        said = self.handled(lambda: logger.info("%d", "x"))
        self.assertIn("--- Logging error ---", said)
        self.assertIn("TypeError", said)
        logger.info("goes on")
        self.assertEqual(self.texts()[-1][2], FENCE % "INFO goes on")
        self.assertEqual(len(self.texts()), 1)

    def test_what_the_writer_refuses(self):
        logger = self.attach()
        self.assertIn("InputError", self.handled(lambda: logger.info("\ud800")))

    def test_what_the_system_refuses(self):
        logger = self.attach()
        with mock.patch.object(SummaryWriter, "_append", side_effect=OSError("disk full")):
            self.assertIn("disk full", self.handled(lambda: logger.info("x")))
        logger.info("y")
        self.assertEqual([text for _, _, text in self.texts()], [FENCE % "INFO y"])

    def test_a_step_that_fails(self):
        logger = self.attach(step=lambda: {}["step"])
        self.assertIn("KeyError: 'step'", self.handled(lambda: logger.info("x")))
        self.assertEqual(self.texts(), [])


class TestOwnWarnings(Logs):
    """After logging.captureWarnings(True), what the writer warns of is logged too."""

    def setUp(self):
        Logs.setUp(self)
        catch = warnings.catch_warnings()
        catch.__enter__()
        self.addCleanup(catch.__exit__, None, None, None)
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        self.addCleanup(logging.captureWarnings, False)
        self.attach("py.warnings")

    def test_of_a_call_is_written(self):
        self.writer.add_histogram("h", [1, float("nan")])
        (tag, step, text), = [text for text in self.all_texts()]
        self.assertEqual((tag, step), ("py.warnings", 0))
        self.assertIn("add_histogram('h')", text)

    def all_texts(self):
        return [(value["tag"][:-len("/text_summary")], step, value["tensor"]["string_val"][0].decode())
                for step, value in summaries(self.run_directory) if "tensor" in value]

    def test_of_writing_a_record_is_left_to_others(self):
        logger, heard = self.attach("train", step=lambda: 5), []
        other = logging.Handler()
        other.emit = heard.append
        warned = logging.getLogger("py.warnings")
        warned.addHandler(other)
        self.added.append((warned, other))
        handler = self.added[1][1]
        warned.addHandler(handler)              # the one that is writing when the warning comes
        self.added.append((warned, handler))
        warned.removeHandler(self.added[0][1])
        for i in range(3):
            logger.info("%d", i)                # of step 5 again, which the writer warns of
        self.assertEqual([text for _, _, text in self.texts()], [FENCE % ("INFO %d" % i) for i in range(3)])
        if not hasattr(logging.Logger, "_is_disabled"):         # Python 3.13.5 lets no other hear it
            self.assertEqual(len(heard), 1)
            self.assertIn("step 5 follows step 5", heard[0].getMessage())

    def test_of_writing_a_warning_ends(self):
        self.writer.add_text("py.warnings", "mine", 10**6)
        self.writer.add_histogram("h", [1, float("nan")])       # its warning goes back to step 0, which warns
        self.assertEqual([step for _, step, _ in self.all_texts()], [10**6, 0])


if __name__ == "__main__":
    unittest.main()
