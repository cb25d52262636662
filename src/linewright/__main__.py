"""`python -m linewright` is the command `linewright`, of the interpreter that runs it."""

from linewright.cli import main

if __name__ == "__main__":
    main()
