"""The networks of Keras Applications: their names, where a pulled one lies, and how each prepares its pixels."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import platformdirs

from cortex import ModelError
from cortex_classifier.model import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MODULES = {
    "convnext": ("ConvNeXtBase", "ConvNeXtLarge", "ConvNeXtSmall", "ConvNeXtTiny", "ConvNeXtXLarge"),
    "densenet": ("DenseNet121", "DenseNet169", "DenseNet201"),
    "efficientnet": tuple(f"EfficientNetB{size}" for size in range(8)),
    "efficientnet_v2": tuple(f"EfficientNetV2{size}" for size in ("B0", "B1", "B2", "B3", "L", "M", "S")),
    "inception_resnet_v2": ("InceptionResNetV2",),
    "inception_v3": ("InceptionV3",),
    "mobilenet": ("MobileNet",),
    "mobilenet_v2": ("MobileNetV2",),
    "mobilenet_v3": ("MobileNetV3Large", "MobileNetV3Small"),
    "nasnet": ("NASNetLarge", "NASNetMobile"),
    "resnet": ("ResNet101", "ResNet152", "ResNet50"),
    "resnet_v2": ("ResNet101V2", "ResNet152V2", "ResNet50V2"),
    "vgg16": ("VGG16",),
    "vgg19": ("VGG19",),
    "xception": ("Xception",),
}
"""The module of `keras.applications` that each lies in; written down, so that listing them does not import Keras."""
NETWORKS = {name: module for module, names in MODULES.items() for name in names}

ANY_SIZE = 224
"""What a network is shown that takes pictures of any size; the MobileNetV3 were trained on this one."""


FETCHING = ".fetching-"
"""How the folder of a fetch that is under way begins."""


def folder() -> Path:
    """Return the folder of the pulled networks, where the system keeps such things."""
    return platformdirs.user_data_path("cortex") / "models"


def labels_of(path: Path) -> Path:
    """Return where the labels of a pulled network lie: beside it, where those of any model are looked for."""
    return path.with_suffix(".labels.txt")


def file_of(name: str) -> Path:
    """Return where a network lies once it has been pulled."""
    return folder() / f"{name}.tflite"


def being_fetched(process: int) -> Path:
    """Return the folder of what a process, by its number, is fetching."""
    return folder() / f"{FETCHING}{process}"


def checked(name: str) -> str:
    """Return the name of a network.

    Raises:
        ModelError: there is none of that name; it says which are near.
    """
    if name not in NETWORKS:
        near = did_you_mean(name, NETWORKS) or "; `cortex models` lists them"
        raise ModelError(f"{name!r} is neither a file nor a network of Keras Applications{near}")
    return name


def pulled(name: str) -> Path:
    """Return the file of a network that has been pulled.

    Raises:
        ModelError: there is no such network, or it has not been pulled.
    """
    path = file_of(checked(name))
    if not path.is_file():
        raise ModelError(f"{name} has not been fetched yet: run `cortex models pull {name}`")
    return path


def module_of(name: str) -> Any:
    """Import the module of Keras that a network lies in."""
    return importlib.import_module(f"keras.applications.{NETWORKS[name]}")


def preprocessing_of(name: str) -> Callable[[Any], Any]:
    """Return the function that prepares raw pixels for a network."""
    function: Callable[[Any], Any] = module_of(name).preprocess_input
    return function
