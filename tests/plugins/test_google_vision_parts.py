"""The parts of Google Cloud Vision by themselves: what is read out of an answer, and how things are said."""

from __future__ import annotations

import pytest
from google.cloud import vision_v1 as api

from cortex import Box, Label
from cortex_google_vision import words
from cortex_google_vision.findings import PARTS, found
from tests.support.google_vision import corners

SIZE = (640, 480)


def entity(name, *where, locale="", score=0.0):
    poly = corners(*where, size=SIZE) if where else None
    return api.EntityAnnotation(description=name, bounding_poly=poly, locale=locale, score=score)


def test_where_google_knows_of_no_paragraphs_each_word_has_a_box():
    texts = [entity("STOP HERE", 0, 0, 1, 1, locale="und"), entity("STOP", 0.25, 0.5, 0.5, 0.75)]
    findings = found(api.AnnotateImageResponse(text_annotations=texts), SIZE)
    assert (findings.text, findings.language) == ("STOP HERE", "")
    assert findings.boxes == (Box(left=0.25, top=0.5, width=0.25, height=0.25, name="STOP"),)


def test_of_a_whole_page_only_some_boxes_are_shown():
    words_of_it = [entity("word", 0.1, 0.1, 0.2, 0.2) for _ in range(200)]
    assert len(found(api.AnnotateImageResponse(text_annotations=words_of_it), SIZE).boxes) == PARTS


def test_what_is_beside_the_picture_or_nowhere_has_no_box():
    logos = [entity("Left of it", -0.5, 0, -0.1, 1), entity("A line", 0.5, 0, 0.5, 1), entity("Nowhere")]
    assert found(api.AnnotateImageResponse(logo_annotations=logos), SIZE).boxes == ()


def test_a_box_that_is_turned_becomes_upright():
    turned = api.BoundingPoly(vertices=[{"x": 320, "y": 0}, {"x": 640, "y": 240}, {"x": 320, "y": 480}, {"y": 240}])
    response = api.AnnotateImageResponse(logo_annotations=[{"description": "G", "bounding_poly": turned}])
    assert found(response, SIZE).boxes == (Box(left=0, top=0, width=1, height=1, name="G", score=0),)


def test_each_name_stands_once_with_its_best_score():
    response = api.AnnotateImageResponse(
        label_annotations=[entity("mug", score=0.5), entity("Cup", score=0.7), entity("", score=1)],
        localized_object_annotations=[{"name": "Mug", "score": 0.9}, {"name": "Mug", "score": 0.8}],
    )
    assert found(response, SIZE).labels == (Label("Mug", 0.9), Label("Cup", 0.7))


def test_the_likeliest_landmark_is_the_one():
    response = api.AnnotateImageResponse(
        landmark_annotations=[entity("Tour Montparnasse", score=0.3), entity("Tour Eiffel", score=0.8)]
    )
    assert found(response, SIZE).landmark == Label("Tour Eiffel", 0.8)


def test_an_empty_answer_is_nothing_found():
    findings = found(api.AnnotateImageResponse(), SIZE)
    assert (findings.labels, findings.boxes, findings.text, findings.faces) == ((), (), "", 0)


@pytest.mark.parametrize(
    ("name", "spoken"), [("Coffee cup", "coffee cup"), ("Eiffel Tower", "Eiffel Tower"), ("TV", "TV")]
)
def test_within_a_sentence_a_thing_is_written_small(name, spoken):
    assert words.spoken(name) == spoken


@pytest.mark.parametrize(
    ("language", "text", "tag"),
    [
        ("", "I see nobody.", ""),
        ("en-GB", "I see nobody.", "en-GB"),
        ("fr-CA", "Je ne vois personne.", "fr-CA"),
        ("de-DE", "I see nobody.", "en"),
    ],
)
def test_what_it_has_no_words_for_it_says_in_english(language, text, tag):
    say = words.people(0, language)
    assert (say.text, say.language) == (text, tag)


def test_every_sentence_stands_in_both_languages():
    assert words.WORDS["en"].keys() == words.WORDS["fr"].keys()
    assert len(words.NUMBERS["en"]) == len(words.NUMBERS["fr"])


@pytest.mark.parametrize(("count", "text"), [(0, ""), (1, "one face"), (10, "ten faces"), (11, "11 faces")])
def test_faces_are_counted(count, text):
    assert words.faces(count, "en") == text
