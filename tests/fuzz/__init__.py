"""Any bytes at all put to the readers: by properties, and by fuzzing that follows coverage."""
