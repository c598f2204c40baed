"""The projector's embeddings: files beside the event files.  spec/plugins/projector.md

    projector_config.pbtxt              which embeddings there are: a ProjectorConfig as text
    <step>/<tag>/tensors.tsv            a line for each point, a number for each dimension;
                 tensors.bytes          or the same numbers as float32
                 metadata.tsv           a line for each point: its label, or several of them
                 sprite.png             a picture for each point, on a square
"""
from .embedding import add_embedding
