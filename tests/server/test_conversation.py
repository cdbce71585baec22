"""What a well-behaved client and a well-behaved server say to each other."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.support.client import Client
from tests.support.pictures import picture


async def test_the_servers_hello_says_what_is_enabled_and_where_its_modules_are(server):
    client = await Client.connect(server)
    hello = await client.say_hello(language="fr-FR")
    await client.close()
    assert set(hello["senses"]) == {"vision", "hearing", "reading"}
    assert set(hello["actuators"]) == {"display", "voice"}
    assert hello["actuators"]["voice"]["carries"] == ["say", "adjust", "hush"]
    assert {plugin["name"]: plugin["state"] for plugin in hello["plugins"]}["colours"] == "working"
    assert len(hello["session"]) >= 20
    things = [*hello["senses"].values(), *hello["actuators"].values()]
    for module in [thing["module"] for thing in things if thing["module"]]:
        status, headers, body = server.get(module)
        assert (status, headers.get_content_type()) == (200, "text/javascript")
        assert b"export" in body


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_a_frame_gets_its_label_and_the_remark_is_to_be_said(client, kind):
    frame = await client.show(picture("green", kind), captured=1700000000000.5)
    show = await client.next("show", answers=frame)
    assert show["labels"][0]["name"] == "green"
    assert show["captured"] == 1700000000000.5
    assert show["cortex"] == "colours"
    assert set(show["ms"]) == {"wait", "decode", "infer"}
    assert show["ms"]["decode"] > 0
    say = await client.next("say", answers=frame)
    assert (say["text"], say["priority"]) == ("I see green.", "remark")


async def test_a_sentence_gets_its_answer(client):
    await client.say("hello there", id="s1", language="en-GB")
    say = await client.next("say")
    assert {"answers": "s1", "text": "hello there", "language": "en-GB", "priority": "answer"}.items() <= say.items()


async def test_a_client_gets_one_credit_and_one_back_for_each_frame(client):
    assert await client.next("credit") == {"type": "credit", "sense": "vision", "count": 1}
    for _ in range(20):
        frame = await client.show(picture("blue"))
        await client.next("credit")
    await client.next("show", answers=frame)
    assert [message["type"] for message in client.heard].count("credit") == 21


async def test_a_client_without_eyes_gets_no_credit(server, visit):
    blind = await visit(server, senses=["reading"], actuators=["display", "voice"])
    await blind.say("hello")
    await blind.next("say")
    assert [message["type"] for message in blind.heard] == ["hello", "say"]


async def test_a_client_without_a_voice_is_told_nothing_to_say(server, visit):
    mute = await visit(server, actuators=["display"])
    await mute.say("hello", id="s1")
    frame = await mute.show(picture())
    await mute.next("show", answers=frame)
    assert "say" not in [message["type"] for message in mute.heard]


async def test_two_clients_of_one_session_share_questions_and_answers(server, client, visit):
    laptop = await visit(server, session=client.heard[0]["session"])
    assert laptop.heard[0]["session"] == client.heard[0]["session"]
    await client.say("hello", id="s1")
    assert (await laptop.next("heard"))["text"] == "hello"
    assert (await laptop.next("say"))["answers"] == "s1"
    assert (await client.next("say"))["answers"] == "s1"
    assert "heard" not in [message["type"] for message in client.heard]
    frame = await laptop.show(picture("red"))
    assert (await client.next("show"))["answers"] == frame


async def test_one_sessions_answers_do_not_go_to_another(server, client, visit):
    stranger = await visit(server)
    await client.say("a secret")
    await client.next("say", text="a secret")
    await stranger.say("mine")
    await stranger.next("say")
    assert "a secret" not in json.dumps(stranger.heard)


async def test_a_session_goes_on_after_a_lost_connection(server, visit):
    first = await visit(server)
    await first.say("what I said", sense="hearing")
    await first.next("say")
    first.connection.transport.abort()
    await first.connection.wait_closed()
    second = await visit(server, session=first.heard[0]["session"])
    assert second.heard[0]["session"] == first.heard[0]["session"]
    # It still knows what it said a moment ago, and does not take it for the person's.
    await second.say("what I said", sense="hearing", id="s2")
    assert (await second.next("ignored"))["answers"] == "s2"


async def test_an_unknown_session_is_a_new_one(server, visit):
    client = await visit(server, session="made up")
    assert client.heard[0]["session"] not in ("made up", "")


async def test_a_session_that_nobody_came_back_to_is_forgotten(serve, visit):
    server = serve("echo", server={"linger": 0})
    first = await visit(server)
    await first.close()
    async with asyncio.timeout(10):  # the end of the session follows the end of its last client
        while True:
            again = await visit(server, session=first.heard[0]["session"])
            if again.heard[0]["session"] != first.heard[0]["session"]:
                break
            await again.close()


async def test_the_bot_ignores_its_own_voice_and_hears_the_person(client):
    await client.say("tell me about the scarlet macaw", sense="hearing")
    await client.next("say")
    await client.send(type="report", name="voice", state="speaking")
    await client.say("tell me about the scarlet macaw", sense="hearing", id="own")
    assert await client.next("ignored", "say") == {"type": "ignored", "answers": "own", "reason": "own-voice"}
    await client.say("be quiet", sense="hearing", id="person")
    assert (await client.next("ignored", "say"))["answers"] == "person"
