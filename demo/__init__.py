"""The demo: two invented bureaus with enterprises, people and ten quarters of facts.

All of it is made up: names, addresses, people and credit codes (no district has the code 4399xx). Dates are relative
to today, and random choices are seeded by the number of quarters before today, so the demo looks alike whenever it is
created. ``manage.py demo`` creates it.
"""
