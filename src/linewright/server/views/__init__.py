"""The contract between the server and whoever shows it: a struct for each answer.

Collections are keyed by address or id, and what is not known is left out, so that a change can
be told as a JSON Merge Patch (RFC 7386). Times are ms since 1970 UTC, durations seconds, shares
0 to 1. The types of the web application are made from these (`python -m tools.contract`).
"""
