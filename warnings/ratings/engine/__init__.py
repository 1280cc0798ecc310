"""From facts to a rating.

- :mod:`~ratings.engine.measuring`: the register of a period with every measure, as one select
- :mod:`~ratings.engine.judging`: one enterprise's measures in, its judgement out, in Python
- :mod:`~ratings.engine.batch`: the same in SQL for a whole batch, with the movement since the quarters before
"""
