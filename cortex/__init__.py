"""Cortex, a bot that can see, hear and speak: what the author of a plugin imports."""

from cortex.action import Action, Adjust, Attend, Box, Hush, Label, Picture, Say, Show
from cortex.actuator import Actuator
from cortex.cortex import BaseOptions, Cortex, SecretText
from cortex.errors import (
    ConfigError,
    CortexError,
    ModelError,
    PluginError,
    RefusedError,
    ServiceError,
    StimulusError,
    WireError,
)
from cortex.folders import state_folder
from cortex.hindrance import Hindrance
from cortex.hookspecs import Register, hookimpl
from cortex.once import Once
from cortex.picture import decode_picture, encode_picture
from cortex.place import Place, place_of
from cortex.post import Post
from cortex.sense import Emit, Header, Sense
from cortex.session import Session
from cortex.stimulus import Event, Frame, Sentence, Stimulus
from cortex.thought import Eye, Meaning, Named, Seen
from cortex.threads import Threads
from cortex.wire import sentence_text

API_VERSION = "1.2"
"""Of the names below. The first number goes up where a plugin that worked may cease to, the second for what is new."""

__all__ = [
    "API_VERSION",
    "Action",
    "Actuator",
    "Adjust",
    "Attend",
    "BaseOptions",
    "Box",
    "ConfigError",
    "Cortex",
    "CortexError",
    "Emit",
    "Event",
    "Eye",
    "Frame",
    "Header",
    "Hindrance",
    "Hush",
    "Label",
    "Meaning",
    "ModelError",
    "Named",
    "Once",
    "Picture",
    "Place",
    "PluginError",
    "Post",
    "RefusedError",
    "Register",
    "Say",
    "SecretText",
    "Seen",
    "Sense",
    "Sentence",
    "ServiceError",
    "Session",
    "Show",
    "Stimulus",
    "StimulusError",
    "Threads",
    "WireError",
    "decode_picture",
    "encode_picture",
    "hookimpl",
    "place_of",
    "sentence_text",
    "state_folder",
]
