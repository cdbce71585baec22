"""The parts of the language model's plugin that know no server: what is remembered, left out, and counted."""

from __future__ import annotations

import pytest

from cortex_llm.chunk import Chunk, Usage
from cortex_llm.history import CHARACTERS, CUT, LONGEST, History, Turn
from cortex_llm.reply import Reply
from cortex_llm.thoughts import Thoughts
from cortex_llm.usage import estimate

# What is remembered


def turn(asked, *said, end=""):
    made = Turn(asked)
    made.said, made.end = list(said), end
    return made


def test_a_long_sentence_and_a_long_answer_are_remembered_in_part():
    long = turn("a" * (LONGEST + 1), "b" * LONGEST, "c", end=CUT)
    assert long.asked == "a" * LONGEST
    assert long.answer == "b" * LONGEST + " " + CUT
    assert long.length == 2 * LONGEST + 1 + len(CUT)


def test_a_turn_in_which_nothing_was_said_has_an_answer_too():
    assert turn("Hello").answer == "(I said nothing.)"
    assert turn("Hello", end=CUT).answer == CUT


def test_the_oldest_turns_are_forgotten_first():
    history = History()
    for number in range(4):
        history.keep(turn(f"question {number}", f"answer {number}"), most=2)
    assert history.messages() == [
        {"role": role, "content": f"{what} {number}"}
        for number in (2, 3)
        for role, what in (("user", "question"), ("assistant", "answer"))
    ]


def test_all_turns_together_have_no_more_characters_than_that():
    history = History()
    half = CHARACTERS // 4
    for name in "abc":
        history.keep(turn(name * half, name * half), most=99)
    assert [each.asked[0] for each in history.turns] == ["b", "c"]
    assert sum(each.length for each in history.turns) == CHARACTERS
    history.keep(turn("d", "d"), most=99)
    assert [each.asked[0] for each in history.turns] == ["c", "d"]


# What is left out


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("<think>a secret</think>Hello", "Hello"),
        ("<THINK>a secret</Think>Hello", "Hello"),
        ("<Thinking>a <b>secret</b></THINKING>Hello", "Hello"),
        ("Hello <TOOL_CALL>{}</tool_call>you", "Hello you"),
        ("<think>a <tool_call>{}</tool_call> secret</think>Hello", "Hello"),
        ("a <thin line", "a <thin line"),
        ("1 <<think>no</think> 2", "1 < 2"),
        ("Hello <thi", "Hello <thi"),
        ("Hello <think>a secret without an end", "Hello "),
    ],
)
def test_thoughts_are_left_out_however_they_are_written(text, heard):
    thoughts = Thoughts()
    assert "".join(map(thoughts.feed, text)) + thoughts.end() == heard


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("a secret</think>Hello", "Hello"),
        ("a secret</THINKING>Hello <think>no</think>you", "Hello you"),
        ("a secret <tool_call>{}</tool_call> it is</think>Hello", "Hello"),
        ("Hello", "Hello"),
        ("Hello </thi", "Hello </thi"),
        ("Hello <tool_call>{}</tool_call>you", "Hello you"),
        ("<think>a secret</think>Hello", "Hello"),
        ("", ""),
    ],
)
def test_a_thought_that_is_expected_need_not_be_opened(text, heard):
    thoughts = Thoughts(inside=True)
    assert "".join(map(thoughts.feed, text)) + thoughts.end() == heard
    assert not thoughts.unopened


def test_that_a_thought_was_ended_and_not_begun_is_noticed():
    thoughts = Thoughts()
    assert "".join(map(thoughts.feed, "a secret</think>Hello <think>no</think>you")) == "a secretHello you"
    assert thoughts.unopened
    call = Thoughts()
    assert "".join(map(call.feed, "Hello</tool_call>")) == "Hello"
    assert not call.unopened


# What is counted

PICTURE = {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64," + "A" * 40_000}}
CALL = {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "look", "arguments": "x" * 400}}]}


def counted(usage=None, written=0):
    reply = Reply()
    reply.take(Chunk(usage=usage))
    reply.length = written
    return reply


def millionths(amounts):
    return {unit: round(amount * 1_000_000) for unit, amount in amounts.items() if unit != "request"}


@pytest.mark.parametrize(
    ("messages", "tools", "tokens"),
    [
        ([{"role": "user", "content": "x" * 400}], None, 100),
        ([{"role": "user", "content": [{"type": "text", "text": "x" * 400}, PICTURE]}], None, 1100),
        ([{"role": "user", "content": [PICTURE, PICTURE]}], None, 2000),
        ([CALL], None, 100),
        ([], [{"name": "x" * 387}], 100),
    ],
)
def test_what_a_server_does_not_tell_is_estimated(messages, tools, tokens):
    amounts = estimate(messages, tools, counted(written=40))
    assert amounts["request"] == 1
    assert millionths(amounts) == {"input": tokens, "output": 10}


def test_what_a_server_tells_is_counted_also_where_it_tells_one_thing_only():
    long = [{"role": "user", "content": "x" * 400}]
    told = counted(Usage(prompt_tokens=7, completion_tokens=3), written=40)
    assert millionths(estimate(long, None, told)) == {"input": 7, "output": 3}
    half = counted(Usage(completion_tokens=3), written=40)
    assert millionths(estimate(long, None, half)) == {"input": 100, "output": 3}
