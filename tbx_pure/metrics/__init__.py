"""Metrics: how well a model does, gathered over batches.  Each class is one formula.

    accuracy = Accuracy()
    for labels, scores in batches:
        accuracy.update(labels, scores)
    accuracy.log(writer, "test/accuracy", step)         # accuracy.value is the number
    accuracy.reset()                                    # before the next epoch

Numbers come as to SummaryWriter: in lists, buffers, arrays and tensors.  An update that raises
InputError adds nothing.  All sums are math.fsum's, so that every Python gives the same numbers.
"""
from .counts import F1, Accuracy, Confusion, Precision, Recall
from .means import MSE, CrossEntropy, Mean, MovingAverage

__all__ = ["Accuracy", "Confusion", "CrossEntropy", "F1", "MSE", "Mean", "MovingAverage",
           "Precision", "Recall"]
