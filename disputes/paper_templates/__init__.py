"""Templates of papers about disputes, and what draws them."""
