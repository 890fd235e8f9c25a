from datetime import date

import pytest

from hocba.domain.identity import agrees


@pytest.mark.parametrize(
    ("personal_id", "sex", "born", "same"),
    [
        ("048317002681", "Nữ", date(2017, 5, 17), True),
        ("048317002681", "Nam", date(2017, 5, 17), False),
        ("048317002681", "", date(2017, 5, 17), True),
        ("048317002681", "Nữ", date(2018, 5, 17), False),
        ("048317002681", "Nữ", date(1917, 5, 17), False),
        ("001099000001", "Nam", date(1999, 1, 1), True),
        ("001199000001", "Nữ", date(1999, 1, 1), True),
        ("001200000001", "Nam", date(2000, 1, 1), True),
        ("001401000001", "Nam", date(2101, 1, 1), True),
    ],
)
def test_a_personal_id_says_sex_century_and_year(personal_id, sex, born, same):
    assert agrees(personal_id, sex, born) is same
