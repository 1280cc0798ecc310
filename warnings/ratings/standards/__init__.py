"""What a rating is made by.

- :mod:`~ratings.standards.rules`: how measures become points, and when a veto or ceiling holds; in SQL and in Python
- :mod:`~ratings.standards.rulebook`: a standard as data, made of these rules
- :mod:`~ratings.standards.parsing`: its TOML text, read and checked
- ``*.toml``: the standards that come along, published as they are by :mod:`ratings.operations.standards`
"""
