"""Pages that say next to nothing: which have lost their body, and which consist of their files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import Article, FileLink
from crawler.thin import BODY, NOTHING, Neighbours, hollow, unproven

PLAN = FileLink("https://a.gov.vn/ke-hoach.pdf", "Kế hoạch")
lengths = st.lists(st.integers(0, 3 * BODY), max_size=5)


def article(chars: int, files: int = 0, mark: str = "a") -> Article:
    return Article(
        url="https://a.gov.vn/1",
        title="Kế hoạch",
        body=(mark * chars)[:chars],
        family="generic",
        reader_version="generic-1",
        attachments=(PLAN,) * files,
    )


@pytest.mark.parametrize(
    ("chars", "tonight", "known", "lost"),
    [
        (0, [900, 1200], [], True),
        (0, [], [900, 1200], True),
        (NOTHING - 1, [900], [1200], True),
        (NOTHING, [900, 1200], [], False),  # it says something
        (0, [900], [], False),  # one neighbour is no rule
        (0, [900, 1200, 40], [], False),  # another one says as little
        (0, [], [], False),
    ],
)
def test_a_page_that_says_nothing_among_pages_that_say_much_has_lost_its_body(
    chars: int, tonight: list[int], known: list[int], lost: bool
) -> None:
    assert hollow(article(chars), Neighbours(tonight, known), again=False) is lost
    assert hollow(article(chars, files=1), Neighbours(tonight, known), again=False) is lost


@pytest.mark.parametrize(
    ("tonight", "known", "files", "lost"),
    [
        ([900], [1200], 0, False),  # tonight's pages have bodies, and it has none: so it is
        ([], [1200, 900], 0, True),  # tonight nobody has shown that pages have theirs again
        ([40], [1200], 1, True),
        ([], [], 1, False),  # a portal whose articles are files
        ([40, 0], [60], 1, False),
        ([40, 0], [60], 0, True),  # neither text nor file: there is no article
    ],
)
def test_one_that_was_put_aside_is_believed_when_others_have_bodies_or_it_has_files(
    tonight: list[int], known: list[int], files: int, lost: bool
) -> None:
    assert hollow(article(10, files), Neighbours(tonight, known), again=True) is lost


@pytest.mark.parametrize(
    ("page", "tonight", "known", "waits"),
    [
        (article(0), [], [], True),
        (article(0, files=2), [40], [0], True),
        (article(BODY - 1), [], [], True),
        (article(BODY - 1, mark="ab\n"), [], [], False),  # two lines and more are a text, however short
        (article(BODY), [], [], False),
        (article(0), [BODY], [], False),
        (article(0), [], [BODY], False),
    ],
)
def test_on_a_portal_of_which_no_body_was_seen_little_waits_for_one(
    page: Article, tonight: list[int], known: list[int], waits: bool
) -> None:
    assert unproven(page, Neighbours(tonight, known), again=False) is waits
    assert not unproven(page, Neighbours(tonight, known), again=True)


@given(st.integers(NOTHING, 4 * BODY), lengths, lengths, st.booleans())
def test_a_text_is_never_hollow(chars: int, tonight: list[int], known: list[int], again: bool) -> None:
    assert not hollow(article(chars), Neighbours(tonight, known), again=again)


@given(st.integers(0, 2 * BODY), lengths, lengths)
def test_a_first_night_keeps_nothing_of_pages_without_bodies(chars: int, tonight: list[int], known: list[int]) -> None:
    """Whatever came before: a page that says nothing is kept at once only where others show that this is usual."""
    near, page = Neighbours(tonight, known), article(chars)
    if chars < NOTHING and not hollow(page, near, again=False) and not unproven(page, near, again=False):
        every = [*tonight, *known]
        assert near.any_body
        assert len(every) < 2 or min(every) < BODY


@given(st.integers(0, NOTHING - 1), lengths, lengths, lengths)
def test_more_neighbours_that_say_much_never_save_a_page(
    chars: int, tonight: list[int], known: list[int], more: list[int]
) -> None:
    page, rich = article(chars), [chars + BODY for chars in more]
    if hollow(page, Neighbours(tonight, known), again=False):
        assert hollow(page, Neighbours([*tonight, *rich], known), again=False)
