"""Sheets read and written."""
