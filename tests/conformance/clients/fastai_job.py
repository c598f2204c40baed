"""fastai: its callback for curves, and the projector for word embeddings."""
import os
import sys

import torch
from fastai.basics import DataLoader, DataLoaders, Learner, SGD, accuracy, set_seed
from fastai.callback.tensorboard import TensorBoardCallback, projector_word_embeddings

set_seed(3)
x, y = torch.randn(20, 4), torch.randint(0, 2, (20,))
pairs = list(zip(x, y))
loaders = DataLoaders(DataLoader(pairs[:16], bs=4), DataLoader(pairs[16:], bs=4))
learner = Learner(loaders, torch.nn.Linear(4, 2), torch.nn.CrossEntropyLoss(), SGD,
                  metrics=accuracy)
with learner.no_bar(), learner.no_logging():
    learner.fit(2, cbs=TensorBoardCallback(os.path.join(sys.argv[1], "fit"), trace_model=False,
                                           log_preds=False))
projector_word_embeddings(layer=torch.nn.Embedding(6, 3), vocab=["one", "two", "three", "é", "米"],
                          log_dir=os.path.join(sys.argv[1], "words"), limit=5)
