"""PyTorch Lightning: its TensorBoardLogger, and what a user calls on logger.experiment."""
import sys

import pytorch_lightning
import torch
from pytorch_lightning.loggers import TensorBoardLogger
from torch.utils.data import DataLoader, TensorDataset


class Model(pytorch_lightning.LightningModule):
    def __init__(self, width=4, rate=0.1, name="tiny", bias=True):
        super().__init__()
        self.save_hyperparameters()
        self.layer = torch.nn.Linear(width, 1, bias)

    def training_step(self, batch, batch_idx):
        x, y = batch
        loss = torch.nn.functional.mse_loss(self.layer(x), y)
        self.log("loss/train", loss)
        return loss

    def validation_step(self, batch, batch_idx):
        x, y = batch
        self.log("loss/validation", torch.nn.functional.mse_loss(self.layer(x), y))

    def on_train_epoch_end(self):
        writer = self.logger.experiment
        for name, parameter in self.named_parameters():
            writer.add_histogram(name, parameter, self.current_epoch)
        writer.add_scalars("of both", {"a": 1.5, "b": torch.tensor(2.5)}, self.current_epoch)
        writer.add_text("note", "epoch *%d*" % self.current_epoch, self.current_epoch)
        writer.add_image("noise", torch.rand(3, 4, 5), self.current_epoch)

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=self.hparams.rate)


pytorch_lightning.seed_everything(3)
data = DataLoader(TensorDataset(torch.randn(12, 4), torch.randn(12, 1)), batch_size=4)
logger = TensorBoardLogger(sys.argv[1], name="experiment")
trainer = pytorch_lightning.Trainer(
    logger=logger, max_epochs=2, log_every_n_steps=1, accelerator="cpu",
    enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False)
model = Model()
logger.log_metrics({"grouped": {"x": 1.0, "y": 2.0}, "without a step": 0.25})
logger.log_hyperparams({"depth": 3, "nested": {"rate": 0.5}}, {"hp/loss": 0.5})
trainer.fit(model, data, data)
