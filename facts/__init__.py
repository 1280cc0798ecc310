"""What every dated record about an enterprise is and does."""
