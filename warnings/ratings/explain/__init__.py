"""Ratings and standards in words.

- :mod:`~ratings.explain.rating`: how one rating was decided
- :mod:`~ratings.explain.lines`: its groups and criteria, with what was measured and lost
- :mod:`~ratings.explain.standard`: everything a standard says
- :mod:`~ratings.explain.wording`: rules, conditions and measures as sentences
- :mod:`~ratings.explain.spark`: the scores of some quarters as a small drawing
"""
