"""Pictures and sound as bytes.  Nothing here knows of TensorBoard."""
