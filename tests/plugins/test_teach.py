"""Learning by being shown: lessons by voice, by typing and by the page. With the built-in model."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from cortex import Attend, Cortex, Frame, Label, Say, Seen, ServiceError, Show
from cortex.testing import pictures
from cortex_teach import memory as remembering
from cortex_teach.page import Album, Gallery, Glimpse, Wish
from tests.support.classroom import BOWL, CLOCK, MUG, MUG_AGAIN, Classroom, meaning


async def test_a_typed_lesson_is_learned_and_the_thing_is_known(room, bot):
    await room.teach("mug", MUG, owner="mine")
    assert room.lesson.stage == "learned"
    assert bot.answers[-1] == "I will remember: mug."
    assert Attend("vision") in bot.actions
    assert bot.remarks == []  # what was just said is not remarked on
    assert bot.shown[-1].labels[0].name == "mug"
    assert bot.shown[-1].sure
    assert len(bot.shown[-1].labels) > 1  # what the classifier thinks stands below
    await bot.see(BOWL, times=40)
    await bot.see(MUG, times=4)
    assert bot.remarks[-1] == "I see: your mug."


async def test_it_knows_a_thing_by_another_picture_and_nothing_else_by_its_name(room):
    await room.teach("mug", MUG)
    assert await room.name(MUG_AGAIN) == "mug"
    assert await room.name(BOWL) != "mug"


async def test_a_lesson_by_voice_is_kept_only_after_a_yes(room, bot):
    await room.teach("mug", MUG, aloud=True)
    assert room.lesson.stage == "asking"
    assert bot.answers[-1] == "Shall I remember this as “mug”?"
    assert await room.name(MUG) != "mug"
    await room.mean("yes", aloud=True)
    assert room.lesson.stage == "learned"
    assert await room.name(MUG) == "mug"


async def test_nonsense_that_was_heard_teaches_nothing(room, bot):
    await room.teach("end of the news", MUG, aloud=True)
    await room.mean("no", aloud=True)
    assert room.lesson.stage == "discarded"
    await room.mean("known")
    assert "You have taught me nothing yet" in bot.answers[-1]


async def test_it_knows_after_a_restart(room, bot):
    await room.teach("mug", MUG)
    await bot.restart()
    assert await room.name(MUG) == "mug"


# Correcting


async def test_a_correction_is_about_what_was_seen_when_the_answer_was_given(room, bot):
    await room.teach("mug", MUG)
    assert await room.name(MUG) == "mug"
    await room.mean("correct", "sugar bowl")
    await bot.see(pictures.black(), times=28)  # the thing is gone from view meanwhile
    assert room.lesson.stage == "learned"
    assert room.lesson.thing == "sugar bowl"
    assert await room.name(MUG) == "sugar bowl"


async def test_a_correction_of_the_classifier_is_a_lesson(room, bot):
    await bot.see(MUG, times=3)
    await room.mean("correct", "mug")
    await bot.see(MUG, times=28)
    assert await room.name(MUG) == "mug"


async def test_that_it_is_wrong_is_learned_where_a_taught_name_was_said(room, bot):
    await room.teach("mug", MUG)
    assert await room.name(MUG) == "mug"
    await room.mean("wrong")
    assert bot.answers[-1] == "All right: that is not “mug”."
    assert await room.name(MUG) != "mug"


async def test_that_it_is_wrong_makes_it_ask_where_the_classifier_was_wrong(room, bot):
    await bot.see(pictures.checkerboard(), asked=True)
    await room.mean("wrong")
    assert bot.answers[-1].startswith(("Sorry. What is it?", "What did I say"))


async def test_a_name_that_was_misheard_is_corrected_before_it_is_kept(room, bot):
    await room.teach("bug", MUG, aloud=True)
    await room.mean("correct", "mug", aloud=True)
    assert bot.answers[-1] == "Shall I remember this as “mug”?"
    await room.mean("yes", aloud=True)
    assert await room.name(MUG) == "mug"
    await room.mean("remember", "bug")
    assert bot.answers[-1].startswith("I do not know “bug”")


async def test_a_correction_means_what_was_spoken_of_and_not_what_was_seen_before(room, bot):
    await room.teach("chess board", BOWL)
    await bot.see(BOWL, times=6)
    await bot.see(CLOCK, times=12)
    await room.mean("correct", "rug")
    await bot.see(pictures.black(), times=28)
    assert room.lesson.stage == "learned"
    assert [await room.name(picture) for picture in (BOWL, CLOCK)] == ["chess board", "rug"]


async def test_what_a_question_takes_it_for_may_be_right(room, bot):
    await room.teach("mug", MUG)
    await room.teach("cup", MUG_AGAIN)
    assert bot.answers[-1] == "I take this for “mug”. Is it “cup” instead?"
    await room.mean("correct", "mug")
    assert room.lesson.stage == "learned"
    assert await room.name(MUG_AGAIN) == "mug"


async def test_a_thing_taught_under_two_names_is_asked_about(room, bot):
    await room.teach("mug", MUG)
    await room.teach("cup", MUG)
    assert room.lesson.stage == "asking"
    assert bot.answers[-1] == "I take this for “mug”. Is it “cup” instead?"
    await room.mean("yes")
    assert await room.name(MUG) == "cup"


# Taking back


async def test_the_last_lesson_can_be_undone(room, bot):
    await room.teach("mug", MUG)
    await room.mean("undo")
    assert room.lesson.stage == "undone"
    assert await room.name(MUG) != "mug"
    await room.mean("undo")
    assert bot.answers[-1] == "There is nothing to undo."


async def test_a_typed_forget_is_done_and_one_that_was_heard_is_asked_about(room, bot):
    await room.teach("mug", MUG)
    await room.mean("forget", "the mug", aloud=True)
    assert bot.answers[-1] == "Shall I forget “mug”, and a picture of it?"
    await room.mean("no", aloud=True)
    assert await room.name(MUG) == "mug"
    await room.mean("forget", "mug")
    assert bot.answers[-1] == "I have forgotten “mug”."
    assert await room.name(MUG) != "mug"


async def test_a_yes_that_nobody_asked_for_is_talk(room, bot):
    await room.mean("yes")
    assert bot.answers == ["I did not ask anything."]


async def test_a_question_that_was_not_answered_is_no_question_for_ever(room, bot, clock):
    await room.teach("mug", MUG, aloud=True)
    await clock.advance(121)
    await room.mean("yes", aloud=True)
    assert bot.answers[-1] == "I did not ask anything."
    assert await room.name(MUG) != "mug"


# What cannot be learned


async def test_without_a_camera_nothing_is_learned(room, bot, clock):
    await room.mean("learn", "mug")
    await clock.advance(5)
    assert room.lesson.stage == "failed"
    assert bot.answers == ["I see nothing. Is the camera on?"]


@pytest.mark.parametrize(
    ("picture", "said"),
    [(pictures.black(), "It is too dark"), (pictures.grey(), "Is something in front of the lens?")],
    ids=["dark", "covered"],
)
async def test_where_there_is_nothing_to_see_nothing_is_learned(room, bot, picture, said):
    await room.teach("mug", picture)
    assert room.lesson.stage == "failed"
    assert said in bot.answers[-1]


async def test_a_still_of_what_it_knows_teaches_nothing_new(room, bot):
    await room.teach("mug", MUG)
    await room.teach("mug", MUG)
    assert room.lesson.stage == "failed"
    assert bot.answers[-1] == "I know “mug” like this already. Show it from another side."


@pytest.mark.parametrize("name", ["", "x" * 200, "<b>mug</b>", "../../etc/passwd", "\x00", "..."])
async def test_a_name_that_is_none_is_refused_with_a_reason(room, bot, name):
    await bot.happens(Wish(sense="teach", want="learn", thing=name))
    assert room.lesson.stage == "failed"
    assert room.lesson.text.startswith("I cannot do that: ")


@pytest.mark.parametrize("name", ["mug ☕", "l'aspirateur", 'the "good" one'])
async def test_an_odd_name_is_a_name(room, name):
    await room.teach(name, MUG)
    assert await room.name(MUG) == room.lesson.thing


async def test_two_people_who_teach_the_same_name_at_once_both_do(room, bot):
    other = await bot.meet("en-GB")
    await bot.happens(meaning("learn", "mug"))  # to both sessions
    await bot.see(MUG, times=28)
    await other.see(CLOCK, times=28)
    assert await room.name(MUG) == "mug"
    assert await room.name(CLOCK) == "mug"


# The page


async def test_the_page_teaches_removes_undoes_and_shows(room, bot):
    await bot.perceive("teach", want="learn", thing="mug")
    await bot.see(MUG, times=28)
    assert room.lesson.stage == "learned"
    learned = room.lesson
    assert [action.things[0].name for action in bot.actions if isinstance(action, Gallery)] == ["mug"]
    bot.clear()
    await bot.perceive("teach", want="pictures", thing="mug")
    [album] = [action for action in bot.actions if isinstance(action, Album)]
    assert album.pictures == learned.pictures
    [glimpse] = [action for action in bot.actions if isinstance(action, Glimpse)]
    assert glimpse.picture == album.pictures[0]
    assert glimpse.payload.startswith(b"\xff\xd8")
    await bot.perceive("teach", want="remove", picture=glimpse.picture)
    assert [action for action in bot.actions if isinstance(action, Gallery)][-1].total == 0
    assert await room.name(MUG) != "mug"


async def test_a_bad_picture_is_removed_before_the_lesson_is_kept(room, bot):
    await room.mean("learn", "mug", aloud=True)
    await bot.see(MUG, times=14)
    await bot.see(BOWL, times=14)
    assert len(room.lesson.pictures) == 2
    await bot.perceive("teach", want="remove", picture=room.lesson.pictures[1])
    await bot.perceive("teach", want="keep", lesson=room.lesson.id)
    assert room.lesson.stage == "learned"
    assert await room.name(MUG) == "mug"
    assert await room.name(BOWL) != "mug"


async def test_a_lesson_that_is_over_cannot_be_kept(room, bot):
    await bot.perceive("teach", want="keep", lesson="of yesterday")
    assert (room.lesson.stage, room.lesson.text) == ("failed", "That lesson is over.")


# Telling


async def test_it_tells_what_it_knows_and_opens_the_gallery(room, bot):
    await room.teach("mug", MUG, owner="mine")
    await room.teach("bowl", BOWL)
    await room.mean("known")
    assert bot.answers[-1] == "You taught me 2 things: bowl and your mug."
    gallery = [action for action in bot.actions if isinstance(action, Gallery)][-1]
    assert gallery.open
    assert gallery.total == 2


async def test_it_tells_when_and_how_often_it_saw_a_thing(room, bot):
    await room.teach("mug", MUG, owner="mine")
    await bot.see(MUG, times=5)
    await bot.see(BOWL, times=40)
    await bot.see(MUG, times=5)
    await room.mean("count", "mugs")
    assert bot.answers[-1] == "I saw your mug twice today."
    await room.mean("last_seen", "mug")
    assert bot.answers[-1].startswith("I last saw your mug today at ")
    await room.mean("last_seen", "unicorn")
    assert bot.answers[-1] == "I have never seen unicorn."


async def test_it_answers_in_french(room, bot):
    await room.teach("tasse", MUG, owner="mine", aloud=True, language="fr-FR")
    assert bot.answers[-1] == "Dois-je retenir ceci comme « tasse » ?"
    await room.mean("yes", aloud=True, language="fr-FR")
    says = [action for action in bot.actions if isinstance(action, Say)]
    assert (says[-1].text, says[-1].language) == ("Je m'en souviendrai : tasse.", "fr-FR")
    await room.mean("remember", "tasse", language="fr-FR")
    assert bot.answers[-1].startswith(
        "Oui, je me souviens de votre tasse : j'en ai une image, la dernière aujourd'hui à "
    )


# The memory


async def test_a_damaged_memory_is_set_aside_and_said(bot, tmp_path):
    memory = tmp_path / "memory.db"
    memory.write_bytes(b"not a database at all" * 500)
    await bot.load("classifier", model="builtin")
    await bot.load("teach", memory=str(memory))
    await bot.happens(meaning("known"))
    assert "damaged" in bot.answers[0]
    await bot.see(MUG, times=5)
    assert bot.remarks == []  # once is enough
    assert len(list(tmp_path.glob("memory.db.damaged-*"))) == 1


async def test_a_lesson_for_which_the_disk_has_no_room_is_kept_once_there_is_some(room, bot):
    [database] = [unit.cortex._memory.store._connection for unit in bot.core.units if unit.name == "lessons"]
    [[pages]] = database.execute("PRAGMA page_count")
    database.execute(f"PRAGMA max_page_count = {pages}")
    await room.teach("mug", MUG)
    assert room.lesson.stage == "asking"
    assert "no room" in bot.answers[-1]
    assert await room.name(MUG) != "mug"
    database.execute("PRAGMA max_page_count = 100000")
    await room.mean("yes")
    assert room.lesson.stage == "learned"
    assert await room.name(MUG) == "mug"


async def test_of_a_damaged_memory_it_speaks_by_itself(bot, tmp_path):
    memory = tmp_path / "memory.db"
    memory.write_bytes(b"not a database at all" * 500)
    await bot.load("classifier", model="builtin")
    await bot.load("teach", memory=str(memory))
    await bot.see(MUG, times=5)
    assert [remark for remark in bot.remarks if "damaged" in remark] == bot.remarks[:1]


@pytest.mark.parametrize("failures", [0, 2])
async def test_embeddings_are_made_anew_from_the_pictures_for_another_model(bot, monkeypatch, failures):
    eyes = [Eye("one", 8), Eye("another", 12, failures)]

    class Looking(Cortex):
        """Stands in for the classifier, with a model that changes."""

        perceives = frozenset({"vision"})

        def perceive(self, frame, session):
            fields = {field: getattr(frame, field) for field in Frame.__struct_fields__}
            show = Show(labels=(Label("thing", 0.1),), sure=False)
            yield Seen(**fields, show=show, embedding=eyes[0].see(frame.image), eye=eyes[0])

    await bot.load(Looking)
    await bot.load("teach")
    room = Classroom(bot)
    await room.teach("mug", MUG)
    await room.teach("bowl", BOWL)
    del eyes[0]
    monkeypatch.setattr(remembering, "PAUSE", 0.0)
    if failures:
        await bot.see(MUG)
        told = [(status.state, status.reason) for status in bot.statuses if status.name == "teach"]
        assert told == [("working", "the model's server is away")]
        await bot.see(MUG, times=3)
    assert [await room.name(picture) for picture in (MUG, BOWL)] == ["mug", "bowl"]
    assert not bot.problems


class Eye:
    """A model of no use but that: it makes a picture small. One elsewhere may be away for the first pictures."""

    def __init__(self, model, cells, failures=0):
        self.model, self.cells, self.failures = model, cells, failures

    def embed(self, image):
        if self.failures:
            self.failures -= 1
            raise ServiceError("the model's server is away")
        return self.see(image)

    def see(self, image):
        small = Image.fromarray(image).convert("L").resize((self.cells, self.cells))
        return np.asarray(small, np.float32).ravel()
