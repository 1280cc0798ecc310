"""Acts on many rows of a list: chosen, judged, done one by one, by a worker if they are many."""
