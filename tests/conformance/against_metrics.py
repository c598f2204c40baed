"""Metrics agree with scikit-learn, over random inputs; and with NumPy and torch where it has none.

Runs in the clients' venv, which has scikit-learn.
"""
import unittest
import warnings

import numpy
import torch
from sklearn import metrics as theirs

from tbx_pure.metrics import (F1, MSE, Accuracy, Confusion, CrossEntropy, Mean, MovingAverage,
                              Precision, Recall)

ROUNDS = 200
CLOSE = 1e-13                           # relative: sums are not rounded alike
RATIOS = ((Precision, theirs.precision_score), (Recall, theirs.recall_score), (F1, theirs.f1_score))


class AgainstScikitLearn(unittest.TestCase):

    def rounds(self):
        """Yield (random, an update that takes what it is given in batches) many times."""
        for seed in range(ROUNDS):
            random = numpy.random.RandomState(seed)
            with self.subTest(seed=seed):
                yield random, lambda metric, *arrays: in_batches(random, metric, *arrays)

    def close(self, ours, their):
        numpy.testing.assert_allclose(ours, their, rtol=CLOSE, atol=0)

    def test_confusion_and_accuracy(self):
        for random, update in self.rounds():
            size = random.randint(2, 7)
            labels, said = examples(random, size)
            confusion = update(Confusion(), labels, said)
            self.assertEqual(confusion.value, theirs.confusion_matrix(labels, said).tolist())
            self.assertEqual(confusion.classes, sorted({*labels.tolist(), *said.tolist()}))
            numbered = update(Confusion(size), labels, said)
            self.assertEqual(numbered.value,
                             theirs.confusion_matrix(labels, said, labels=range(size)).tolist())
            self.assertEqual([[[c.tn, c.fp], [c.fn, c.tp]] for c in numbered.counts().values()],
                             theirs.multilabel_confusion_matrix(labels, said,
                                                                labels=range(size)).tolist())
            self.close(update(Accuracy(), labels, said).value, theirs.accuracy_score(labels, said))

    def test_ratios_of_two_classes(self):
        for random, update in self.rounds():
            labels, said = examples(random, 2)
            if random.rand() < 0.3:
                labels, said = labels * 2 - 1, said * 2 - 1             # -1 and 1
            for ours, their in RATIOS:
                zero = random.choice([0.0, 1.0])
                self.close(update(ours(zero_division=zero), labels, said).value,
                           their(labels, said, zero_division=zero))
                self.close(update(ours(zero_division=zero), labels == 1, said == 1).value,
                           their(labels == 1, said == 1, zero_division=zero))

    def test_ratios_of_several(self):
        for random, update in self.rounds():
            size = random.randint(2, 9)
            labels, said = examples(random, size)
            for classes, numbers in ((None, None), (size + 1, range(size + 1))):
                for average in "macro", "micro", None:
                    for ours, their in RATIOS:
                        zero = random.choice([0.0, 1.0, numpy.nan])
                        self.close(update(ours(average, classes, zero), labels, said).value,
                                   their(labels, said, labels=numbers, average=average,
                                         zero_division=zero))

    def test_a_zero_division_warns_where_theirs_does(self):
        warned = 0
        for random, update in self.rounds():
            labels, said = examples(random, 4, most=6)
            for average in "macro", "micro", None:
                for ours, their in RATIOS:
                    metric = update(ours(average), labels, said)
                    value, ours_warn = hear(lambda: metric.value)
                    expected, theirs_warn = hear(lambda: their(labels, said, average=average))
                    self.assertEqual(ours_warn, theirs_warn, (ours, average, labels, said))
                    self.close(value, expected)
                    warned += ours_warn
        self.assertGreater(warned, ROUNDS)

    def test_squared_error(self):
        for random, update in self.rounds():
            targets, said = random.randn(2, random.randint(1, 200)) * 10.0 ** random.randint(-9, 9)
            self.close(update(MSE(), targets, said).value,
                       theirs.mean_squared_error(targets, said))

    def test_cross_entropy(self):
        for random, update in self.rounds():
            size = random.randint(2, 9)
            labels, scores = examples(random, size)[0], None
            scores = random.randn(len(labels), size) * random.choice([1, 10, 100])
            said = numpy.exp(scores - scores.max(1, keepdims=True))
            said /= said.sum(1, keepdims=True)
            said[random.rand(len(said)) < 0.2] = numpy.eye(size)[0]     # sure: 0 and 1
            expected = theirs.log_loss(labels, said, labels=range(size))
            one_hot = numpy.eye(size)[labels]
            for targets in labels, one_hot:
                ours = update(CrossEntropy(), targets, said).value
                # It limits probabilities at 1 - 2^-52 too: 2^-52 for each example that is right.
                numpy.testing.assert_allclose(ours, expected, rtol=CLOSE, atol=2.3e-16)

    def test_mean(self):
        for random, update in self.rounds():
            means, sizes = random.randn(20), random.randint(1, 50, 20)
            mean = Mean()
            for x, size in zip(means, sizes):
                mean.update(x, size)
            numpy.testing.assert_allclose(mean.value, numpy.average(means, weights=sizes),
                                          rtol=1e-12, atol=1e-15)
            self.close(update(Mean(), means ** 2).value, (means ** 2).mean())

    def test_moving_average(self):
        for random, _ in self.rounds():
            n, values = random.randint(1, 9), random.rand(20)
            moving, seen = MovingAverage(n), []
            for x in values:
                moving.update(x)
                seen.append(moving.value)
            self.close(seen[n - 1:], numpy.convolve(values, numpy.ones(n) / n, "valid"))


