"""The files of languages: that they have the same things, and that a new one is a new file."""

from __future__ import annotations

import shutil
from string import Formatter

import pytest

import cortex_dialogue
from cortex import PluginError
from cortex_dialogue.language import ANSWERS, FOLDER, load
from cortex_dialogue.phrasebook import INSTEAD
from cortex_dialogue.talking import BODY, LOOKS, SMALL_TALK

LANGUAGES = load()
HANDED_ON = {"learn", "correct", "wrong", "forget", "known", "remember", "last_seen", "count", "read"}
ABILITIES = {"look", "learn", "known", "last_seen", "people", "read", "photo", "body", "voice", "talk"}
ALONE = {"abilities", "repeat", "yes", "no", "undo"}

each_language = pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)


def fields(text):
    """What is put into an answer."""
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None}


def test_there_are_english_and_french():
    assert set(LANGUAGES) == {"en", "fr"}


@each_language
def test_each_language_has_sentences_for_every_intent(language):
    assert set(language.sentences) == set(BODY) | SMALL_TALK | LOOKS | HANDED_ON | ALONE | set(INSTEAD)


@each_language
def test_each_language_has_answers_for_everything(language):
    assert set(language.answers) == set(ANSWERS) | HANDED_ON


@each_language
def test_each_language_has_the_same_abilities(language):
    assert set(language.abilities) == ABILITIES


@each_language
def test_answers_say_what_is_put_into_them_and_nothing_else(language):
    for what, texts in language.answers.items():
        for text in texts:
            assert fields(text) == set(ANSWERS.get(what, "").split()), text


@each_language
def test_every_ability_has_an_example_that_is_understood(language, understanding):
    for name, ability in language.abilities.items():
        understood = understanding.understand(ability.example)
        expected = {"body": "close_eyes", "voice": "slower"}.get(name, name)
        assert (understood.intent if understood else "talk") == expected, ability.example


@pytest.fixture(name="understanding", scope="module")
def _understanding():
    return cortex_dialogue.talking.phrasebook("").understanding


GERMAN = """
fillers: {before: [bitte], after: [bitte]}
spellings: {grüß gott: guten tag}
rules: {das: "(das|dies) ist"}
sentences:
  hello: ["(hallo|guten tag) [cortex]"]
  look: ["was (ist das|siehst du)"]
  close_eyes: ["(mach|schließ) die augen [zu]"]
  learn: ["<das> {thing}"]
  joke: ["erzähl [mir] einen witz"]
names:
  articles: [ein, eine, der, die, das]
  mine: [mein, meine]
  bare: [salz]
  never: ich du nicht
  abstract: ende
answers:
  joke: ["Ich kenne keinen Witz."]
ANSWERS
abilities:
  body: {phrase: Augen und Ohren auf- und zumachen, example: Mach die Augen zu.}
  voice: {phrase: lauter und leiser sprechen, example: Lauter!}
"""


@pytest.fixture(name="german")
def _german(tmp_path):
    """A folder with a language that somebody has added."""
    values = {what: " ".join(f"{{{field}}}" for field in known.split()) for what, known in ANSWERS.items()}
    lines = [f'  {what}: ["{what} auf Deutsch {value}"]' for what, value in values.items()]
    folder = tmp_path / "languages"
    folder.mkdir()
    (folder / "de.yaml").write_text(GERMAN.replace("ANSWERS", "\n".join(lines)), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Guten Tag, Cortex!", "hello auf Deutsch "),
        ("Grüß Gott", "hello auf Deutsch "),
        ("Schließ die Augen, bitte", "close_eyes auf Deutsch "),
        ("Schliess mich ein", "puzzled auf Deutsch or auf Deutsch Mach die Augen zu. Lauter!"),
        ("Erzähl mir einen Witz", "Ich kenne keinen Witz."),
        ("open your eyes", "My eyes are open."),
    ],
)
async def test_a_new_language_is_a_new_file(bot, german, text, answer):
    await bot.load(cortex_dialogue, "dialogue", languages=german)
    await bot.read(text, "de-AT")
    await bot.clock.advance(1)
    assert bot.answers == [answer]


async def test_a_file_of_ones_own_takes_the_place_of_the_bundled_one(bot, german):
    shutil.copy(german / "de.yaml", german / "fr.yaml")
    await bot.load(cortex_dialogue, "dialogue", languages=german)
    await bot.read("bonjour", "fr")
    await bot.clock.advance(1)
    assert bot.answers == ["puzzled auf Deutsch or auf Deutsch Mach die Augen zu. Lauter!"]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("\nabilities:", "\ntalents:", "de.yaml: Object contains unknown field `talents`"),
        ("[bitte]", "bitte", "de.yaml: Expected `array`, got `str` - at `$.fillers.before`"),
        ("[bitte]", "[no]", "de.yaml: Expected `str`, got `bool` - at `$.fillers.before[0]`"),
        ("  hello: [\"hello", "  hallo: [\"hello", "de.yaml: there is nothing to say for hello"),
        ("  voice: {", "  mouth: {", "de.yaml: there is nothing to say for voice"),
        ("keinen Witz", "{no} Witz", "de.yaml: answers.joke: nothing is known of no in 'Ich kenne {no} Witz.'"),
        ("keinen Witz", "{ Witz", "de.yaml: expected '}' before end of string"),
        ("<das> {thing}", "<dies> {thing}", "de.yaml: nothing is known of <dies> in '<dies> {thing}'"),
        ("<das> {thing}", "<das> {name", "de.yaml: Unable to find end of list"),
        ("<das> {thing}", "<das> {stuff}", "de.yaml: nothing is known of {stuff} in '<das> {stuff}'"),
        ("fillers:", "- fillers:", "de.yaml: "),
    ],
)  # fmt: skip
async def test_a_file_that_is_wrong_says_what_is_wrong_with_it(bot, german, before, after, reason):
    file = german / "de.yaml"
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    await bot.load(cortex_dialogue, "dialogue", languages=german)
    with pytest.raises(PluginError) as error:
        await bot.start()
    assert reason in str(error.value)


async def test_a_folder_that_is_not_there_is_missed(bot, tmp_path):
    await bot.load(cortex_dialogue, "dialogue", languages=tmp_path / "nowhere")
    with pytest.raises(PluginError, match="there is no folder"):
        await bot.start()


def test_the_bundled_files_are_named_after_their_languages():
    assert {path.name for path in FOLDER.iterdir()} == {"en.yaml", "fr.yaml"}
