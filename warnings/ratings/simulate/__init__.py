"""Simulation of what would make an enterprise green.

- :mod:`~ratings.simulate.simulation`: the current quarter with the acts that are still possible
- :mod:`~ratings.simulate.search`: the smallest set of steps that reaches a colour
- :mod:`~ratings.simulate.obstacle`: why a colour is out of reach
"""
