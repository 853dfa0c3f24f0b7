"""What is fast, measured against plain TensorFlow in the same run."""
