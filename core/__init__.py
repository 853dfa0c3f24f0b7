"""Layerscope without a screen: stacks, plans, real TensorFlow graphs and checkpoints."""
