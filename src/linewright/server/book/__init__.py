"""The book of the site in the server's memory, and the pure functions from it to the views.

`keeping` says what is held, `hearing` fills it from the bus, `acting` puts into it what people do.
Every figure of one kind comes from one function (`days.figures`), whatever page shows it.
"""
