"""Cortex, a bot that can see, hear and speak: what the author of a plugin imports."""

from cortex.action import Action, Attend, Label, Say, Show
from cortex.actuator import Actuator
from cortex.cortex import BaseOptions, Cortex
from cortex.errors import ConfigError, CortexError, ModelError, PluginError, StimulusError, WireError
from cortex.hookspecs import Register, hookimpl
from cortex.once import Once
from cortex.sense import Header, Sense
from cortex.session import Session
from cortex.stimulus import Frame, Sentence, Stimulus
from cortex.wire import sentence_text

__all__ = [
    "Action",
    "Actuator",
    "Attend",
    "BaseOptions",
    "ConfigError",
    "Cortex",
    "CortexError",
    "Frame",
    "Header",
    "Label",
    "ModelError",
    "Once",
    "PluginError",
    "Register",
    "Say",
    "Sense",
    "Sentence",
    "Session",
    "Show",
    "Stimulus",
    "StimulusError",
    "WireError",
    "hookimpl",
    "sentence_text",
]
