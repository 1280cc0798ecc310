"""Measurements on generated data, on real servers and real workers: ``python -m benchmarks --n 100000``."""
