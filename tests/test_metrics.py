"""Metrics: their formulas, exactly; what they take, what they refuse, and what they log.

That they agree with scikit-learn is checked by tests/conformance/against_metrics.py.
"""
import math
import unittest
import warnings
from array import array
from fractions import Fraction

from tbx_pure import InputError, SummaryWriter
from tbx_pure.metrics import (F1, MSE, Accuracy, Confusion, CrossEntropy, Mean, MovingAverage, Precision,
                              Recall)

from .helpers import InDirectory, event_files, events, summaries

NAN, INF = float("nan"), float("inf")
RATIOS = Precision, Recall, F1

# 10 examples of three classes: the counts of each, by hand.
LABELS = [0, 0, 0, 0, 1, 1, 1, 2, 2, 2]
SAID =   [0, 0, 1, 2, 1, 1, 0, 2, 2, 0]
MATRIX = [[2, 1, 1],
          [1, 2, 0],
          [1, 0, 2]]
OF_EACH = {Precision: [Fraction(2, 4), Fraction(2, 3), Fraction(2, 3)],
           Recall:    [Fraction(2, 4), Fraction(2, 3), Fraction(2, 3)],
           F1:        [Fraction(4, 8), Fraction(4, 6), Fraction(4, 6)]}


def of(metric, *arguments):
    """Return a metric's value after one update."""
    metric.update(*arguments)
    return metric.value


class TestMeans(unittest.TestCase):

    def test_mean(self):
        mean = Mean()
        mean.update([1, 2, 6])
        self.assertEqual(mean.value, 3)
        mean.update(7)
        self.assertEqual(mean.value, 4)
        mean.reset()
        mean.update([[0.5, 1.5]])
        self.assertEqual(mean.value, 1)

    def test_weights(self):
        mean = Mean()
        mean.update(1.0, 3)                         # the mean of 3
        mean.update(5.0, 1)
        self.assertEqual(mean.value, 2)
        mean.update(NAN, 0)                         # of an empty batch
        mean.update([4.0, 4.0], 2)
        self.assertEqual(mean.value, 3)

    def test_sums_are_rounded_once(self):
        self.assertEqual(of(Mean(), [0.1] * 10), 0.1)
        self.assertEqual(of(Mean(), [1e100, 1.0, -1e100]), 1 / 3)
        self.assertEqual(of(MovingAverage(3), [1e100, 1.0, -1e100]), 1 / 3)

    def test_not_finite(self):
        self.assertTrue(math.isnan(of(Mean(), [1, NAN])))
        self.assertEqual(of(Mean(), [1, INF]), INF)
        self.assertTrue(math.isnan(of(Mean(), [INF, -INF])))
        self.assertEqual(of(Mean(), [1.7e308, 1.7e308, -1.7e308]), 1.7e308 / 3)
        self.assertEqual(of(Mean(), [1.7e308, 1.7e308]), INF)

    def test_of_nothing(self):
        for metric in Mean(), MovingAverage(), MSE(), CrossEntropy(), Accuracy():
            self.assertTrue(math.isnan(metric.value), metric)

    def test_moving_average(self):
        moving, seen = MovingAverage(3), []
        for x in 3, 5, 10, 0, 2:
            moving.update(x)
            seen.append(moving.value)
        self.assertEqual(seen, [3, 4, 6, 5, 4])
        moving.update([6, 7, 8, 9])
        self.assertEqual(moving.value, 8)
        moving.reset()
        self.assertTrue(math.isnan(moving.value))

    def test_more_than_all_memory_holds(self):
        average = MovingAverage(10 ** 30)
        average.update([1, 2])
        self.assertEqual(average.value, 1.5)

    def test_squared_error(self):
        error = MSE()
        error.update([1, 2, 3], [1, 4, 0])
        self.assertEqual(error.value, 13 / 3)
        error.update(7, 6.5)
        self.assertEqual(error.value, 13.25 / 4)
        self.assertEqual(of(MSE(), [1e200], [-1e200]), INF)

    def test_any_tensor(self):
        for x in [1, 3], (1, 3), array("f", [1, 3]), range(1, 4, 2), b"\x01\x03", memoryview(b"\x01\x03"):
            self.assertEqual(of(Mean(), x), 2, x)


