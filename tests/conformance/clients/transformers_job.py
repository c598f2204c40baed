"""transformers: the Trainer that reports to tensorboard, of a model that fits on this line."""
import os
import sys

os.environ["TENSORBOARD_LOGGING_DIR"] = sys.argv[1]

import torch                                                            # noqa: E402
from transformers import (GPT2Config, GPT2LMHeadModel, Trainer,         # noqa: E402
                          TrainingArguments, set_seed)

set_seed(3)
model = GPT2LMHeadModel(GPT2Config(vocab_size=11, n_positions=8, n_embd=4, n_layer=1, n_head=1))
tokens = torch.randint(0, 11, (8, 6))
data = [{"input_ids": row, "labels": row} for row in tokens]
arguments = TrainingArguments(
    "out", max_steps=3, per_device_train_batch_size=2, logging_steps=1, eval_strategy="steps",
    eval_steps=2, save_strategy="no", report_to=["tensorboard"], use_cpu=True, disable_tqdm=True)
Trainer(model, arguments, train_dataset=data, eval_dataset=data[:2]).train()
