"""`cortex run --reload`: a saved file is reloaded alone; clients stay connected, sessions keep their state."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil

import pytest
import pytest_asyncio
import watchfiles

from cortex.bot import Bot
from cortex.config import load_config
from cortex.reload import reload_on_save
from tests.support.outsiders import cortex
from tests.support.server import write_config

PARROT = """
class Memory:
    def __init__(self): self.count = 0

async def perceive(self, stimulus, session):
    memory = session.state(Plugin.Memory)
    memory.count += 1
    yield Say(f"{WORD} {memory.count}")
"""

NOSE = """
from cortex import Sense, hookimpl

class Nose(Sense):
    client = "nose.js"

@hookimpl
def register_senses(register):
    register("nose", Nose)
"""


def parrot(word):
    return f"WORD = {word!r}\n" + cortex(PARROT, name="parrot")


@pytest.fixture(name="nest")
def _nest(tmp_path):
    """The folder of the plugins."""
    folder = tmp_path / "my_plugins"
    folder.mkdir()
    (folder / "parrot.py").write_text(parrot("polly"))
    (folder / "nose.py").write_text(NOSE)
    (folder / "nose.js").write_text("export function start() {}\nexport function stop() {}\n")
    return folder


@pytest.fixture(name="reloading")
def _reloading(serve, nest):
    """A server that reloads, with a parrot, a nose and the bundled echo."""
    senses = {"vision": None, "reading": None, "nose": None}
    return serve("parrot", "echo", arguments=("--reload",), plugin_dirs=["my_plugins"], senses=senses)


@pytest_asyncio.fixture(name="reloading_pair")
async def _reloading_pair(serve, visit, nest):
    """A server with two plugins that share a file, and its client."""
    (nest / "_words.py").write_text("WORD = 'aa'")
    for name in ("parrot", "robin"):
        body = "async def perceive(self, stimulus, session): yield Say(_words.WORD)"
        (nest / f"{name}.py").write_text("from . import _words\n" + cortex(body, name=name))
    server = serve("parrot", "robin", arguments=("--reload",), plugin_dirs=["my_plugins"])
    return server, await visit(server)


@pytest_asyncio.fixture(name="watching")
async def _watching(tmp_path, nest):
    """A bot in this process, what is told of its reloads, and the task that watches."""
    bot = Bot(load_config(write_config(tmp_path, "parrot", "echo", plugin_dirs=["my_plugins"])))
    await bot.start()
    lines = asyncio.Queue()
    task = asyncio.create_task(reload_on_save(bot, lines.put_nowait))
    yield bot, lines
    assert not task.done()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await bot.stop()


@pytest.fixture(name="broken_watcher")
def _broken_watcher(monkeypatch):
    """A system that watches nothing, as where the limit of inotify is reached, until the event is set."""
    real, mended = watchfiles.awatch, asyncio.Event()

    def awatch(*folders, **options):
        if not mended.is_set():
            raise OSError("OS file watch limit reached")
        return real(*folders, **options)

    monkeypatch.setattr(watchfiles, "awatch", awatch)
    return mended


async def heard(client, text="hi"):
    """Say something; return what the parrot and the echo answer."""
    await client.say(text)
    answers = {}
    while len(answers) < 2:
        message = await client.next("say")
        answers[message["cortex"]] = message["text"]
    return answers


async def test_the_new_behaviour_is_there_and_socket_and_state_are_kept(reloading, visit, nest):
    client = await visit(reloading)
    assert await heard(client) == {"parrot": "polly 1", "echo": "hi"}
    (nest / "parrot.py").write_text(parrot("jacko"))
    assert reloading.line().startswith("reloaded parrot: ")
    assert await heard(client) == {"parrot": "jacko 2", "echo": "hi"}
    assert sum(message["type"] == "hello" for message in client.heard) == 1


async def test_a_plugin_that_no_longer_loads_is_shown_and_comes_back_when_it_is_mended(reloading, visit, nest):
    client = await visit(reloading)
    (nest / "parrot.py").write_text("this is no Python")
    assert reloading.line() == "reloaded parrot: failed, SyntaxError: invalid syntax (parrot.py, line 1)"
    assert reloading.plugins()["parrot"]["state"] == "failed"
    await client.say("anybody?")
    await client.next("say", cortex="echo")
    (nest / "parrot.py").write_text(parrot("back"))
    assert reloading.line().startswith("reloaded parrot: ")
    assert (await heard(client))["parrot"] == "back 1"
    assert reloading.plugins()["parrot"]["state"] == "working"


async def test_wrong_options_of_the_new_version_are_shown_with_their_place(serve, visit, nest):
    options = "class Options(BaseOptions): greeting: str = 'hi'"
    (nest / "parrot.py").write_text(cortex(options, name="parrot"))
    reloading = serve(arguments=("--reload",), plugin_dirs=["my_plugins"], plugins={"parrot": {"greeting": "hey"}})
    await visit(reloading)
    (nest / "parrot.py").write_text(cortex(options.replace("greeting", "greetings"), name="parrot"))
    assert re.fullmatch(
        r"reloaded parrot: failed, .*bot\.yaml:\d+: plugins\.parrot\.greeting: .*\(did you mean 'greetings'\?\)",
        reloading.line(),
    )
    assert "did you mean 'greetings'?" in reloading.plugins()["parrot"]["reason"]


async def test_a_file_that_is_deleted_is_a_plugin_that_failed_until_it_is_there_again(reloading, visit, nest):
    client = await visit(reloading)
    (nest / "parrot.py").unlink()
    assert reloading.line() == "reloaded parrot: failed, it is not there any more"
    (nest / "parrot.py").write_text(parrot("again"))
    assert reloading.line().startswith("reloaded parrot: ")
    assert (await heard(client))["parrot"] == "again 1"


async def test_the_page_is_told_the_new_address_of_a_browser_half(reloading, visit, nest):
    client = await visit(reloading)
    assert client.heard[0]["senses"]["nose"]["module"] == "/modules/nose/nose.js"
    (nest / "nose.js").write_text("export function start() {}\nexport function stop() {}\n// better\n")
    hello = await client.next("hello")
    assert hello["senses"]["nose"]["module"] == "/modules/nose~1/nose.js"
    assert hello["senses"]["vision"]["module"] == client.heard[0]["senses"]["vision"]["module"]
    assert hello["session"] == client.heard[0]["session"]
    assert b"better" in reloading.get("/modules/nose~1/nose.js")[2]
    assert reloading.line().startswith("reloaded nose: working")


async def test_quick_edits_of_the_same_length_are_all_taken_up(reloading, visit, nest):
    client = await visit(reloading)
    for number, word in enumerate(("aaaaa", "bbbbb", "ccccc"), 1):
        (nest / "parrot.py").write_text(parrot(word))
        reloading.line()
        assert (await heard(client))["parrot"] == f"{word} {number}"


async def test_a_plugin_that_hangs_while_it_is_imported_does_not_hold_up_the_others(reloading, visit, nest):
    client = await visit(reloading)
    (nest / "parrot.py").write_text("import threading\nthreading.Event().wait(3)\n" + parrot("late"))
    for _ in range(5):
        await client.say("still there?")
        await client.next("say", cortex="echo")
    assert reloading.line().startswith("reloaded parrot: ")
    assert (await heard(client))["parrot"].startswith("late")


async def test_a_folder_that_is_removed_and_made_again_is_watched_again(reloading, visit, nest):
    client = await visit(reloading)
    for word in ("first", "second"):
        shutil.rmtree(nest)
        gone = {reloading.line(), reloading.line()}
        assert gone == {f"reloaded {name}: failed, it is not there any more" for name in ("parrot", "nose")}
        nest.mkdir()
        (nest / "nose.py").write_text(NOSE)
        (nest / "parrot.py").write_text(parrot(word))
        assert {reloading.line().partition(":")[0] for _ in range(2)} == {"reloaded parrot", "reloaded nose"}
        assert (await heard(client))["parrot"].startswith(word)
    (nest / "parrot.py").write_text(parrot("third"))
    assert reloading.line().startswith("reloaded parrot: ")
    assert (await heard(client))["parrot"].startswith("third")


async def test_a_package_that_writes_into_its_own_folder_is_not_reloaded_for_that(serve, visit, nest):
    (nest / "wren").mkdir()
    note = """
        def start(self):
            folder = Path(__file__).parent
            for name in ("cache.json", "shot.png", "notes.txt"):
                with (folder / name).open("a") as file: file.write("started\\n")
    """
    (nest / "wren" / "__init__.py").write_text(cortex(note, name="wren"))
    reloading = serve("parrot", "wren", arguments=("--reload",), plugin_dirs=["my_plugins"])
    await visit(reloading)
    for edit in range(3):
        (nest / "wren" / "song.py").write_text(f"SONG = {edit}")
        assert reloading.line().startswith("reloaded wren: working")
        (nest / "parrot.py").write_text(parrot(f"polly {edit}"))
        assert reloading.line().startswith("reloaded parrot: ")
    assert (nest / "wren" / "cache.json").read_text() == "started\n" * 4


async def test_what_plugins_of_a_folder_share_reloads_them_all_once_it_is_saved(reloading_pair, nest):
    server, client = reloading_pair
    for word in ("bb", "cc", "dd"):
        (nest / "_words.py").write_text(f"WORD = {word!r}")
        assert [server.line().partition(":")[0] for _ in range(2)] == ["reloaded parrot", "reloaded robin"]
        await client.say("hi")
        said = {message["cortex"]: message["text"] for message in [await client.next("say") for _ in range(2)]}
        assert said == {"parrot": word, "robin": word}


async def test_a_part_of_a_shared_package_counts_too(reloading_pair, nest):
    server, _ = reloading_pair
    (nest / "_deep").mkdir()
    (nest / "_deep" / "part.py").write_text("LETTER = 'x'")
    assert [server.line().partition(":")[0] for _ in range(2)] == ["reloaded parrot", "reloaded robin"]


async def test_a_watcher_that_fails_is_told_once_and_files_are_taken_up_all_the_same(
    broken_watcher, watching, nest, caplog
):
    _, lines = watching
    said = await lines.get()
    assert said == "files cannot be watched (OSError: OS file watch limit reached); they are looked at every 1 s"
    assert "files cannot be watched" in caplog.text
    for word in ("slowly", "again"):
        (nest / "parrot.py").write_text(parrot(word))
        assert (await lines.get()).startswith("reloaded parrot: ")
        broken_watcher.set()
    assert lines.empty()


async def test_a_folder_that_goes_as_it_is_to_be_watched_is_no_trouble(watching, nest, monkeypatch):
    _, lines = watching
    real = watchfiles.awatch

    def awatch(*folders, **options):
        if nest in folders:
            shutil.rmtree(nest)
        return real(*folders, **options)

    monkeypatch.setattr(watchfiles, "awatch", awatch)
    assert await lines.get() == "reloaded parrot: failed, it is not there any more"
    nest.mkdir()
    monkeypatch.setattr(watchfiles, "awatch", real)
    (nest / "parrot.py").write_text(parrot("polly"))
    assert (await lines.get()).startswith("reloaded parrot: ")
    assert lines.empty()


async def test_a_reload_that_fails_unexpectedly_ends_no_other(watching, nest, monkeypatch):
    bot, lines = watching
    real = bot.reload

    async def reload(name):
        if (nest / "bomb").exists():
            raise RuntimeError("boom")
        return await real(name)

    monkeypatch.setattr(bot, "reload", reload)
    (nest / "parrot.py").write_text(parrot("one"))
    assert (await lines.get()).startswith("reloaded parrot: ")
    (nest / "bomb").touch()
    (nest / "parrot.py").write_text(parrot("two"))
    assert await lines.get() == "parrot cannot be reloaded: RuntimeError: boom"
    (nest / "bomb").unlink()
    (nest / "parrot.py").write_text(parrot("three"))
    assert (await lines.get()).startswith("reloaded parrot: ")
