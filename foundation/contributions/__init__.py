"""What apps declare for pages and engines that know none of them by name."""
