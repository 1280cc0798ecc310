"""The demo: two invented bureaus with enterprises, people and ten quarters of facts.

Everything in it is made up: names, addresses, people and credit codes (their district 4399xx exists nowhere).
Dates are counted back from today, choices come from a fixed seed and the quarter's distance from today, so the demo
looks alike whenever it is started. ``manage.py demo`` writes it.
"""
