"""Train a net on the digits and log it: SummaryWriter as a training script uses it.

    tag                                             kind         when
    configuration                                   text         start
    digits                                          images       start
    train/batch_loss                                scalar       each batch
    train/learning_rate                             scalar       each epoch
    train/loss  train/accuracy                      scalar       each epoch
    test/loss  test/accuracy                        scalar       each epoch
    accuracy                                        scalars      each epoch
    hidden/weights  hidden/gradients                histogram    each epoch
    output/weights  output/gradients                histogram    each epoch
    test/confusion                                  image        each epoch
    hidden/pictures                                 images       start, each fifth epoch
    test/mistakes                                   images       end
    summary                                         text         end

The step is always the number of batches learned so far, so that all charts share one axis.
"""
import random
import time
from collections import namedtuple

from ..writer import SummaryWriter
from . import digits
from .net import Net, cross_entropy, largest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Iterable, Iterator, List, Optional

    from .digits import Digit
    from .net import Layer

    Rows = List[List[float]]

CLASSES = 10
HIDDEN = 32             # numbers in the hidden layer
BATCH = 32              # digits
EPOCHS = 30             # how often each digit is seen
RATE = 0.05             # in the first epoch; then it falls in a straight line towards 0
MOMENTUM = 0.9
SEED = 0

PICTURES_EVERY = 5      # epochs
SHOWN = 40              # digits, eight in a row
SCALE = 8               # a pixel is drawn as SCALE x SCALE of them, to be seen

# Loss and accuracy (0..1) on some digits, and what the net said to each.
Score = namedtuple("Score", "loss accuracy said")
# Loss and accuracy on `tested` digits, after `steps` batches of `learned` others.
Result = namedtuple("Result", "directory loss accuracy tested learned steps seconds")


def run(directory: str, epochs: int = EPOCHS, limit: "Optional[int]" = None,
        progress: "Optional[Callable[[int, int, float], None]]" = None) -> Result:
    """Train for `epochs` >= 1, log into `directory` and return how well unseen digits are read.

    limit:     how many digits to learn from, and to test with, at most; None means all
    progress:  called after each epoch with its number from 1, epochs, and the test accuracy 0..1
    """
    started = time.time()
    train, test = (part[:limit] for part in digits.load())
    net = Net(digits.SIDE ** 2, HIDDEN, CLASSES, SEED)
    rng = random.Random(SEED)
    step = 0
    with SummaryWriter(directory) as writer:
        log_start(writer, net, train, test, epochs)
        for epoch in range(1, epochs + 1):
            rate = RATE * (1 - (epoch - 1) / epochs)
            for batch in batches(train, rng):
                step += 1
                writer.add_scalar("train/batch_loss", learn(net, batch, rate), step)
            writer.add_scalar("train/learning_rate", rate, step)
            score = log_epoch(writer, net, train, test, step)
            if epoch % PICTURES_EVERY == 0:
                log_pictures(writer, net, step)
            if progress is not None:
                progress(epoch, epochs, score.accuracy)
        result = Result(directory, score.loss, score.accuracy, len(test), len(train), step,
                        time.time() - started)
        log_end(writer, result, test, score.said)
    return result


def batches(examples: "List[Digit]", rng: random.Random) -> "Iterator[List[Digit]]":
    """Yield all examples in a new order, BATCH at a time; the last batch may be smaller."""
    order = list(examples)
    rng.shuffle(order)
    for start in range(0, len(order), BATCH):
        yield order[start:start + BATCH]


def learn(net: Net, batch: "List[Digit]", rate: float) -> float:
    """Learn from one batch and return what its loss was before."""
    labels, pictures = zip(*batch)
    loss = net.backward(pictures, labels)
    net.step(rate, MOMENTUM)
    return loss


def score_of(net: Net, examples: "List[Digit]") -> Score:
    """Return the loss, the accuracy 0..1, and what the net says to each example."""
    labels, pictures = zip(*examples)
    probabilities = net.forward(pictures)[1]
    said = list(map(largest, probabilities))
    accuracy = sum(map(int.__eq__, said, labels)) / len(labels)
    return Score(cross_entropy(probabilities, labels), accuracy, said)


# What is logged.

def log_start(writer: SummaryWriter, net: Net, train: "List[Digit]", test: "List[Digit]",
              epochs: int) -> None:
    """Log what the training starts from."""
    writer.add_text("configuration", table(("setting", "value"), (
        ("digits to learn from", len(train)),
        ("digits to test with", len(test)),
        ("layers", "%d pixels, %d tanh, %d softmax" % (digits.SIDE ** 2, HIDDEN, CLASSES)),
        ("epochs", epochs),
        ("digits in a batch", BATCH),
        ("learning rate", "%g, falling to 0" % RATE),
        ("momentum", MOMENTUM),
        ("seed", SEED),
    )), 0)
    writer.add_images("digits", [gray(pixels) for _, pixels in train[:SHOWN]], 0)
    log_pictures(writer, net, 0)


