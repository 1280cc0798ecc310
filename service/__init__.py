"""What a station does for its enterprises, and they for themselves: legal education, drills, trainings."""
