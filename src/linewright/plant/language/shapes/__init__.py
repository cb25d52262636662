"""Shapes: what may stand at a key, read, written and described by one object each.

`single` has those of one value, `specials` those with a form of their own,
`compounds` lists and maps, `elements` the elements; `compiler` makes them from
annotations, `grammars` reads short forms, `completion` joins keys that depend
on each other.
"""
