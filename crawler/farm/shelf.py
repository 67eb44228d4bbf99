"""Which articles a portal has, in which order, under which numbers and address parts."""

from functools import cached_property
from typing import ClassVar

from crawler.farm.newsroom import SECTIONS, Newsroom
from crawler.farm.stories import Story


class Shelf:
    """The articles of a newsroom as one portal arranges them; `start_id` is its first number."""

    per_page: ClassVar[int] = 10

    def __init__(self, newsroom: Newsroom, start_id: int) -> None:
        self.newsroom = newsroom
        self.start_id = start_id

    def forget(self) -> None:
        """After the newsroom changed: everything is arranged anew."""
        for name in ("shown", "by_section", "slugs", "slug_of"):
            self.__dict__.pop(name, None)

    def title_slug(self, story: Story) -> str:
        """The title as an address part, before repetitions are told apart."""
        return story.slug

    @cached_property
    def slugs(self) -> dict[str, Story]:
        """Address part to story, where it is the identity: a repeated title gets a number."""
        taken: dict[str, Story] = {}
        for story in self.newsroom.stories:
            slug = self.title_slug(story)
            taken[slug if slug not in taken else f"{slug}-{story.index}"] = story
        return taken

    @cached_property
    def slug_of(self) -> dict[int, str]:
        """Story index to address part."""
        return {story.index: slug for slug, story in self.slugs.items()}

    @cached_property
    def shown(self) -> list[Story]:
        """The articles that listings name, newest first."""
        return self.newsroom.shown

    @cached_property
    def by_section(self) -> dict[str, list[Story]]:
        """The articles of each section, newest first."""
        return {name: [story for story in self.shown if story.section == name] for name in SECTIONS}

    def slice(self, section: str, page: int) -> tuple[list[Story], int]:
        """One listing page's articles, and how many pages there are."""
        stories = self.by_section[section]
        pages = max(1, -(-len(stories) // self.per_page))
        return stories[(page - 1) * self.per_page : page * self.per_page], pages

    def others(self, story: Story, count: int) -> list[Story]:
        """Some other articles of the same section, as "Tin liên quan" shows them."""
        same = self.by_section[story.section]
        start = story.index % max(1, len(same) - count)
        return [other for other in same[start : start + count + 1] if other is not story][:count]

    def number(self, story: Story) -> int:
        """The article's number on this portal; gaps as of drafts."""
        return self.start_id + story.index * 3

    def by_number(self, number: int) -> Story | None:
        """The article of a number."""
        index, rest = divmod(number - self.start_id, 3)
        return self.newsroom.stories[index] if not rest and 0 <= index < len(self.newsroom.stories) else None
