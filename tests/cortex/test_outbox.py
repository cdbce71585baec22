"""What waits to be sent to a client."""

from __future__ import annotations

import asyncio

from cortex.outbox import LIMIT, Outbox


async def test_texts_come_out_in_their_order():
    outbox = Outbox()
    for text in "abc":
        outbox.put(text)
    assert await outbox.take() == ["a", "b", "c"]


async def test_taking_waits_until_there_is_something():
    outbox = Outbox()
    taking = asyncio.create_task(outbox.take())
    await asyncio.sleep(0)
    assert not taking.done()
    outbox.put("a")
    assert await asyncio.wait_for(taking, 5) == ["a"]


async def test_a_text_takes_the_place_of_the_one_in_its_slot():
    outbox = Outbox()
    outbox.put("macaw", slot="show eye")
    outbox.put("hello")
    outbox.put("cat", slot="show eye")
    outbox.put("door", slot="show ear")
    assert await outbox.take() == ["hello", "cat", "door"]


async def test_what_was_sent_takes_nobodys_place():
    outbox = Outbox()
    outbox.put("macaw", slot="show eye")
    assert await outbox.take() == ["macaw"]
    outbox.put("cat", slot="show eye")
    assert await outbox.take() == ["cat"]


async def test_a_closed_outbox_hands_out_what_is_in_it_and_then_nothing():
    outbox = Outbox()
    taking = asyncio.create_task(outbox.take())
    await asyncio.sleep(0)
    outbox.close()
    assert await asyncio.wait_for(taking, 5) == []
    outbox.put("the last word")
    assert await outbox.take() == ["the last word"]
    assert await outbox.take() == []


async def test_past_the_limit_the_oldest_is_dropped_and_counted():
    outbox = Outbox()
    for number in range(LIMIT + 3):
        outbox.put(str(number))
    texts = await outbox.take()
    assert (len(texts), texts[0], outbox.dropped) == (LIMIT, "3", 3)
