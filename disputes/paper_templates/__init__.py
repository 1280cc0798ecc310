"""Templates of the papers about disputes as they come with Anqi. A file stays as it is once a paper was made with it."""
