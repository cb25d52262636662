"""`python -m linewright.cli`: the same as the `linewright` script."""

from linewright.cli import main

main()
