"""Views of lists that people keep: filters, order and columns under a name."""
