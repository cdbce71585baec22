"""Values from the environment: how they come in, and that they do not come out."""

from __future__ import annotations

import io
import json
import logging
from urllib.parse import quote

import msgspec
import pytest
import yaml

from cortex.config import load_config
from cortex.secrets import Secret, Secrets, Unset, scalar

TOKEN = "hunter2-is-my/token"


def resolve(text, **environment):
    """Return the values of a YAML text, what cannot be had, and the secrets."""
    values = yaml.safe_load(text)
    secrets = Secrets()
    return values, [(".".join(path), problem) for path, problem in secrets.resolve(values, environment)], secrets


@pytest.fixture(name="secrets")
def _secrets():
    secrets = Secrets()
    secrets.add(TOKEN)
    return secrets


@pytest.fixture(name="log")
def _log(secrets):
    """A logger whose handler masks secrets, and what it wrote."""
    logger = logging.Logger("cortex.test")
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    handler.addFilter(secrets.filter())
    logger.addHandler(handler)
    logger.written = written
    return logger


# In


def test_a_value_comes_from_the_environment_wherever_it_stands():
    text = "plugins: {hook: {token: {$env: A}, feeds: [{url: {$env: B}}, {$env: A}]}}"
    values, problems, _ = resolve(text, A="alpha", B="beta")
    assert problems == []
    assert values == {"plugins": {"hook": {"token": "alpha", "feeds": [{"url": "beta"}, "alpha"]}}}
    assert isinstance(values["plugins"]["hook"]["token"], Secret)


def test_every_variable_that_is_missing_is_named_at_once():
    _, problems, _ = resolve("a: {$env: A}\nb: [{$env: B}, {c: {$env: TOKN}}]\n", TOKEN="x")
    assert problems == [
        ("a", "the environment variable A is not set; set it, or write another value here"),
        ("b.[0]", "the environment variable B is not set; set it, or write another value here"),
        (
            "b.[1].c",
            "the environment variable TOKN is not set (did you mean 'TOKEN'?); set it, or write another value here",
        ),
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{$env: }", "needs the name of an environment variable, such as {$env: TOKEN}; it is None"),
        ("{$env: 5}", "it is 5"),
        ("{$env: ''}", "it is ''"),
        ("{$env: A B}", "it is 'A B'"),
        ("{$env: [A]}", "it is ['A']"),
        ("{$env: {$env: A}}", "it is {'$env': 'A'}"),
        ("{$env: A, default: x}", "beside $env there may be no other key, and here is 'default'"),
        ("{$evn: A}", "unknown key '$evn' (did you mean '$env'?)"),
        ("{$ENV: A}", "unknown key '$ENV' (did you mean '$env'?)"),
        ("{$env: EMPTY}", "EMPTY is set, but empty"),
        ("{$env: LATIN}", "LATIN is no text in UTF-8"),
    ],
)
def test_what_is_no_reference_to_a_variable_is_a_problem(text, problem):
    values, ((path, found),), _ = resolve(
        f"a: {text}", A="alpha", EMPTY="", LATIN=b"\xe9".decode("utf-8", "surrogateescape")
    )
    assert path == "a"
    assert problem in found
    assert isinstance(values["a"], Unset)


def test_other_keys_with_a_dollar_are_left_alone():
    values, problems, _ = resolve("a: {$gt: 5, price$: 3}")
    assert (values, problems) == ({"a": {"$gt": 5, "price$": 3}}, [])


def test_anchors_that_lead_everywhere_are_followed_once():
    lines = ["a0: &a0 {x: {$env: A}}"]
    lines += [f"a{n}: &a{n} {{{', '.join(f'k{m}: *a{n - 1}' for m in range(9))}}}" for n in range(1, 12)]
    values, problems, _ = resolve("\n".join([*lines, "b: &b {c: *b, d: {$env: A}}"]), A="alpha")
    assert problems == []
    assert values["a11"]["k0"]["k8"]["k0"]["k0"]["k0"]["k0"]["k0"]["k0"]["k0"]["k0"]["k0"]["x"] == "alpha"
    assert values["b"]["c"]["d"] == "alpha"


