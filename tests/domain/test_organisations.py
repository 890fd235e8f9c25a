"""Which authority may stand above which, and when."""

from datetime import date

import pytest

from hocba.domain.errors import Code, Refusal
from hocba.domain.organisations import Link, OrganisationKind, must_rank, must_stand_free
from hocba.store import ids

BO, SO, PHONG, XA = OrganisationKind
REFORM = date(2025, 7, 1)
"""Phòng GDĐT until the day before, UBND xã from this day on."""


@pytest.mark.parametrize(
    ("parent", "child"),
    [(BO, SO), (BO, PHONG), (SO, PHONG), (SO, XA), (BO, None), (SO, None), (PHONG, None), (XA, None)],
)
def test_what_is_higher_stands_above_what_is_lower(parent, child):
    must_rank(parent, child)


@pytest.mark.parametrize(
    ("parent", "child"), [(SO, BO), (SO, SO), (PHONG, SO), (PHONG, XA), (XA, PHONG), (XA, XA)]
)
def test_nobody_stands_above_his_like_so_that_there_is_no_circle(parent, child):
    with pytest.raises(Refusal) as refused:
        must_rank(parent, child)
    assert refused.value.code is Code.SUPERVISION_WRONG_ORDER
    assert refused.value.facts == {"parent": parent, "child": child}


def link(since: date, until: date | None = None) -> Link:
    return Link(parent=ids.new(), since=since, until=until)


def test_one_ends_on_the_day_on_which_the_next_begins():
    phong, xa = link(date(2000, 1, 1), REFORM), link(REFORM)

    must_stand_free(xa, [phong])
    assert (phong.holds(date(2025, 6, 30)), xa.holds(date(2025, 6, 30))) == (True, False)
    assert (phong.holds(REFORM), xa.holds(REFORM)) == (False, True)


@pytest.mark.parametrize(
    ("new", "other"),
    [
        (link(REFORM), link(date(2000, 1, 1))),
        (link(date(2000, 1, 1)), link(REFORM)),
        (link(date(2025, 6, 30)), link(date(2000, 1, 1), REFORM)),
        (link(date(2024, 1, 1), date(2025, 1, 1)), link(date(2000, 1, 1))),
    ],
)
def test_two_do_not_stand_right_above_the_same_on_one_day(new, other):
    with pytest.raises(Refusal) as refused:
        must_stand_free(new, [other])
    assert refused.value.code is Code.SUPERVISION_OVERLAPS


def test_it_does_not_end_before_it_begins():
    with pytest.raises(Refusal) as refused:
        must_stand_free(link(REFORM, REFORM), [])
    assert refused.value.code is Code.INVALID_VALUE
