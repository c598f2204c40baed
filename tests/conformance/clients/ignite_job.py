"""ignite: each of the handlers of its TensorboardLogger."""
import sys

import torch
from ignite.engine import Events, create_supervised_evaluator, create_supervised_trainer
from ignite.handlers.tensorboard_logger import (GradsHistHandler, GradsScalarHandler,
                                                TensorboardLogger, WeightsHistHandler,
                                                WeightsScalarHandler, global_step_from_engine)
from ignite.metrics import MeanSquaredError

torch.manual_seed(3)
model = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
trainer = create_supervised_trainer(model, optimizer, torch.nn.functional.mse_loss)
evaluator = create_supervised_evaluator(model, {"mse": MeanSquaredError()})
data = [(torch.randn(4, 4), torch.randn(4, 1)) for _ in range(3)]

with TensorboardLogger(log_dir=sys.argv[1]) as logger:
    logger.attach_output_handler(trainer, Events.ITERATION_COMPLETED, "training",
                                 output_transform=lambda loss: {"loss": loss, "of both": (loss, 1)})
    logger.attach_output_handler(evaluator, Events.EPOCH_COMPLETED, "validation", ["mse"],
                                 global_step_transform=global_step_from_engine(trainer))
    logger.attach_opt_params_handler(trainer, Events.ITERATION_STARTED, optimizer)
    for handler in WeightsScalarHandler, WeightsHistHandler, GradsScalarHandler, GradsHistHandler:
        logger.attach(trainer, handler(model), Events.EPOCH_COMPLETED)
    trainer.add_event_handler(Events.EPOCH_COMPLETED, lambda engine: evaluator.run(data))
    trainer.run(data, max_epochs=2)
