"""Durations drawn from a distribution, each from its own place in a stream.

All but the gamma distribution use one uniform number and the inverse of the distribution's
function, so that equal numbers give equal durations.
"""

import math

from linewright.numeric.counters import SUB_STREAM, uniform

CONSTANT = 0
EXPONENTIAL = 1
LOGNORMAL = 2
NORMAL = 3
GAMMA = 4
WEIBULL = 5
TRIANGULAR = 6
UNIFORM = 7

SQUEEZE_MAX = 31
"""Trials of one gamma number; each fails at most 5 times in 100, so none ever needs them all."""


def inverse_normal(p: float) -> float:
    """Return the quantile of the standard normal distribution.

    Parameters
    ----------
    p
        Between 0 and 1 without either.

    Notes
    -----
    Algorithm AS 241, PPND16 (Wichura, Applied Statistics 37, 1988): about 16 digits.

    Examples
    --------
    >>> round(inverse_normal(0.975), 6)
    1.959964
    """
    q = p - 0.5
    if abs(q) <= 0.425:  # noqa: PLR2004  # the algorithm's own bound
        return q * _middle(0.180625 - q * q)
    r = math.sqrt(-math.log(min(p, 1.0 - p)))
    x = _shoulder(r - 1.6) if r <= 5.0 else _tail(r - 5.0)  # noqa: PLR2004  # likewise
    return -x if q < 0.0 else x


def _middle(r: float) -> float:
    top = 2.5090809287301226727e3 * r + 3.3430575583588128105e4
    top = (top * r + 6.7265770927008700853e4) * r + 4.5921953931549871457e4
    top = (top * r + 1.3731693765509461125e4) * r + 1.9715909503065514427e3
    top = (top * r + 1.3314166789178437745e2) * r + 3.3871328727963666080e0
    low = 5.2264952788528545610e3 * r + 2.8729085735721942674e4
    low = (low * r + 3.9307895800092710610e4) * r + 2.1213794301586595867e4
    low = (low * r + 5.3941960214247511077e3) * r + 6.8718700749205790830e2
    return top / ((low * r + 4.2313330701600911252e1) * r + 1.0)


def _shoulder(r: float) -> float:
    top = 7.74545014278341407640e-4 * r + 2.27238449892691845833e-2
    top = (top * r + 2.41780725177450611770e-1) * r + 1.27045825245236838258e0
    top = (top * r + 3.64784832476320460504e0) * r + 5.76949722146069140550e0
    top = (top * r + 4.63033784615654529590e0) * r + 1.42343711074968357734e0
    low = 1.05075007164441684324e-9 * r + 5.47593808499534494600e-4
    low = (low * r + 1.51986665636164571966e-2) * r + 1.48103976427480074590e-1
    low = (low * r + 6.89767334985100004550e-1) * r + 1.67638483018380384940e0
    return top / ((low * r + 2.05319162663775882187e0) * r + 1.0)


def _tail(r: float) -> float:
    top = 2.01033439929228813265e-7 * r + 2.71155556874348757815e-5
    top = (top * r + 1.24266094738807843860e-3) * r + 2.65321895265761230930e-2
    top = (top * r + 2.96560571828504891230e-1) * r + 1.78482653991729133580e0
    top = (top * r + 5.46378491116411436990e0) * r + 6.65790464350110377720e0
    low = 2.04426310338993978564e-15 * r + 1.42151175831644588870e-7
    low = (low * r + 1.84631831751005468180e-5) * r + 7.86869131145613259100e-4
    low = (low * r + 1.48753612908506148525e-2) * r + 1.36929880922735805310e-1
    return top / ((low * r + 5.99832206555887937690e-1) * r + 1.0)


def gamma(shape: float, key: int, n: int) -> float:
    """Return draw `n` of a gamma distribution of scale 1.

    Notes
    -----
    Marsaglia and Tsang, "A simple method for generating gamma variables", ACM TOMS 26, 2000;
    shapes below 1 by the power of one more uniform number.
    """
    at = n * SUB_STREAM
    boost = 1.0
    if shape < 1.0:
        boost = math.pow(uniform(key, at + SUB_STREAM - 1), 1.0 / shape)
        shape += 1.0
    d = shape - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    for trial in range(SQUEEZE_MAX):
        x = inverse_normal(uniform(key, at + 2 * trial))
        v = 1.0 + c * x
        if v > 0.0:
            v = v * v * v
            u = uniform(key, at + 2 * trial + 1)
            if math.log(u) < 0.5 * x * x + d - d * v + d * math.log(v):
                return boost * d * v
    return boost * d


def draw(family: int, a: float, b: float, c: float, at: tuple[int, int]) -> float:
    """Return a draw of a family, in the unit of its parameters, not below 0.

    Parameters
    ----------
    family
        One of the numbers above.
    a, b, c
        Constant, exponential: the mean. Lognormal: mean and deviation of the logarithm.
        Normal: mean, deviation, and the share of it below 0, which is cut away.
        Gamma, Weibull: shape and scale. Triangular: least, most likely, greatest.
        Uniform: least, greatest.
    at
        Key of the stream and number of the draw.

    Examples
    --------
    >>> draw(CONSTANT, 48.0, 0.0, 0.0, (1, 0))
    48.0
    """
    if family == CONSTANT:
        return a
    key, n = at
    if family == EXPONENTIAL:  # as `quantile` says, here so that it is short under the JIT
        return -a * math.log(1.0 - uniform(key, n * SUB_STREAM))
    if family == GAMMA:
        return b * gamma(a, key, n)
    return quantile(family, a, b, c, uniform(key, n * SUB_STREAM))


def quantile(family: int, a: float, b: float, c: float, u: float) -> float:
    """Return the quantile of a family at `u`, for all but the gamma distribution.

    Examples
    --------
    >>> quantile(UNIFORM, 10.0, 20.0, 0.0, 0.5)
    15.0
    """
    x = a
    if family == EXPONENTIAL:
        x = -a * math.log(1.0 - u)
    elif family == LOGNORMAL:
        x = math.exp(a + b * inverse_normal(u))
    elif family == NORMAL:
        x = max(0.0, a + b * inverse_normal(c + u * (1.0 - c)))
    elif family == WEIBULL:
        x = b * math.pow(-math.log(1.0 - u), 1.0 / a)
    elif family == UNIFORM:
        x = a + u * (b - a)
    elif family == TRIANGULAR:
        if u * (c - a) < b - a:
            x = a + math.sqrt(u * (c - a) * (b - a))
        else:
            x = c - math.sqrt((1.0 - u) * (c - a) * (c - b))
    return x
