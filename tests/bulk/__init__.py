"""Tests of acts on many rows."""
