"""What apps declare to pages and engines that know no app by name."""
