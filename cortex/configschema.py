"""The JSON Schema (draft 2020-12) of the whole config, for editors. Says what `cortex check` says, as far as it can."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import inspect as kinds

from cortex.arbiter import ArbiterSettings
from cortex.config import DOORS, Extras, ServerSettings
from cortex.documentation import first_line, helps_of, struct_info
from cortex.loading import reason_of
from cortex.plugins import structs_of
from cortex.portrait import portray
from cortex.secrets import ENV, NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cortex.config import Config
    from cortex.doors import Found

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FROM_ENVIRONMENT = "#/$defs/env"
MODULE = r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$"
"""The dotted name of a module: a plugin that the schema need not know."""
SECTIONS = {
    "senses": "What the bot perceives with: names of plugins, each with its options.",
    "actuators": "What the bot acts with: names of plugins, each with its options.",
    "plugins": "What thinks: names of plugins, each with its options.",
}


def config_schema(config: Config, available: Mapping[str, list[Found]]) -> Schema:
    """Return the schema of the config with these plugins, each of which is imported.

    A plugin that cannot be imported may have any options; the schema says why.
    """
    definitions: dict[str, Schema] = {"env": _environment()}
    for name, found in sorted(available.items()):
        definitions[f"plugin.{_plain(name)}"] = _plugin(config, name, found, definitions)
    definitions["shelf"] = {
        "type": ["object", "null"],
        "properties": {name: {"$ref": f"#/$defs/plugin.{_plain(name)}"} for name in sorted(available)},
        "patternProperties": {MODULE: {"description": "The plugin in this module."}},
        "additionalProperties": False,
    }
    extras = _section((Extras,), "core", definitions)["properties"]
    return {
        "$schema": DIALECT,
        "title": "The config of a Cortex bot",
        "description": "A section that is left out is taken from the default config.",
        "type": ["object", "null"],
        "properties": {
            "server": _section((ServerSettings,), "core", definitions),
            "arbiter": _section((ArbiterSettings,), "core", definitions),
            **{key: {**value, "type": [value["type"], "null"]} for key, value in extras.items()},
            **{door: {"description": SECTIONS[door], "$ref": "#/$defs/shelf"} for door in DOORS},
        },
        "additionalProperties": False,
        "$defs": definitions,
    }


def _environment() -> Schema:
    return {
        "description": "The value of an environment variable, which is never shown.",
        "type": "object",
        "properties": {ENV: {"description": "Its name.", "type": "string", "pattern": f"^{NAME}$"}},
        "required": [ENV],
        "additionalProperties": False,
    }


def _plain(name: str) -> str:
    return re.sub(r"[^\w.-]", "_", name)


def _plugin(config: Config, name: str, found: list[Found], definitions: dict[str, Schema]) -> Schema:
    try:
        portrait = portray(config, found)
        section = _section(structs_of(portrait.kinds), _plain(name), definitions)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the plugin boundary: importing it runs any code
        return {"description": config.secrets.hide(f"It cannot be imported: {reason_of(error, found[0])}")}
    return {"title": name, **section, "description": portrait.about}


# Structs


def _section(structs: Iterable[type[msgspec.Struct]], prefix: str, definitions: dict[str, Schema]) -> Schema:
    """Return the schema of a section whose keys are the fields of some structs; what they refer to is defined."""
    structs = list(structs)
    every = list(dict.fromkeys(inner for struct in structs for inner in _within(struct)))
    place = f"#/$defs/{prefix}.{{name}}"
    refs, components = msgspec.json.schema_components(every, schema_hook=lambda _: {}, ref_template=place)
    by_ref = {place.format(name=name): component for name, component in components.items()}
    objects = {struct: by_ref[ref["$ref"]] for struct, ref in zip(every, refs, strict=True)}
    for struct, schema in objects.items():
        _document(struct, schema)
        schema["additionalProperties"] = False  # as `cortex.schema.convert` has it
    for schema in objects.values():
        schema["properties"] = {key: _value(value, by_ref) for key, value in schema["properties"].items()}
    referred = msgspec.json.encode(components).decode()
    definitions |= {
        ref.removeprefix("#/$defs/"): component for ref, component in by_ref.items() if f'"{ref}"' in referred
    }
    return _merged([objects[struct] for struct in structs], structs)


def _merged(schemas: list[Schema], structs: list[type[msgspec.Struct]]) -> Schema:
    properties: dict[str, Schema] = {}
    for schema in schemas:
        for key, value in schema["properties"].items():
            known = properties.setdefault(key, value)
            if known != value:
                properties[key] = {"allOf": [known, value]}
    required = sorted({key for schema in schemas for key in schema.get("required", ())})
    merged: Schema = {"type": "object" if required else ["object", "null"], "properties": properties}
    if len(structs) == 1 and structs[0].__doc__:
        merged = {"description": first_line(structs[0].__doc__), **merged}
    return {**merged, **({"required": required} if required else {}), "additionalProperties": False}


def _within(struct: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    """Yield a struct and every struct inside it."""
    found: dict[Any, None] = {}

    def walk(info: Any) -> None:
        if isinstance(info, kinds.StructType):
            if info.cls in found:
                return
            found[info.cls] = None
            for field in info.fields:
                walk(field.type)
        for name in ("type", "item_type", "key_type", "value_type"):
            if isinstance(inner := getattr(info, name, None), kinds.Type):
                walk(inner)
        for inner in (*getattr(info, "types", ()), *getattr(info, "item_types", ())):
            walk(inner)

    walk(struct_info(struct))
    yield from found


def _document(struct: type[msgspec.Struct], schema: Schema) -> None:
    schema.pop("title", None)
    schema.pop("description", None)
    if struct.__doc__:
        schema["description"] = first_line(struct.__doc__)
    helps = helps_of(struct)
    for field in msgspec.structs.fields(struct):
        if helps.get(field.name):
            schema["properties"][field.encode_name] |= {"description": helps[field.name]}


# Values, each of which may be `{$env: NAME}` where it is no list and no mapping


def _value(schema: Schema, by_ref: Mapping[str, Schema]) -> Schema:
    notes: Schema = {key: schema[key] for key in ("title", "description", "default", "examples") if key in schema}
    bare = {key: value for key, value in schema.items() if key not in notes}
    if not bare:  # anything at all
        return {**notes, "anyOf": [{"$ref": FROM_ENVIRONMENT}, {"not": {"type": "object", "required": [ENV]}}]}
    branches = [_inner(branch, by_ref) for branch in bare.get("anyOf", [bare])]
    if any(_is_scalar(branch, by_ref) for branch in branches):
        branches.append({"$ref": FROM_ENVIRONMENT})
    return {**notes, **(branches[0] if len(branches) == 1 else {"anyOf": branches})}


def _inner(schema: Schema, by_ref: Mapping[str, Schema]) -> Schema:
    schema = dict(schema)
    if isinstance(schema.get("items"), dict):
        schema["items"] = _value(schema["items"], by_ref)
    if "prefixItems" in schema:
        schema["prefixItems"] = [_value(item, by_ref) for item in schema["prefixItems"]]
    if schema.get("type") == "object":
        schema["propertyNames"] = {**schema.get("propertyNames", {}), "not": {"const": ENV}}
        if isinstance(schema.get("additionalProperties"), dict):
            schema["additionalProperties"] = _value(schema["additionalProperties"], by_ref)
    return schema


def _is_scalar(schema: Schema, by_ref: Mapping[str, Schema]) -> bool:
    schema = by_ref.get(schema.get("$ref", ""), schema)
    return "enum" in schema or schema.get("type") in ("string", "integer", "number", "boolean")
