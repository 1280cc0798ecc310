"""Benchmarks on generated data, with real servers and workers: ``python -m benchmarks --n 100000``."""
