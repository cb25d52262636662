"""Where the parts of the plant room meet: the same words on both sides."""

from typing import get_args

from linewright.plant.kpi import TimeCategory
from linewright.plant.model.governance import Bucket


def test_every_bucket_of_a_reason_is_a_time_category() -> None:
    """What a downtime reason may count as in the plant file, the ledger knows."""
    categories = [TimeCategory.of_bucket(bucket) for bucket in get_args(Bucket)]
    assert len(set(categories)) >= len(categories) - 1  # `unplanned` alone is `other`