@pytest.mark.parametrize(
    ("text", "value"),
    [("8080", 8080), ("2.5", 2.5), ("yes", True), ("null", None), ("[1, 2]", "[1, 2]"), ("2024-01-01", "2024-01-01")],
)
def test_what_a_text_is_in_yaml_counts_where_it_is_one_value(text, value):
    assert scalar(Secret(text, "A")) == value
    assert type(scalar(Secret(text, "A"))) is type(value)


@pytest.mark.parametrize("text", ["[", "a: b: c", "2024-99-99", "\x07", "[" * 3000])
def test_what_is_no_yaml_is_a_text(text):
    assert scalar(Secret(text, "A")) == text


# Out


def test_a_secret_is_masked_wherever_it_stands_in_a_text(secrets):
    assert secrets.hide(f"a{TOKEN}b {TOKEN}") == "a***b ***"


@pytest.mark.parametrize("secret", ['quo"ted\\back', "two\nlines here", "café au lait", "a b&c=d/e", "it's"])
@pytest.mark.parametrize(
    "write",
    [
        str,
        repr,
        json.dumps,
        lambda text: json.dumps(text, ensure_ascii=False),
        quote,
        lambda text: quote(text, safe=""),
    ],
    ids=["plain", "repr", "json", "json in utf-8", "path", "query"],
)
def test_a_secret_is_masked_however_it_is_quoted(secret, write):
    secrets = Secrets()
    secrets.add(secret)
    assert secrets.hide(write(secret)).strip("'\"") == "***"


def test_of_two_secrets_the_longer_is_masked_first():
    secrets = Secrets()
    secrets.add("password")
    secrets.add("password-2")
    assert secrets.hide("password-2 password") == "*** ***"


def test_a_line_end_that_a_secret_came_with_is_not_needed_to_know_it():
    secrets = Secrets()
    secrets.add("from-a-file\n")
    assert secrets.hide("from-a-file") == "***"


@pytest.mark.parametrize("value", ["", "a", "abc", "  abc ", "true", "False", "null", "None"])
def test_what_is_short_or_a_word_of_yaml_is_not_masked(value):
    secrets = Secrets()
    secrets.add(value)
    assert secrets.hide("abc true False null None") == "abc true False null None"


def test_digits_are_not_masked_inside_longer_numbers():
    secrets = Secrets()
    secrets.add("8080")
    assert secrets.hide("port 8080, at 1718080123") == "port ***, at 1718080123"


def test_json_stays_json(secrets):
    secrets.add("8080")
    secrets.add("type")
    text = msgspec.json.encode({"type": "a", "ms": 8080, "why": f"no {TOKEN}", "port": "8080"}).decode()
    assert json.loads(secrets.hide_json(text)) == {"type": "a", "ms": 8080, "why": "no ***", "port": "***"}
    assert secrets.hide_json('{"a": 1}') == '{"a": 1}'


def test_plain_values_are_masked_inside():
    values, _, secrets = resolve("a: [{$env: A}, 5, {b: {$env: B}}, {$env: C}]", A=TOKEN, B="abc")
    assert secrets.hide_in(values) == {"a": ["***", 5, {"b": "***"}, "{$env: C}"]}


@pytest.mark.parametrize(
    ("secret", "number"),
    [
        ("98765432", 98765432),
        ("98765432\n", 98765432.0),
        ("98_765_432", 98765432),
        ("0xDEADBEEF", 3735928559),
        ("-123456", -123456),
        ("3.141592", 3.141592),
        ("12345678901234567890", 1.2345678901234567e19),
    ],
)
def test_a_secret_that_became_a_number_is_masked_and_known(secret, number):
    secrets = Secrets()
    secrets.add(secret)
    assert secrets.reveals({"settings": [{"pin": number}]})
    assert secrets.hide_in({"a": [number, (5,)]}) == {"a": ["***", (5,)]}
    text = msgspec.json.encode({"pin": number, "n": 5}).decode()
    assert json.loads(secrets.hide_json(text)) == {"pin": "***", "n": 5}
    assert str(number) not in secrets.hide(f"the pin is {number}")


