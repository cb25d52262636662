"""`python -m linewright.cli`: the same as the `linewright` script."""

from linewright.cli import main

if __name__ == "__main__":
    main()
