"""The numbers of the pages, computed again from the raw history by other code.

`python -m tools.recompute --data FOLDER --plant PLANT --url URL` reads samples and what people said
from the history of a running site, works out times, losses, parts, hours, stops and indicators from
the definitions of docs/kpi.md and docs/live.md, asks the server for the same windows, and prints
every difference. It imports nothing of linewright: an error there cannot be an error here as well.
"""