@pytest.mark.parametrize(("secret", "value"), [("320", 320), ("99999", 99999), ("0.8", 0.8), ("true", True)])
def test_a_number_of_fewer_than_six_digits_is_no_secret_nor_is_a_boolean(secret, value):
    secrets = Secrets()
    secrets.add(secret)
    assert not secrets.reveals({"width": value})
    assert secrets.hide_in([value]) == [value]


def test_a_secret_is_known_in_texts_and_keys(secrets):
    assert secrets.reveals(["a", {"b": f"Bearer {TOKEN}"}])
    assert secrets.reveals({"a": {TOKEN: 1}})
    assert secrets.reveals(Secret("abc", "A"))
    assert not secrets.reveals({"a": ["b", 1, None, True, 0.5]})


def test_digits_of_another_number_are_no_secret():
    secrets = Secrets()
    secrets.add("987654")
    assert not secrets.reveals([1987654, 98765, "1987654"])
    assert secrets.hide_in([9876540]) == [9876540]


def test_a_number_too_large_for_a_float_is_masked():
    secrets = Secrets()
    secrets.add("9" * 400)
    assert secrets.reveals(int("9" * 400))


def test_a_secret_does_not_show_itself_before_it_is_checked():
    secret = Secret("abc", "A")
    assert repr([secret]) == "['***']"
    assert (type(secret.plain()), secret.plain()) == (str, "abc")


# Logs


def raise_it():
    raise ValueError(f"refused: {TOKEN}")


def test_a_log_shows_no_secret_in_message_arguments_and_traceback(log):
    try:
        raise_it()
    except ValueError:
        log.exception("calling with %s and %r", TOKEN, {"key": TOKEN})
    text = log.written.getvalue()
    assert TOKEN not in text
    assert "ERROR cortex.test: calling with *** and {'key': '***'}" in text
    assert "ValueError: refused: ***" in text
    assert "in raise_it" in text


def test_a_log_shows_no_secret_of_an_error_that_another_one_follows(log):
    try:
        try:
            raise_it()
        except ValueError as error:
            raise RuntimeError("that will not do") from error
    except RuntimeError:
        log.error("it failed", exc_info=True, stack_info=True)
    assert TOKEN not in log.written.getvalue()
    assert "RuntimeError: that will not do" in log.written.getvalue()


def test_arguments_that_do_not_fit_are_shown_without_the_secret(log, capsys):
    log.error("%d calls", TOKEN)
    assert log.written.getvalue() == ("ERROR cortex.test: %d calls (its arguments ('***',) do not fit: TypeError)\n")
    assert TOKEN not in capsys.readouterr().err


def test_extra_fields_of_a_record_are_masked(secrets):
    record = logging.makeLogRecord({"msg": "hello", "header": f"Bearer {TOKEN}"})
    assert secrets.filter().filter(record)
    assert record.header == "Bearer ***"


def test_a_record_without_a_secret_keeps_its_arguments_and_its_error(secrets):
    error = ValueError("no")
    record = logging.makeLogRecord(
        {"msg": "%s left", "args": (5,), "exc_info": (ValueError, error, None)},
    )
    secrets.filter().filter(record)
    assert (record.msg, record.args, record.exc_info[1]) == ("%s left", (5,), error)


# The config


def test_no_secret_comes_out_of_a_config(tmp_path, monkeypatch):
    monkeypatch.setenv("TOKEN", TOKEN)
    monkeypatch.setenv("PIN", "abc")
    file = tmp_path / "bot.yaml"
    file.write_text(
        "server: {port: {$env: TOKEN}, host: {$env: TOKEN}, linger: {$env: PIN}}\n"
        "arbiter: {stable: [{$env: TOKEN}]}\n"
        "actuators: {$env: TOKEN}\n"
        "plugins: {greeter: {$env: TOKEN}, echo: {a: {b: {$env: TOKEN}}}}\n"
    )
    config = load_config(file, ["server.tls={$env: TOKEN}"])
    said = [*config.problems, repr(config), repr(config.enabled), config.say(("plugins",), f"it has {TOKEN}")]
    assert len(config.problems) == 5
    assert [text for text in said if TOKEN in text or "abc" in text] == []
    assert "***" in repr(config)
