"""What goes wrong between a connector and a device, as typed errors: what, where, what to do.

>>> str(LinkLost("opc.tcp://10.1.4.12:4840", "no answer"))
'opc.tcp://10.1.4.12:4840: no answer; the connector tries again by itself'
"""

__all__ = ["LinkLost", "WriteRefused", "WriteUnanswered"]


class LinkLost(ConnectionError):
    """A device is not reached, or not any more.

    Parameters
    ----------
    url
        Its endpoint.
    what
        Why, one sentence without a full stop.

    Examples
    --------
    >>> LinkLost("opc.tcp://10.1.4.12:4840", "no answer").what
    'no answer'
    """

    def __init__(self, url: str, what: str) -> None:
        super().__init__(url, what)
        self.url = url
        self.what = what

    def __str__(self) -> str:
        return f"{self.url}: {self.what}; the connector tries again by itself"


class WriteRefused(ValueError):
    """A device refused a write, or a value does not fit its node: nothing was written.

    Examples
    --------
    >>> str(WriteRefused("ns=2;s=SpeedSet", "BadNotWritable"))
    'ns=2;s=SpeedSet was not written: BadNotWritable'
    """

    def __init__(self, node: str, what: str) -> None:
        super().__init__(node, what)
        self.node = node
        self.what = what

    def __str__(self) -> str:
        return f"{self.node} was not written: {self.what}"


class WriteUnanswered(ConnectionError):
    """A write went out and no answer came: read back, never repeat.

    Examples
    --------
    >>> str(WriteUnanswered("ns=2;s=SpeedSet", "no answer"))
    'ns=2;s=SpeedSet may be written or not: no answer; read it back'
    """

    def __init__(self, node: str, what: str) -> None:
        super().__init__(node, what)
        self.node = node
        self.what = what

    def __str__(self) -> str:
        return f"{self.node} may be written or not: {self.what}; read it back"
