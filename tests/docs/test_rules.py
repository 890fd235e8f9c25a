"""docs/rules.md and docs/legal.md say what the regulations say."""

import tomllib

import pytest

from hocba.domain.regulations.reading import read
from tests.docs.pages import PAGES
from tests.docs.regulations_pages import made, parts


@pytest.mark.parametrize("page", parts())
def test_the_page_is_made_of_the_data(page):
    assert made(page) == parts()[page], "renew it: python -m tests.docs.regulations_pages"


def test_everything_unverified_is_on_the_list_of_the_lawyer():
    assert made("docs/legal.md").count("\n") > 8
    assert "`rules tt22: set_aside_counts`" in made("docs/legal.md")


def test_the_example_is_one_that_can_be_laid_on_top():
    example = PAGES["docs/rules.md"].partition("```toml\n")[2].partition("```")[0]

    assert set(tomllib.loads(example)) == {"curriculum"}
    assert list(read("example", example)) == [("curriculum", "thcs-2027")]
