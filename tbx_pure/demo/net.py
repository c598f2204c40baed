"""A neural network of two layers, in lists of floats: what it computes and how it learns.

    h = tanh(W1 x + b1)         hidden layer: x is the picture, h is numbers in -1..1
    z = W2 h + b2               output layer: one score for each class
    p = softmax(z)              p[k] = exp(z[k]) / (exp(z[0]) + ... + exp(z[9]))
    loss = -log p[label]        cross-entropy: 0 if sure and right, large if sure and wrong

Each gradient follows from the one above it by the chain rule: back-propagation (D. Rumelhart,
G. Hinton, R. Williams, Learning representations by back-propagating errors, Nature 323, 1986).
dz stands for the derivative of loss with respect to z, and so on; a is W1 x + b1.

    dz  = p - [1 at label, 0 elsewhere]
    dW2 = dz h^T                db2 = dz
    dh  = W2^T dz
    da  = dh (1 - h^2)          element by element, as the derivative of tanh is 1 - tanh^2
    dW1 = da x^T                db1 = da

A batch is a matrix with one example a row, and a matrix is a list of rows.  The loss of a batch
is the mean over its examples, so their gradients are divided by their number and added.

All sums are math.fsum's: sum() rounds differently from Python 3.12 on, and the net is to learn
the same everywhere.
"""
import random
from math import exp, fsum, log, sqrt, tanh
from operator import mul

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Sequence, Tuple

    Vector = List[float]
    Matrix = Sequence[Vector]

TINY = 1e-300           # stands for a probability that was rounded to 0, which has no logarithm


class Net:
    """Two layers.  hidden.weights has shape (hidden, inputs), output.weights (outputs, hidden)."""

    def __init__(self, inputs: int, hidden: int, outputs: int, seed: int = 0) -> None:
        rng = random.Random(seed)
        self.hidden = Layer(inputs, hidden, rng)
        self.output = Layer(hidden, outputs, rng)

    def forward(self, batch: "Matrix") -> "Tuple[Matrix, Matrix]":
        """Return (h, p), one row an example: the hidden numbers and the probabilities."""
        h = [list(map(tanh, a)) for a in self.hidden.forward(batch)]
        return h, list(map(softmax, self.output.forward(h)))

    def backward(self, batch: "Matrix", labels: "Sequence[int]") -> float:
        """Set the gradients of both layers and return the loss of the batch, before any step."""
        h, p = self.forward(batch)
        n = len(batch)
        dz = [[(p_k - (k == label)) / n for k, p_k in enumerate(row)]
              for row, label in zip(p, labels)]
        dh = times(dz, transpose(self.output.weights))
        da = [[d * (1 - y * y) for d, y in zip(dh_row, h_row)] for dh_row, h_row in zip(dh, h)]
        self.output.backward(h, dz)
        self.hidden.backward(batch, da)
        return cross_entropy(p, labels)

    def step(self, rate: float, momentum: float) -> None:
        """Go one step downhill, with the gradients that backward() has set."""
        self.hidden.step(rate, momentum)
        self.output.step(rate, momentum)


class Layer:
    """W x + b.  Weights W have shape (outputs, inputs), biases b (outputs,)."""

    def __init__(self, inputs: int, outputs: int, rng: random.Random) -> None:
        deviation = 1 / sqrt(inputs)        # so that W x varies as much as one element of x
        self.weights = [[rng.gauss(0, deviation) for _ in range(inputs)] for _ in range(outputs)]
        self.biases = [0.0] * outputs
        self.weight_gradients = zeros(outputs, inputs)
        self.bias_gradients = [0.0] * outputs
        self.weight_velocities = zeros(outputs, inputs)
        self.bias_velocities = [0.0] * outputs

    def forward(self, batch: "Matrix") -> "Matrix":
        """Return W x + b of each row x."""
        return [[wx + b for wx, b in zip(row, self.biases)] for row in times(batch, self.weights)]

    def backward(self, batch: "Matrix", deltas: "Matrix") -> None:
        """Set the gradients, from what came in and the derivatives of the loss by what went out."""
        columns = transpose(deltas)
        self.weight_gradients = times(columns, transpose(batch))
        self.bias_gradients = list(map(fsum, columns))

    def step(self, rate: float, momentum: float) -> None:
        """Move all weights and biases: see descend()."""
        for w, v, g in zip(self.weights, self.weight_velocities, self.weight_gradients):
            descend(w, v, g, rate, momentum)
        descend(self.biases, self.bias_velocities, self.bias_gradients, rate, momentum)


def descend(w: "Vector", v: "Vector", g: "Vector", rate: float, momentum: float) -> None:
    """Gradient descent with momentum, in place: v = momentum v - rate g, then w = w + v.

    w: values, v: their velocities, g: their gradients; rate > 0, 0 <= momentum < 1
    """
    v[:] = [momentum * v_i - rate * g_i for v_i, g_i in zip(v, g)]
    w[:] = [w_i + v_i for w_i, v_i in zip(w, v)]


def times(a: "Matrix", b: "Matrix") -> "Matrix":
    """Return a b^T, shape (n, m), of a (n, k) and b (m, k): the dot product of any two rows."""
    return [[fsum(map(mul, a_row, b_row)) for b_row in b] for a_row in a]


def transpose(a: "Matrix") -> "Matrix":
    """Return the matrix whose rows are the columns of a."""
    return list(map(list, zip(*a)))


def zeros(rows: int, columns: int) -> "Matrix":
    """Return a matrix of zeros."""
    return [[0.0] * columns for _ in range(rows)]


def softmax(scores: "Vector") -> "Vector":
    """Return probabilities, which add up to 1, in the order of the scores.

    The largest score is taken off all of them first, which changes nothing but that exp, which
    overflows at 710, gets no number above 0.
    """
    top = max(scores)
    powers = [exp(score - top) for score in scores]
    total = fsum(powers)
    return [power / total for power in powers]


def cross_entropy(p: "Matrix", labels: "Sequence[int]") -> float:
    """Return the mean of -log p[label] over the rows p: 0 at best, 2.3 for ten equal guesses."""
    return fsum(-log(max(row[label], TINY)) for row, label in zip(p, labels)) / len(labels)


def largest(values: "Vector") -> int:
    """Return where the largest value stands: of the probabilities, what the net says."""
    return values.index(max(values))
