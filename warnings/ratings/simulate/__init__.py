"""What would make an enterprise green."""
