"""From a plant to the numbers of a model: a line, a work centre, an area or a site."""

from linewright.twin.compiling.model import compile_line, compile_plant

__all__ = ["compile_line", "compile_plant"]
