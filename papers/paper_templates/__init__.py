"""Templates that come with Anqi, and the programs that drew them."""
