"""From facts to a rating.

- :mod:`~ratings.engine.measuring`: the register of a period with every measure, as one ``SELECT``
- :mod:`~ratings.engine.judging`: judges the measures of one enterprise, in Python
- :mod:`~ratings.engine.batch`: the same in SQL for a whole batch, including movement from earlier quarters
"""
