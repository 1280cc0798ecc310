"""Mediation of a dispute: by which way it is led, by whom, in which sessions."""
