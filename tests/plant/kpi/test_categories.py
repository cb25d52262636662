"""The closed set of time categories and how reasons of the plant file map to it."""

from typing import get_args

import pytest

from linewright.plant import calendar
from linewright.plant.kpi.categories import CategoryUnknown, Group, TimeCategory
from linewright.plant.kpi.ledger import Times
from linewright.plant.model import governance


def test_the_fields_of_times_are_the_categories_in_their_order() -> None:
    """A category without a field, or a field without a category, cannot exist."""
    assert Times.__struct_fields__ == tuple(f"{category}_ns" for category in TimeCategory)


def test_every_category_is_found_by_its_own_bucket() -> None:
    """The spelling in a reason tree leads back to its category, and no two share one."""
    buckets = [category.bucket for category in TimeCategory]
    assert len(set(buckets)) == len(buckets)
    assert [TimeCategory.of_bucket(bucket) for bucket in buckets] == list(TimeCategory)


def test_every_bucket_that_a_plant_file_may_write_has_a_category() -> None:
    """Reasons and breaks of the plant file map without a gap, into the group they name."""
    for bucket in get_args(governance.Bucket):
        assert TimeCategory.of_bucket(bucket).group == bucket.split("/")[0]
    for name in get_args(calendar.Bucket):
        assert TimeCategory(name).group is Group.PLANNED


def test_a_bare_unplanned_is_a_reason_and_not_the_lack_of_one() -> None:
    """`unplanned` means that somebody gave a reason, so it is not booked as no reason."""
    assert TimeCategory.of_bucket("unplanned") is TimeCategory.OTHER


def test_an_unknown_bucket_is_refused_with_the_right_spellings() -> None:
    """A misspelt bucket raises, and the text lists what may be written."""
    with pytest.raises(CategoryUnknown, match="planned/meal") as caught:
        TimeCategory.of_bucket("planned/diner")
    assert caught.value.bucket == "planned/diner"


def test_the_waterfall_order_goes_from_unscheduled_to_production() -> None:
    """Groups are contiguous and in the order of the time model."""
    order = list(dict.fromkeys(category.group for category in TimeCategory))
    assert order == list(Group)