class TestCrossEntropy(unittest.TestCase):

    def test_of_indices(self):
        loss = CrossEntropy()
        loss.update([1, 0], [[0.5, 0.5], [0.25, 0.75]])
        self.assertEqual(loss.value, math.fsum([math.log(2), math.log(4)]) / 2)
        loss.update(0, [1.0, 0.0])                  # one example, of which the model is sure
        self.assertEqual(loss.value, math.fsum([math.log(2), math.log(4)]) / 3)

    def test_one_hot_is_the_same(self):
        said = [[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]]
        self.assertEqual(of(CrossEntropy(), [[0, 0, 1], [0, 1, 0]], said), of(CrossEntropy(), [2, 1], said))

    def test_probabilities_as_labels(self):
        self.assertEqual(of(CrossEntropy(), [[0.25, 0.75]], [[0.5, 0.5]]), math.log(2))

    def test_logarithm_of_0(self):
        most = 52 * math.log(2)
        self.assertAlmostEqual(most, 36.04, places=2)
        for p in 0.0, 1e-30, 2.0 ** -52:
            self.assertEqual(of(CrossEntropy(), [0], [[p, 1.0]]), most, p)
        self.assertLess(of(CrossEntropy(), [0], [[2.0 ** -51, 1.0]]), most)
        self.assertEqual(of(CrossEntropy(), [1], [[0.0, 1.0]]), 0)

    def test_scores(self):
        thirds = [math.log(1), math.log(2)]
        self.assertAlmostEqual(of(CrossEntropy(scores=True), [1], [thirds]), math.log(3 / 2), places=15)
        shifted = [[z + 700 for z in thirds]]
        self.assertAlmostEqual(of(CrossEntropy(scores=True), [1], shifted), math.log(3 / 2), places=12)

    def test_scores_have_no_limit(self):
        self.assertEqual(of(CrossEntropy(scores=True), [0], [[0, 5000]]), 5000)
        self.assertEqual(of(CrossEntropy(scores=True), [1], [[-INF, 0]]), 0)
        self.assertEqual(of(CrossEntropy(scores=True), [0], [[-INF, 0]]), INF)
        self.assertTrue(math.isnan(of(CrossEntropy(scores=True), [0], [[INF, 0]])))

    def test_nan_stays(self):
        for scores in False, True:
            self.assertTrue(math.isnan(of(CrossEntropy(scores=scores), [0], [[NAN, NAN]])))

    def test_dimensions(self):
        said = [[[0.5, 0.5], [0.5, 0.5]], [[0.5, 0.5], [0.5, 0.5]]]
        self.assertEqual(of(CrossEntropy(), [[0, 1], [1, 0]], said), math.log(2))

    def test_rounded_probabilities(self):
        rounded = [[0.1], [0.9]]
        halves = [array("f", [0.1, 0.9]), array("f", [0.3, 0.7])]
        self.assertAlmostEqual(of(CrossEntropy(), [1, 1], halves), -math.log(0.63) / 2, places=6)
        self.assertRaises(InputError, CrossEntropy().update, [0, 0], rounded)       # of one class each


