"""One way to look at core: a window of Qt widgets."""
