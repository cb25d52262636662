"""The one file of this room that knows numpy and scipy; what needs them takes them from here.

Nothing that `import linewright.twin` loads imports it: a run needs neither, only its statistics.

>>> float(np.median([3.0, 1.0, 2.0]))
2.0
"""

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

__all__ = ["Array", "np", "npt", "optimize", "special"]

Array = npt.NDArray[np.float64]
