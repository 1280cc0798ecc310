"""Facts in, ratings out: measures, judgement, the statement that stores a batch."""
