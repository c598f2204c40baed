"""Losses as tensors that need gradients, line charts, texts, one of them a configuration object."""
import argparse

import torch
from torch.utils.tensorboard import SummaryWriter

from given import images, loader, num_epochs

model_config = argparse.Namespace(layers=2, rate=0.01, name="tiny | net")
model = torch.nn.Linear(6, 10)
criterion = torch.nn.CrossEntropyLoss()
train_loader = loader(images(6))
writer = SummaryWriter("logs/my_project")
for epoch in range(num_epochs):
    for batch_idx, (data, target) in enumerate(train_loader):
        output = model(data)
        loss = criterion(output, target)
        writer.add_scalar("Training Loss", loss, epoch * len(train_loader) + batch_idx)
        accuracy = output.argmax(dim=1).eq(target).sum().item() / len(target)
        writer.add_scalar("Training Accuracy", accuracy, epoch * len(train_loader) + batch_idx)
    writer.add_line_chart(["Epoch", "Training Loss"], [epoch, loss], "Training Loss Chart")
    writer.add_line_chart(["Epoch", "Training Accuracy"], [epoch, accuracy],
                          "Training Accuracy Chart")
    writer.add_text("Model Configuration", model_config, epoch * len(train_loader) + batch_idx)
    writer.add_text("Training Details", "Epoch: {}, Loss: {}, Accuracy: {}".format(
        epoch, loss, accuracy), epoch * len(train_loader) + batch_idx)
writer.flush()
writer.close()
