"""The training loop: batches in, checkpoints out. Runs on whichever backend Keras was started with."""

import csv
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from training import network
from training.batches import Batches
from training.checkpoint import FILE, Checkpoint, Weights
from training.names import of_names
from training.pictures import Pictures, Pixels
from training.plan import Plan
from training.schedule import Schedule
from training.temperature import softmax

AVERAGE_EVERY = 8
"""Steps between two updates of the average."""

SAVE_EVERY = 120.0
"""Seconds between two checkpoints."""

CHUNK = 100
"""How many held-out pictures are looked at at once."""


class Trainer:
    """Trains one network; every epoch ends with a checkpoint and a line in `log.csv`."""

    def __init__(self, out: Path, plan: Plan, design: network.Design, kinds: int) -> None:
        self._out = out
        self._plan = plan
        keras.utils.set_random_seed(plan.seed)
        keras.config.set_image_data_format("channels_first" if keras.backend.backend() == "torch" else "channels_last")
        keras.config.set_dtype_policy(plan.precision)
        self._kinds = kinds
        self._model = network.build(design, kinds)
        keras.config.set_dtype_policy("float32")
        self._optimizer = keras.optimizers.SGD(plan.peak, momentum=0.9, nesterov=True, weight_decay=plan.decay)
        self._optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
        self._optimizer.build(self._model.trainable_variables)
        loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=plan.smoothing)
        self._model.compile(self._optimizer, loss={"logits": loss, "embedding": None}, jit_compile=False)
        self._average: Weights = self._model.get_weights()
        self._step = 0

    def resume(self) -> bool:
        """Go on from the last checkpoint, if there is one."""
        file = self._out / FILE
        if not file.exists():
            return False
        checkpoint = Checkpoint.load(file)
        self._model.set_weights(checkpoint.weights)
        for variable, value in zip(self._optimizer.variables, checkpoint.optimizer, strict=True):
            variable.assign(value)
        self._average = checkpoint.average
        self._step = checkpoint.step
        return True

    def train(self, pictures: Pictures, held_out: Pictures) -> None:
        """Train the steps that are left."""
        batches = Batches(pictures, size=self._plan.batch, seed=self._plan.seed)
        schedule = Schedule(round(self._plan.epochs * len(batches)), self._plan.peak)
        text = TextColumn("{task.description}")
        bar = (text, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
        with Progress(*bar) as progress:
            task = progress.add_task("", total=schedule.steps)
            while self._step < schedule.steps:
                started = time.monotonic()
                stop = min((self._step // len(batches) + 1) * len(batches), schedule.steps)
                loss = self._train_until(stop, batches, schedule, lambda: progress.update(task, completed=self._step))
                self._save()
                row = {
                    "epoch": round(self._step / len(batches), 2),
                    "side": schedule.side(self._step - 1),
                    "seconds": round(time.monotonic() - started),
                    "loss": round(loss, 4),
                    "held_out_top1": round(self._accuracy(held_out), 4),
                }
                self._log(row)
                progress.console.print("  ".join(f"{key} {value}" for key, value in row.items()))

    def _train_until(self, stop: int, batches: Batches, schedule: Schedule, show: Callable[[], None]) -> float:
        one_hot = np.eye(self._kinds, dtype=np.float32)
        losses: list[float] = []
        saved = time.monotonic()
        for pixels, outputs in batches.between(self._step, stop, schedule.side):
            self._optimizer.learning_rate = schedule.rate(self._step)
            losses.append(float(self._model.train_on_batch(pixels.astype(np.float32), {"logits": one_hot[outputs]})))
            if self._step % AVERAGE_EVERY == 0:
                self._update_average(self._step)
            self._step += 1
            show()
            if time.monotonic() - saved > SAVE_EVERY:
                self._save()
                saved = time.monotonic()
        return float(np.mean(losses))

    def _update_average(self, step: int) -> None:
        keep = min(self._plan.average, step / (step + 10)) ** AVERAGE_EVERY
        for average, now in zip(self._average, self._model.get_weights(), strict=True):
            np.add(average * keep, (1 - keep) * now, out=average)

    def _accuracy(self, pictures: Pictures) -> float:
        """Top-1 of the averaged weights."""
        now = self._model.get_weights()
        self._model.set_weights(self._average)
        right = sum(
            int(np.sum(self._named(pictures.pixels[at : at + CHUNK]) == pictures.outputs[at : at + CHUNK]))
            for at in range(0, len(pictures), CHUNK)
        )
        self._model.set_weights(now)
        return right / max(1, len(pictures))

    def _named(self, pixels: Pixels) -> Any:
        logits = keras.ops.convert_to_numpy(self._model.predict_on_batch(pixels.astype(np.float32))["logits"])
        return of_names(softmax(logits)).argmax(axis=1)

    def _save(self) -> None:
        state = [np.array(keras.ops.convert_to_numpy(variable)) for variable in self._optimizer.variables]
        Checkpoint(self._step, self._model.get_weights(), self._average, state).save(self._out / FILE)

    def _log(self, row: dict[str, Any]) -> None:
        file = self._out / "log.csv"
        new = not file.exists()
        with file.open("a", newline="", encoding="utf-8") as lines:
            writer = csv.DictWriter(lines, row)
            if new:
                writer.writeheader()
            writer.writerow(row)
