"""Icons, example stacks and themes, read as package data."""
