"""Activities of a station for its enterprises, and of the enterprises: legal education, drills, trainings."""