def log_epoch(writer: SummaryWriter, net: Net, train: "List[Digit]", test: "List[Digit]",
              step: int) -> Score:
    """Log how well the net reads, and its weights; return the score of the test."""
    scores = {"train": score_of(net, train), "test": score_of(net, test)}
    for name, score in scores.items():
        writer.add_scalar(name + "/loss", score.loss, step)
        writer.add_scalar(name + "/accuracy", score.accuracy, step)
    writer.add_scalars("accuracy", {name: s.accuracy for name, s in scores.items()}, step)
    log_layer(writer, "hidden", net.hidden, step)
    log_layer(writer, "output", net.output, step)
    squares = confusion(test, scores["test"].said)
    writer.add_image("test/confusion", enlarge(squares, 2 * SCALE), step, dataformats="HW")
    return scores["test"]


def log_layer(writer: SummaryWriter, name: str, layer: "Layer", step: int) -> None:
    """Log the weights of a layer, and their gradients by the last batch."""
    writer.add_histogram(name + "/weights", layer.weights, step)
    writer.add_histogram(name + "/gradients", layer.weight_gradients, step)


def log_pictures(writer: SummaryWriter, net: Net, step: int) -> None:
    """Log what each hidden number looks for: the weights of its 64 pixels, as a picture."""
    writer.add_images("hidden/pictures", [signed(w) for w in net.hidden.weights], step)


def log_end(writer: SummaryWriter, result: Result, test: "List[Digit]", said: "List[int]") -> None:
    """Log the result, and the digits that were misread."""
    wrong = [(label, answer, pixels) for (label, pixels), answer in zip(test, said)
             if label != answer]
    if wrong:
        writer.add_images("test/mistakes", [gray(pixels) for _, _, pixels in wrong], result.steps)
    writer.add_text("summary", "%s\n\nMisread, in the order of `test/mistakes`:\n\n%s" % (
        sentence(result), table(("is", "read as"), [pair[:2] for pair in wrong])), result.steps)


def sentence(result: Result) -> str:
    """Return the result in one sentence."""
    return ("After %d steps on %d digits the net reads %.1f%% of %d unseen digits right "
            "(loss %.3f, %.1f s)." % (result.steps, result.learned, 100 * result.accuracy,
                                      result.tested, result.loss, result.seconds))


def table(head: tuple, rows: "Iterable[tuple]") -> str:
    """Return a Markdown table."""
    return "\n".join("| %s |" % " | ".join(map(str, row))
                     for row in [head, ("---",) * len(head), *rows])


# Pictures: nested lists of numbers in 0..1, black to white.

def gray(pixels: "List[float]") -> "List[Rows]":
    """Return a digit as one channel, shape (1, 65, 65): ink is white."""
    return [enlarge(square(pixels))]


def signed(weights: "List[float]") -> "List[Rows]":
    """Return 64 weights as red, green and blue, shape (3, 65, 65).

    Weights above 0 are red, below 0 blue, and the paler, the nearer to 0; the largest is full.
    """
    most = max(map(abs, weights))
    scaled = [w / most for w in weights]
    channels = ([1 + min(w, 0) for w in scaled],
                [1 - abs(w) for w in scaled],
                [1 - max(w, 0) for w in scaled])
    return [enlarge(square(channel)) for channel in channels]


def confusion(examples: "List[Digit]", said: "List[int]") -> "Rows":
    """Return shape (10, 10): row `label`, column `answer` is the share of the label so read."""
    counts = [[0] * CLASSES for _ in range(CLASSES)]
    for (label, _), answer in zip(examples, said):
        counts[label][answer] += 1
    return [[count / max(sum(row), 1) for count in row] for row in counts]


def square(pixels: "List[float]") -> "Rows":
    """Return 64 numbers as 8 rows of 8."""
    return [pixels[i:i + digits.SIDE] for i in range(0, len(pixels), digits.SIDE)]


def enlarge(rows: "Rows", scale: int = SCALE) -> "Rows":
    """Draw each number as scale x scale pixels, with a gray line on the right and at the bottom.

    The line keeps pictures apart: add_images sets them side by side.
    """
    wide = [[number for number in row for _ in range(scale)] + [0.5] for row in rows]
    return [row for row in wide for _ in range(scale)] + [[0.5] * len(wide[0])]
