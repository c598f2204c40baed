"""All that exists only because tensorboardX and torch.utils.tensorboard have it.

    base.py             SummaryWriter with what programs written for them touch
    writer.py           tensorboardX.writer, which is also what `from tbx_pure import` gives
    torch_writer.py     torch.utils.tensorboard.writer
    dialects.py         what the two write differently: one table
    files.py            FileWriter and EventFileWriter, over the spine's EventFile
    record_writer.py    RecordWriter, and other places than the disk
    global_writer.py    GlobalSummaryWriter: one writer for all processes
    proto.py            messages as objects; message.py what one is, text_format.py its text
    summary.py, summary_torch.py, utils.py, x2num.py, embedding.py, projector.py
                        helper functions that people import
    modules.py          all of it under the old paths: one table
    keras_callbacks.py  our callback in Keras's modules
    install.py          makes those paths importable; shim.py and site/, in other processes
"""