class AgainstTorch(unittest.TestCase):

    def test_cross_entropy_of_scores(self):
        for seed in range(50):
            torch.manual_seed(seed)
            scores = torch.randn(8, 5, dtype=torch.float64, requires_grad=True) * 10 ** (seed % 4)
            labels, soft = torch.randint(5, (8,)), torch.rand(8, 5, dtype=torch.float64)
            soft = soft / soft.sum(1, keepdim=True)
            for targets in labels, soft:
                metric = CrossEntropy(scores=True)
                metric.update(targets, scores)
                expected = torch.nn.functional.cross_entropy(scores, targets).item()
                self.assertAlmostEqual(metric.value, expected, delta=1e-12 * max(1, expected))

    def test_largest_score(self):
        torch.manual_seed(1)
        for dtype in torch.float32, torch.float16, torch.bfloat16:
            scores = torch.randn(500, 7).to(dtype)
            scores[::9, 2] = scores[::9, 5] = 9                         # the first of equals
            scores[::11, 3] = float("nan")
            labels, said = torch.randint(7, (500,)), scores.argmax(1)
            confusion, expected = Confusion(7), Confusion(7)
            confusion.update(labels, scores)
            expected.update(labels, said)
            self.assertEqual(confusion.value, expected.value)


def examples(random, size, most=60):
    """Return (labels, predictions) of some classes below size."""
    count = random.randint(1, most)
    some = random.choice(size, random.randint(1, size + 1), replace=False)
    return random.choice(some, count), random.randint(0, size, count)


def in_batches(random, metric, *arrays):
    """Update a metric with arrays, a random part of them at a time; return it."""
    start = 0
    while start < len(arrays[0]):
        end = start + random.randint(1, 30)
        metric.update(*[form(random, array[start:end]) for array in arrays])
        start = end
    return metric


def form(random, array):
    """Return an array in one of the forms that hold the same numbers."""
    return (array, array.tolist(), torch.tensor(array.tolist(), dtype=torch.float64)
            if array.dtype == float else torch.from_numpy(array.copy()))[random.randint(3)]


def hear(call):
    """Return (what call() returns, whether it has warned)."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        return call(), bool(heard)


if __name__ == "__main__":
    unittest.main()
