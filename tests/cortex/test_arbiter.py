"""One voice: what is said, and when. The clock is a number."""

from __future__ import annotations

import numpy as np
import pytest

from cortex import Frame, Once, Say, Sentence, Stimulus
from cortex.arbiter import ECHO_TAIL, FRESH, MAX_WAITING, Arbiter, ArbiterSettings


def frame():
    return Frame(sense="vision", picture=Once(lambda: np.zeros((2, 2, 3), np.uint8)))


def sentence(text="what do you see", *, aloud=True):
    return Sentence(sense="hearing", text=text, aloud=aloud)


class Bot:
    """An arbiter whose cortexes think of something every tenth of a second."""

    def __init__(self, **settings):
        self.arbiter = Arbiter(ArbiterSettings(**settings))
        self.now = 1000.0

    def sees(self, text, frames=1, *, topic="", cortex="eye"):
        """Look at so many frames and want to say the same of each; return what was really said."""
        said = []
        for _ in range(frames):
            self.now += 0.1
            said += self.arbiter.consider(Say(text, topic=topic), frame(), cortex, self.now)
        return [spoken.say.text for spoken in said]

    def looks_once(self, *texts):
        """Look at one frame, as a cortex does that looks now and then only."""
        self.now += 0.1
        look = frame()
        said = [
            spoken for text in texts for spoken in self.arbiter.consider(Say(text), look, "eye", self.now, once=True)
        ]
        self.arbiter.looked("eye", look, self.now)
        return [spoken.say.text for spoken in said]

    def answers(self, text):
        return [spoken.priority for spoken in self.arbiter.consider(Say(text), sentence(), "ear", self.now)]

    def notices(self, text):
        return [s.say.text for s in self.arbiter.consider(Say(text), Stimulus(sense="door"), "door", self.now)]

    def falls_silent(self):
        self.arbiter.voice_ended(self.now)
        return [spoken.say.text for spoken in self.arbiter.release(self.now)]

    def passes(self, seconds):
        self.now += seconds

    def takes_for_its_own(self, text, *, aloud=True):
        return self.arbiter.is_own_voice(sentence(text, aloud=aloud), self.now)


def test_a_thing_is_said_once_it_was_seen_in_so_many_frames_in_a_row():
    bot = Bot(stable=3)
    assert bot.sees("macaw", 2) == []
    assert bot.sees("macaw") == ["macaw"]


def test_a_thing_that_flickers_is_never_said():
    bot = Bot(stable=3)
    for _ in range(5):
        assert bot.sees("macaw", 2) == []
        assert bot.sees("parrot", 2) == []


def test_a_frame_on_which_the_cortex_was_unsure_breaks_the_row():
    bot = Bot(stable=3)
    bot.sees("macaw", 2)
    bot.arbiter.looked("eye", frame(), bot.now)
    assert bot.sees("macaw", 2) == []
    assert bot.sees("macaw") == ["macaw"]


def test_frames_of_which_nothing_is_said_break_the_row():
    bot = Bot(stable=3)
    for _ in range(4):
        assert bot.sees("macaw") == []
        bot.arbiter.looked("eye", frame(), bot.now)
    assert bot.sees("macaw", 3) == ["macaw"]


def test_two_remarks_on_one_frame_count_as_one_frame():
    bot, one = Bot(stable=2), frame()
    for _ in range(3):
        assert list(bot.arbiter.consider(Say("macaw"), one, "eye", bot.now)) == []


def test_of_two_things_in_every_frame_both_are_said():
    bot = Bot(stable=3)
    looks = [frame() for _ in range(3)]
    said = []
    for look in looks:
        for name in ("cup", "spoon"):
            said += bot.arbiter.consider(Say(name), look, "eye", bot.now)
    assert [spoken.say.text for spoken in said] == ["cup"]  # one voice: the other waits
    bot.falls_silent()
    assert bot.sees("spoon") == ["spoon"]


def test_what_was_just_answered_is_not_remarked_on():
    bot = Bot(stable=1)
    answer = Say("I see: cup.", topic="cup")
    assert [spoken.priority for spoken in bot.arbiter.consider(answer, sentence(), "ear", bot.now)] == ["answer"]
    bot.falls_silent()
    assert bot.sees("cup") == []
    assert bot.sees("spoon") == ["spoon"]