class TestCounts(unittest.TestCase):

    def test_confusion(self):
        self.assertEqual(of(Confusion(), LABELS, SAID), MATRIX)

    def test_counts(self):
        confusion = Confusion()
        confusion.update(LABELS, SAID)
        self.assertEqual({k: tuple(counts) for k, counts in confusion.counts().items()},
                         {0: (2, 2, 2, 4), 1: (2, 1, 1, 6), 2: (2, 1, 1, 6)})
        self.assertEqual(confusion.counts()[0]._fields, ("tp", "fp", "fn", "tn"))

    def test_classes(self):
        for classes, names, matrix in ((None, [1, 3], [[1, 0], [1, 0]]),
                                       (4, ["0", "1", "2", "3"], [[0] * 4, [0, 1, 0, 0], [0] * 4, [0, 1, 0, 0]]),
                                       (["a", "b", "c", "d"], list("abcd"),
                                        [[0] * 4, [0, 1, 0, 0], [0] * 4, [0, 1, 0, 0]])):
            confusion = Confusion(classes)
            confusion.update([3, 1], [1, 1])
            self.assertEqual(confusion.classes, names)
            self.assertEqual(confusion.value, matrix)

    def test_batches_add_up(self):
        for make in (Confusion, Accuracy, lambda: F1("macro")):
            once, twice = make(), make()
            once.update(LABELS, SAID)
            twice.update(LABELS[:3], SAID[:3])
            twice.update(LABELS[3:], SAID[3:])
            self.assertEqual(once.value, twice.value)
            twice.reset()
            twice.update(LABELS, SAID)
            self.assertEqual(once.value, twice.value)

    def test_accuracy(self):
        self.assertEqual(of(Accuracy(), LABELS, SAID), 0.6)
        self.assertEqual(of(Accuracy(), [True, False], [True, True]), 0.5)
        self.assertEqual(of(Accuracy(), 3, 3), 1)

    def test_from_counts(self):
        for metric, value in ((Accuracy(), Fraction(7, 12)), (Precision(), Fraction(3, 5)),
                              (Recall(), Fraction(1, 2)), (F1(), Fraction(6, 11)),
                              (Confusion(), [[4, 2], [3, 3]])):
            metric.update_counts(tp=3, tn=4, fp=2)
            metric.update_counts(fn=3)
            self.assertEqual(metric.value, value if isinstance(value, list) else float(value), metric)

    def test_of_each_class(self):
        for kind, values in OF_EACH.items():
            self.assertEqual(of(kind(None), LABELS, SAID), list(map(float, values)))

    def test_averages(self):
        for kind, values in OF_EACH.items():
            self.assertAlmostEqual(of(kind("macro"), LABELS, SAID), float(sum(values) / 3), places=15)
            self.assertEqual(of(kind("micro"), LABELS, SAID), 0.6)      # each label is one class: the accuracy

    def test_binary_is_of_class_1(self):
        labels, said = [1, 1, 1, 0, 0], [1, 0, 0, 1, 0]
        values = Fraction(1, 2), Fraction(1, 3), Fraction(2, 5)
        for others in 0, -1:
            for kind, value in zip(RATIOS, values):
                self.assertEqual(of(kind(), [x or others for x in labels], [x or others for x in said]),
                                 float(value))

    def test_scores(self):
        scores = [[0.1, 0.7, 0.2], [3, -1, 2], [5, 5, 5]]
        self.assertEqual(of(Confusion(3), [1, 2, 0], scores), [[1, 0, 0], [0, 1, 0], [1, 0, 0]])
        self.assertEqual(of(Accuracy(), 1, [0, 2]), 1)
        self.assertEqual(of(Accuracy(), [[0, 1], [1, 1]], [[[1, 0], [0, 1]], [[0, 1], [1, 0]]]), 0.75)
        self.assertEqual(of(Accuracy(), [1, 0], [[1, NAN], [NAN, NAN]]), 1)     # NaN is the largest, as in NumPy

    def test_floats_that_are_whole(self):
        self.assertEqual(of(Accuracy(), array("f", [0, 1]), [1.0, 1]), 0.5)


