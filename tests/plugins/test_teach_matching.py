"""The decision: which taught thing an embedding is of, or none, with what may go wrong in lessons and denials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from cortex_teach.matching import Background, Match, Matcher

if TYPE_CHECKING:
    from numpy.typing import NDArray

LENGTH = 256
MUG, BOWL, KEYS = 7, 3, 900


class World:
    """Embeddings as models make them: never negative, all with much in common, views of a thing near each other."""

    def __init__(self, seed: int = 1) -> None:
        self._random = np.random.default_rng(seed)
        self._common = self._random.gamma(8, 1, LENGTH)

    def thing(self) -> NDArray[np.float64]:
        return self._random.gamma(1, 1, LENGTH) * self._common

    def views(self, thing: NDArray[np.float64], count: int = 10, noise: float = 0.5) -> NDArray[np.float32]:
        spread = noise * self._random.gamma(1, 1, (count, LENGTH)) * self._common
        return (thing + spread).astype(np.float32)

    def strangers(self, count: int) -> NDArray[np.float32]:
        return np.concatenate([self.views(self.thing(), 1) for _ in range(count)])


@pytest.fixture(name="world")
def _world() -> World:
    return World()


def taught(
    *lessons: tuple[int, NDArray[np.float32]], denied: Any = (), background: NDArray[np.float32] | None = None
) -> Matcher:
    """Return a matcher of lessons, each the views of a thing, and of denials."""
    parts = [(thing, views, False) for thing, views in lessons] + [(thing, views, True) for thing, views in denied]
    return Matcher(
        np.concatenate([views for _, views, _ in parts]),
        np.concatenate([np.full(len(views), thing) for thing, views, _ in parts]),
        np.concatenate([np.full(len(views), number) for number, (_, views, _) in enumerate(parts)]),
        np.concatenate([np.full(len(views), no) for _, views, no in parts]),
        background,
    )


def test_what_was_taught_is_recognised_by_its_number(world):
    mug, bowl = world.thing(), world.thing()
    matcher = taught((MUG, world.views(mug)), (BOWL, world.views(bowl)))
    for thing, other, views in ((MUG, BOWL, world.views(mug)), (BOWL, MUG, world.views(bowl))):
        for view in views:
            match = matcher.match(view)
            assert (match.thing, match.second, match.sure) == (thing, other, True)
            assert 0.5 < match.score <= match.known <= 1


def test_with_one_thing_taught_others_are_still_unknown(world):
    mug = world.thing()
    matcher = taught((MUG, world.views(mug)))
    assert all(matcher.match(view).sure for view in world.views(mug))
    strangers = [matcher.match(stranger) for stranger in world.strangers(50)]
    assert not any(match.sure for match in strangers)
    assert {match.second for match in strangers} == {None}
    assert max(match.known for match in strangers) < 0.5


def test_one_picture_is_enough_to_be_known_again(world):
    mug = world.thing()
    matcher = taught((MUG, world.views(mug, 1)))
    assert all(matcher.match(view).sure for view in world.views(mug))


def test_nothing_taught_matches_nothing():
    none = np.zeros(0, np.int64)
    matcher = Matcher(np.zeros((0, LENGTH), np.float32), none, none, none.astype(bool))
    assert matcher.match(np.ones(LENGTH, np.float32)) == Match(None, 0.0, None, sure=False, known=0.0)


def test_a_thing_that_was_only_denied_is_none(world):
    mug = world.thing()
    matcher = taught((MUG, world.views(mug)), denied=[(BOWL, world.views(world.thing(), 1))])
    assert list(matcher.things) == [MUG]


@pytest.mark.parametrize("picture", [np.zeros(LENGTH, np.float32), np.ones(LENGTH, np.float32)])
def test_a_picture_of_which_the_model_makes_nothing_is_unknown(picture, world):
    match = taught((MUG, world.views(world.thing()))).match(picture)
    assert not match.sure
    assert np.isfinite(match.score)


def test_near_duplicates_in_one_lesson_do_not_narrow_a_thing(world):
    mug = world.thing()
    still = np.repeat(world.views(mug, 1), 10, axis=0)
    matcher = taught((MUG, still))
    assert all(matcher.match(view).sure for view in world.views(mug))


def test_each_lesson_of_a_thing_counts_the_same_however_many_pictures_it_has(world):
    front, back = world.thing(), world.thing()
    views = world.views(back, 1)
    few = taught((MUG, world.views(front, 40)), (MUG, views), (KEYS, world.views(world.thing())))
    many = taught(
        (MUG, world.views(front, 40)), (MUG, np.repeat(views, 40, axis=0)), (KEYS, world.views(world.thing()))
    )
    for matcher in (few, many):
        assert all(matcher.match(view).sure for view in (*world.views(front), *world.views(back)))


def test_a_denied_view_is_not_called_so_again_but_other_views_are(world):
    mug = world.thing()
    alike = 0.55 * mug + 0.45 * world.thing()  # a bowl that is much like the mug
    matcher = taught((MUG, world.views(mug)))
    assert all(matcher.match(view).thing == MUG and matcher.match(view).sure for view in world.views(alike))
    told = taught((MUG, world.views(mug)), denied=[(MUG, world.views(alike, 1))])
    assert not any(told.match(view).sure for view in world.views(alike, noise=0.2))
    assert all(told.match(view).sure for view in world.views(mug, noise=0.2))


def test_a_corrected_view_gets_its_right_name(world):
    mug = world.thing()
    alike = 0.55 * mug + 0.45 * world.thing()
    shown = world.views(alike, 2)
    told = taught((MUG, world.views(mug)), (BOWL, shown), denied=[(MUG, shown)])
    assert {told.match(view).thing for view in world.views(alike)} == {BOWL}
    assert {told.match(view).thing for view in world.views(mug)} == {MUG}


def test_a_denial_of_one_thing_says_nothing_against_another(world):
    mug, keys = world.thing(), world.thing()
    views = world.views(keys)
    plain = taught((MUG, world.views(mug)), (KEYS, views))
    told = taught((MUG, world.views(mug)), (KEYS, views), denied=[(MUG, views[:1])])
    column = list(plain.things).index(KEYS)
    seen = world.views(keys)
    np.testing.assert_allclose(told.logits(seen)[:, column], plain.logits(seen)[:, column], atol=1)
    assert all(told.match(view).thing == KEYS and told.match(view).sure for view in seen)


def test_two_things_that_look_the_same_share_the_score(world):
    mug = world.thing()
    matcher = taught((MUG, world.views(mug)), (BOWL, world.views(mug)))
    for view in world.views(mug):
        match = matcher.match(view)
        assert match.score < 0.9 < match.known


def test_what_all_pictures_have_in_common_is_no_likeness(world):
    room = 3 * world.thing()  # the same behind everything
    mug = world.thing()
    lesson, strangers = world.views(room + mug), world.strangers(60) + room.astype(np.float32)
    seen, others = strangers[:50], strangers[50:]
    naive, told = taught((MUG, lesson)), taught((MUG, lesson), background=seen)
    assert all(told.match(view).sure for view in world.views(room + mug))
    assert all(naive.match(other).sure for other in others)  # it has seen nothing but this room
    assert np.mean([told.match(other).score for other in others]) < 0.5


def test_the_scale_of_a_model_is_of_no_matter(world):
    lesson, view = world.views(world.thing()), world.strangers(1)[0]
    small, large = taught((MUG, lesson)).match(view), taught((MUG, 1000 * lesson + 5)).match(1000 * view + 5)
    assert small.score == pytest.approx(large.score, abs=1e-3)


def test_a_thousand_things_of_ten_pictures_are_told_apart():
    world = World()
    things = [world.thing() for _ in range(1000)]
    matcher = taught(*((number, world.views(thing)) for number, thing in enumerate(things)))
    for number in range(0, 1000, 50):
        match = matcher.match(world.views(things[number], 1)[0])
        assert (match.thing, match.sure) == (number, True)
    assert not any(matcher.match(stranger).sure for stranger in world.strangers(20))


def test_the_order_of_the_pictures_is_of_no_matter(world):
    vectors = np.concatenate([world.views(world.thing(), 4) for _ in range(3)])
    things, lessons = np.repeat([MUG, BOWL, KEYS], 4), np.arange(12) // 2
    denies = np.arange(12) % 4 == 3
    order = np.random.default_rng(3).permutation(12)
    one = Matcher(vectors, things, lessons, denies)
    other = Matcher(vectors[order], things[order], lessons[order], denies[order])
    np.testing.assert_allclose(one.logits(vectors), other.logits(vectors), atol=1e-3)


def test_the_background_keeps_the_latest_of_what_is_different(world):
    background = Background(most=3)
    things = [world.thing() for _ in range(5)]
    for thing in things:
        first, again = world.views(thing, 2, noise=0.05)
        assert background.add(first)
        assert not background.add(again)
    assert len(background) == 3
    assert background.vectors.shape == (3, LENGTH)
    assert background.add(world.views(things[0], 1, noise=0.05)[0])  # long gone
