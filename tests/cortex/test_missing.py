"""What is said of a package that is not installed."""

from __future__ import annotations

import pytest

from cortex.missing import explain_missing

REQUIRES = [
    "cortex-senses>=0.1",
    "boto3>=1.40; extra == 'aws'",
    'google-cloud-vision>=3 ; python_version > "3.8" and extra == "google"',
    "PyYAML",
]


class Distribution:
    name = "cortex-senses"
    requires = REQUIRES


@pytest.mark.parametrize(
    ("module", "advice"),
    [
        ("boto3", "it needs 'boto3', which is not installed: pip install 'cortex-senses[aws]'"),
        ("boto3.session", "pip install 'cortex-senses[aws]'"),
        ("google", "pip install 'cortex-senses[google]'"),
        ("google.cloud.vision", "pip install 'cortex-senses[google]'"),
        ("pyyaml", "pip install 'PyYAML'"),
        ("cv2", "it needs 'cv2', which is not installed: install the package that brings it"),
        ("bot", "install the package that brings it"),
    ],
)
def test_the_extra_that_brings_it_is_named(module, advice):
    assert explain_missing(ModuleNotFoundError(name=module), Distribution()).endswith(advice)


def test_a_plugin_of_no_distribution_has_no_extras():
    assert "install the package that brings it" in explain_missing(ModuleNotFoundError(name="boto3"), None)


def test_a_distribution_without_requirements_has_none():
    class Bare(Distribution):
        requires = None

    assert "install the package" in explain_missing(ModuleNotFoundError(name="boto3"), Bare())