class TestZeroDivision(unittest.TestCase):
    LABELS, SAID = [0, 1, 1, 3], [0, 1, 0, 1]       # 2 is nowhere; nothing is said to be 3

    def test_warns_once(self):
        for kind in RATIOS:
            metric = kind(None, classes=4)
            metric.update(self.LABELS, self.SAID)
            with self.assertWarnsRegex(UserWarning, "^%s: 0/0, of a class without" % kind.__name__):
                first = metric.value
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                self.assertEqual(metric.value, first)
            self.assertEqual(first[2:], [0, 0])

    def test_a_number(self):
        for zero, precision, recall, f1 in ((0, [0.5, 0.5, 0, 0], [1, 0.5, 0, 0], [2 / 3, 0.5, 0, 0]),
                                            (1, [0.5, 0.5, 1, 1], [1, 0.5, 1, 0], [2 / 3, 0.5, 1, 0])):
            for kind, values in zip(RATIOS, (precision, recall, f1)):
                self.assertEqual(of(kind(None, 4, zero), self.LABELS, self.SAID), values)
                self.assertAlmostEqual(of(kind("macro", 4, zero), self.LABELS, self.SAID), sum(values) / 4)

    def test_nan_is_left_out(self):
        for kind, mean in zip(RATIOS, (0.5, 0.5, (2 / 3 + 0.5) / 3)):
            self.assertAlmostEqual(of(kind("macro", 4, NAN), self.LABELS, self.SAID), mean)
        self.assertTrue(math.isnan(of(Precision("macro", 2, NAN), [], [])))

    def test_of_nothing(self):
        for average in "binary", "macro", "micro":
            for kind in RATIOS:
                self.assertEqual(kind(average, zero_division=0.5).value, 0.5)
        self.assertEqual(Precision(None).value, [])


#   metric, the arguments of update, the argument that is wrong
BAD = (
    (Mean(), ("text",), "values"),
    (Mean(), (None,), "values"),
    (Mean(), (1, -1), "weight"),
    (Mean(), (1, NAN), "weight"),
    (Mean(), (1, INF), "weight"),
    (Mean(), (1, [1, 2]), "weight"),
    (Mean(), ([1j],), "values"),
    (Mean(), (10 ** 400,), "values"),
    (MovingAverage(2), ([1, "a"],), "values"),
    (MSE(), ([1, 2], [[1], [2]]), "predictions"),
    (MSE(), (1, "a"), "predictions"),
    (MSE(), ([[1], [1, 2]], 1), "targets"),
    (CrossEntropy(), ([0], [0.5, 0.5]), "labels"),
    (CrossEntropy(), ([2], [[0.5, 0.5]]), "labels"),
    (CrossEntropy(), ([-1], [[0.5, 0.5]]), "labels"),
    (CrossEntropy(), ([0.5], [[0.5, 0.5]]), "labels"),
    (CrossEntropy(), ([[1, 1]], [[0.5, 0.5]]), "labels"),
    (CrossEntropy(), ([0], [[0.5, 0.6]]), "predictions"),
    (CrossEntropy(), ([0], [[1.5, -0.5]]), "predictions"),
    (CrossEntropy(), ([0], [[3, -2]]), "predictions"),
    (CrossEntropy(), ([0], [[1.0]]), "predictions"),
    (CrossEntropy(), (0, 1.0), "predictions"),
    (Accuracy(), ([0, 1], [0]), "predictions"),
    (Accuracy(), ([0, 1], [[0], [1]]), "predictions"),
    (Accuracy(), ([0, 1], [0.2, 0.7]), "predictions"),
    (Accuracy(), ([0.5], [0]), "labels"),
    (Accuracy(), ([NAN], [0]), "labels"),
    (Accuracy(), ([INF], [0]), "labels"),
    (Accuracy(), (["cat"], ["dog"]), "labels"),
    (Confusion(2), ([0, 2], [0, 1]), "labels"),
    (Confusion(["a", "b"]), ([0, 1], [0, -1]), "predictions"),
    (Precision(), ([0, 1, 2], [0, 1, 2]), "labels"),
    (Recall(), ([0, -1], [1, 1]), "labels"),
    (F1("micro", 2), ([0, 1], [1, 3]), "predictions"),
)


