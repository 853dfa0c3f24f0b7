"""Why TensorFlow refuses a layer: one function for each kind of error about variables."""