def test_what_one_cortex_sees_does_not_make_another_sure():
    bot = Bot(stable=2)
    assert bot.sees("macaw", cortex="left") == []
    assert bot.sees("macaw", cortex="right") == []


def test_a_thing_is_not_said_again_while_it_stays_in_view():
    bot = Bot(stable=3)
    assert bot.sees("macaw", 600) == ["macaw"]


def test_a_thing_is_said_again_after_it_was_out_of_view_for_long_enough():
    bot = Bot(stable=3, absence=3)
    bot.sees("macaw", 3)
    bot.passes(3.5)
    assert bot.sees("macaw", 3) == ["macaw"]


def test_what_is_looked_at_now_and_then_stays_in_view_until_the_next_look():
    bot = Bot(absence=3)
    assert bot.looks_once("hello Olivier") == ["hello Olivier"]
    bot.passes(60)
    bot.falls_silent()
    assert bot.looks_once("hello Olivier") == []


def test_what_was_gone_at_a_look_and_is_back_at_a_later_one_is_said_again():
    bot = Bot(absence=3)
    bot.looks_once("hello Olivier")
    bot.passes(20)
    bot.falls_silent()
    assert bot.looks_once() == []
    bot.passes(20)
    assert bot.looks_once("hello Olivier") == ["hello Olivier"]


def test_a_thing_that_was_gone_for_a_moment_only_is_not_said_again():
    bot = Bot(stable=3, absence=3)
    bot.sees("macaw", 3)
    bot.passes(2.5)
    assert bot.sees("macaw", 10) == []


def test_a_topic_is_not_remarked_on_again_in_other_words():
    bot = Bot(stable=1)
    assert bot.sees("Oh, a macaw!", topic="macaw") == ["Oh, a macaw!"]
    bot.falls_silent()
    assert bot.sees("Still that macaw.", topic="Macaw") == []


def test_a_new_thing_waits_until_the_voice_is_silent_and_is_then_said():
    bot = Bot(stable=1)
    assert bot.sees("a scarlet macaw in a tall tree") != []
    assert bot.sees("cat", 2) == []
    bot.falls_silent()
    assert bot.sees("cat") == ["cat"]


def test_an_answer_is_given_at_once_even_while_a_remark_is_being_said():
    bot = Bot(stable=1)
    bot.sees("a remark that takes its time")
    assert bot.answers("Yes.") == ["answer"]


def test_a_remark_does_not_cut_an_answer_off():
    bot = Bot(stable=1)
    bot.answers("An answer of some length.")
    assert bot.sees("macaw") == []


def test_two_answers_are_taken_to_be_said_one_after_the_other():
    bot = Bot(stable=1)
    bot.answers("one two three")
    bot.answers("four five six")
    bot.passes(2)  # one answer of three words takes a second and a half
    assert bot.sees("macaw") == []
    bot.passes(1.1)
    assert bot.sees("macaw") == ["macaw"]


def test_a_quiet_bot_remarks_on_nothing_and_answers_all_the_same():
    bot = Bot(stable=1)
    bot.arbiter.quiet = True
    assert bot.sees("macaw", 3) == []
    assert bot.notices("The door!") == []
    assert bot.answers("Yes.") == ["answer"]


def test_what_is_still_in_view_is_said_when_the_bot_may_speak_again():
    bot = Bot(stable=1)
    bot.arbiter.quiet = True
    bot.sees("macaw", 3)
    bot.arbiter.quiet = False
    assert bot.sees("macaw") == ["macaw"]


def test_an_event_is_told_at_once_when_nobody_speaks():
    assert Bot().notices("The door!") == ["The door!"]


def test_an_event_waits_until_the_voice_falls_silent():
    bot = Bot()
    bot.answers("Let me tell you a story.")
    assert bot.notices("The door!") == []
    assert bot.falls_silent() == ["The door!"]
    assert bot.falls_silent() == []


def test_events_that_waited_are_told_one_at_a_time():
    bot = Bot()
    bot.answers("Let me tell you a story.")
    bot.notices("The door!")
    bot.notices("The phone!")
    assert bot.falls_silent() == ["The door!"]
    assert bot.falls_silent() == ["The phone!"]


def test_an_event_that_has_waited_for_too_long_is_no_longer_worth_a_word():
    bot = Bot()
    bot.answers("Let me tell you a story.")
    bot.arbiter.voice_began(bot.now)
    bot.notices("The door!")
    bot.passes(FRESH + 1)
    assert bot.falls_silent() == []


