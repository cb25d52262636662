"""The command line: thin commands over the rooms, each loaded when it is called.

Hides how commands are found, how they end and how a terminal is written to. One verb, `main`:
the command `linewright`, a click group, that ends the process with one of the codes in
`docs/cli.md` and never with a traceback.

>>> {"check", "up", "status", "read", "query"} <= set(main.commands_by_name)
True
"""

try:
    from linewright.cli.entry import main
except KeyboardInterrupt:  # before there is a command that could end well
    raise SystemExit(130) from None

__all__ = ["main"]
