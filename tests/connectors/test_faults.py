"""Errors say what, where and what to do."""

from linewright.connectors.faults import LinkLost, WriteRefused, WriteUnanswered


def test_faults_tell_where_and_what_to_do() -> None:
    """Their words hold the place, their fields the parts."""
    lost = LinkLost("opc.tcp://a", "no answer")
    assert (lost.url, lost.what) == ("opc.tcp://a", "no answer")
    assert "tries again" in str(lost)
    refused, unanswered = WriteRefused("ns=2;s=A", "no"), WriteUnanswered("ns=2;s=A", "no answer")
    assert "was not written" in str(refused)
    assert "read it back" in str(unanswered)
    assert refused.node == unanswered.node