def test_of_many_waiting_events_only_the_last_few_are_kept():
    bot = Bot()
    bot.answers("Let me tell you a story.")
    for number in range(MAX_WAITING + 1):
        bot.notices(f"event {number}")
    assert bot.falls_silent() == ["event 1"]


def test_a_voice_that_never_reports_is_taken_to_fall_silent_after_the_time_its_words_take():
    bot = Bot(stable=1)
    bot.answers("one two three")
    assert bot.arbiter.speaking(bot.now + 1.4)
    assert not bot.arbiter.speaking(bot.now + 1.6)


def test_a_voice_that_reports_speaks_until_it_reports_the_end():
    bot = Bot()
    bot.answers("one two three")
    bot.arbiter.voice_began(bot.now)
    bot.passes(30)
    assert bot.arbiter.speaking(bot.now)
    bot.arbiter.voice_ended(bot.now)
    assert not bot.arbiter.speaking(bot.now)


@pytest.mark.parametrize("heard", ["I see a scarlet macaw", "see a scarlet Macaw!", "a scarlet mac", "scarlet macaw"])
def test_the_bot_does_not_take_its_own_words_for_the_persons(heard):
    bot = Bot()
    bot.answers("I see a scarlet macaw.")
    assert bot.takes_for_its_own(heard)


@pytest.mark.parametrize("heard", ["be quiet", "tais-toi", "what is that", "no, I want you to see the cat over there"])
def test_a_person_is_heard_while_the_bot_speaks(heard):
    bot = Bot()
    bot.answers("I see a scarlet macaw.")
    assert not bot.takes_for_its_own(heard)


def test_typed_words_are_never_the_bots_own():
    bot = Bot()
    bot.answers("I see a scarlet macaw.")
    assert not bot.takes_for_its_own("I see a scarlet macaw", aloud=False)


def test_a_recogniser_may_deliver_the_bots_words_a_moment_late():
    bot = Bot()
    bot.answers("I see a scarlet macaw.")
    bot.falls_silent()
    bot.passes(ECHO_TAIL - 0.1)
    assert bot.takes_for_its_own("I see a scarlet macaw")


def test_a_person_may_repeat_the_bots_words_later():
    bot = Bot()
    bot.answers("I see a scarlet macaw.")
    bot.falls_silent()
    bot.passes(ECHO_TAIL + 0.1)
    assert not bot.takes_for_its_own("I see a scarlet macaw")


def test_what_the_bot_said_a_while_ago_is_a_persons_to_say():
    bot = Bot()
    bot.answers("Tell me what it is: this is a.")
    bot.falls_silent()
    bot.passes(5)
    bot.answers("I see a macaw.")
    assert not bot.takes_for_its_own("what is this")


STORY = [
    f"{number} sheep went to the {place}."
    for number, place in enumerate(["mountain", "river", "city", "forest", "sea", "desert"])
]


@pytest.mark.parametrize("at", range(len(STORY)))
def test_of_a_long_answer_it_knows_each_sentence_when_that_is_heard(at):
    bot = Bot()
    for text in STORY:
        bot.answers(text)
    bot.arbiter.voice_began(bot.now)
    bot.passes(2.5 * at + 1)
    assert bot.takes_for_its_own(STORY[at])
    assert bot.takes_for_its_own(" ".join(STORY[at : at + 2]))


def test_what_is_said_much_later_or_was_said_long_ago_is_a_persons_to_say_meanwhile():
    bot = Bot()
    for text in ["Yes.", *STORY, *STORY, *STORY, "No."]:
        bot.answers(text)
    bot.arbiter.voice_began(bot.now)
    bot.passes(1)
    assert bot.takes_for_its_own("yes")
    assert not bot.takes_for_its_own("no")
    bot.passes(35)
    assert not bot.takes_for_its_own("yes")
    assert bot.takes_for_its_own("no")


def test_words_from_all_over_a_long_answer_are_a_persons():
    bot = Bot()
    for text in STORY:
        bot.answers(text)
    bot.passes(6)
    assert not bot.takes_for_its_own("mountain city sea")


def test_a_bot_that_has_said_nothing_has_no_words_of_its_own():
    assert not Bot().takes_for_its_own("hello")


def test_silence_is_nobodys_words():
    bot = Bot()
    bot.answers("I see a scarlet macaw.")
    assert not bot.takes_for_its_own("…")
