"""Writes of papers, an idea a module.

``issuing`` (letterhead, numbers, corrections, voiding), ``serving`` (services, receipts, signed copies, deadlines that
move), ``making`` (Word files and PDF).
"""