class TestRefused(unittest.TestCase):

    def test_update(self):
        for metric, arguments, argument in BAD:
            with self.subTest(metric=metric, arguments=arguments):
                with self.assertRaises(InputError) as caught:
                    metric.update(*arguments)
                self.assertEqual(caught.exception.argument, argument)
                self.assertTrue(caught.exception.method.startswith(type(metric).__name__ + ".update("))

    def test_nothing_is_added(self):
        for metric, arguments, _ in BAD:
            before = repr(vars(metric))
            self.assertRaises(InputError, metric.update, *arguments)
            self.assertEqual(repr(vars(metric)), before)

    def test_a_class_that_comes_later(self):
        precision = Precision()
        precision.update([1, 0], [1, 1])
        for labels in [-1], [2]:
            self.assertRaises(InputError, precision.update, labels, [1])
        self.assertEqual(precision.value, 0.5)

    def test_a_prediction_for_each_label(self):
        with self.assertRaises(InputError) as caught:
            Accuracy().update([1, 2], [1])
        self.assertEqual(caught.exception.need, "a class for each label, shape (2,), or a score for "
                                                "each class, one dimension more")

    def test_counts(self):
        for wrong in {"tp": -1}, {"fn": 0.5}, {"tn": None}, {"fp": "many"}:
            with self.assertRaises(InputError) as caught:
                Accuracy().update_counts(**wrong)
            self.assertEqual([caught.exception.argument], list(wrong))
        self.assertRaises(InputError, Confusion(1).update_counts, tp=1)

    def test_constructors(self):
        for make, argument in ((lambda: MovingAverage(0), "n"), (lambda: MovingAverage(None), "n"),
                               (lambda: Precision("weighted"), "average"), (lambda: F1(2), "average"),
                               (lambda: Recall([]), "average"),
                               (lambda: Recall(zero_division="0"), "zero_division"),
                               (lambda: Confusion("ab"), "classes"), (lambda: Confusion(-1), "classes"),
                               (lambda: Confusion([1, 2]), "classes"), (lambda: Confusion(2.5), "classes")):
            with self.assertRaises(InputError) as caught:
                make()
            self.assertEqual(caught.exception.argument, argument)


class TestRepr(unittest.TestCase):

    def test_repr(self):
        mean = Mean()
        repr(mean)
        mean.update([1, 2])
        self.assertEqual(repr(mean), "<Mean float 1.5>")
        self.assertTrue(repr(Confusion(2)).startswith("<Confusion "))


class TestLog(InDirectory):

    def test_numbers(self):
        for i, (metric, arguments) in enumerate((
                (Mean(), ([0.5],)), (MovingAverage(), ([0.25, 0.75],)), (Accuracy(), ([1, 0], [1, 1])),
                (MSE(), ([0, 1], [1, 1])), (Precision(), ([1, 0], [1, 1])),
                (Recall("macro"), ([1, 0], [1, 1])), (F1("micro"), ([1, 0], [1, 1])))):
            metric.update(*arguments)
            run = self.path("run%d" % i)
            with SummaryWriter(run) as writer:
                metric.log(writer, "m", 7)
            (step, value), = summaries(run)
            self.assertEqual((step, value["tag"], value["simple_value"]), (7, "m", 0.5))

    def test_of_each_class(self):
        for classes, names in ((None, "01"), (["cat", "dog"], ["cat", "dog"])):
            run = self.path(names[0])
            recall = Recall(None, classes)
            recall.update([0, 0, 1], [0, 1, 1])
            with SummaryWriter(run) as writer:
                recall.log(writer, "recall", 2)
            self.assertEqual([(step, value["tag"], value["simple_value"]) for step, value in summaries(run)
                              if "simple_value" in value],
                             [(2, "recall/" + names[0], 0.5), (2, "recall/" + names[1], 1.0)])
            self.assertEqual(len(event_files(run)), 1)

    def test_confusion(self):
        confusion = Confusion(["cat", "dog"])
        confusion.update([0, 1, 1], [0, 0, 1])
        run = self.path("run")
        with SummaryWriter(run) as writer:
            confusion.log(writer, "who", 5)
            writer.add_confusion_matrix("who", matrix=[[1, 0], [1, 1]], class_names=["cat", "dog"],
                                        global_step=6)
        logged, expected = [event for event in events(run) if "summary" in event]
        self.assertEqual((logged["step"], expected["step"]), (5, 6))
        self.assertEqual(logged["summary"], expected["summary"])

    def test_without_a_step(self):
        mean, run = Mean(), self.path("run")
        with SummaryWriter(run) as writer:
            for x in 1, 2:
                mean.update(x)
                mean.log(writer, "mean")
        self.assertEqual([(step, value["simple_value"]) for step, value in summaries(run)], [(0, 1), (1, 1.5)])


if __name__ == "__main__":
    unittest.main()
