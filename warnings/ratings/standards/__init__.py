"""Rating standards.

- :mod:`~ratings.standards.rules`: how measures become points, and when a veto or ceiling applies; in SQL and Python
- :mod:`~ratings.standards.rulebook`: a standard as data, composed of these rules
- :mod:`~ratings.standards.parsing`: reads and checks the TOML text of a standard
- ``*.toml``: the shipped standards, which :mod:`ratings.operations.standards` publishes unchanged
"""
