"""Stacks that build and still surprise: one function for each kind of surprise."""
