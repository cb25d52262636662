"""The benchmark `thread`: one hidden fault seen, rehearsed, granted, commanded and verified."""
