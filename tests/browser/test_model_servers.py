"""A model on a server, on the page in a real Chromium: what it sees, where the pictures go, what is wrong with it."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.support.mlserver import serving as mlserver_in
from tests.support.tensorflow_serving import TensorFlowServing
from tests.support.triton import Triton
from tests.support.vertex import Vertex


@pytest.fixture(name="labels")
def _labels(tmp_path):
    path = tmp_path / "colours.txt"
    path.write_text("red\ngreen\nblue\n")
    return str(path)


@pytest.fixture(name="serving")
def _serving():
    server = TensorFlowServing()
    yield server
    server.close()


@pytest.fixture(name="triton")
def _triton():
    server = Triton()
    yield server
    server.close()


@pytest.fixture(name="vertex")
def _vertex():
    server = Vertex()
    yield server
    server.close()


def section(model, **options):
    return {"plugins": {"dialogue": None, "greeter": None, "classifier": {"model": model, **options}}}


async def test_what_mlserver_sees_is_named_on_the_page_and_said(visit, serve, scene, tmp_path):
    scene.show_colour("red")
    with mlserver_in(tmp_path) as mlserver:
        server = await serve(section(mlserver.model))
        person = await visit(server.address)
        await person.wakes()
        await expect(person.seen).to_have_text("red")
        await person.hears("I see: red.")
        scene.show_colour("blue")
        await expect(person.seen).to_have_text("blue")


async def test_what_tensorflow_serving_sees(visit, serve, scene, serving, labels):
    scene.show_colour("green")
    server = await serve(section(serving.model, labels=labels))
    person = await visit(server.address)
    await person.wakes()
    await expect(person.seen).to_have_text("green")


async def test_what_triton_sees(visit, serve, scene, triton):
    scene.show_colour("blue")
    server = await serve(section(triton.model))
    person = await visit(server.address)
    await person.wakes()
    await expect(person.seen).to_have_text("blue")


async def test_what_an_endpoint_of_vertex_ai_sees(visit, serve, scene, vertex, labels, monkeypatch, tmp_path):
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(vertex.key_file(tmp_path / "key.json")))
    scene.show_colour("red")
    model = "vertex://my-project/europe-west4/1234"
    server = await serve(section(model, endpoint=vertex.url, size=8, labels=labels))
    person = await visit(server.address)
    await person.wakes()
    await expect(person.seen).to_have_text("red")
    assert vertex.asked[-1].headers["authorization"] == f"Bearer {vertex.token}"


async def test_what_is_wrong_with_a_server_stands_on_the_page_and_all_else_goes_on(
    visit, serve, scene, serving, labels
):
    serving.refuses(500, "Graph execution error")
    scene.show_colour("green")
    server = await serve(section(serving.model, labels=labels))
    person = await visit(server.address)
    await person.wakes()
    troubles = person.page.get_by_role("list", name="Plugins that do not work")
    await expect(troubles).to_contain_text(f"{serving.model} fails (500 Internal Server Error): Graph execution error")
    await person.types("hello")
    await expect(person.line("Hello! Show me something.")).to_be_visible()
