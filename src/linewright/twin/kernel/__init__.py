"""The event kernel: plain functions over two blocks of numbers, run as they are or compiled."""
