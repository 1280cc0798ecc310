"""Explanations of ratings and standards.

- :mod:`~ratings.explain.rating`: how one rating was decided
- :mod:`~ratings.explain.lines`: its groups and criteria, with measures and lost points
- :mod:`~ratings.explain.standard`: a whole standard in plain sentences
- :mod:`~ratings.explain.wording`: rules, conditions and measures as sentences
- :mod:`~ratings.explain.spark`: the scores of recent quarters as a sparkline
"""
