"""Asks the commands that a wheel installs whether they start."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from release_tests.errors import CommandError, CommandNotFound, CommandTimedOut
from release_tests.sandbox.observed import CommandReport, Trial
from release_tests.sandbox.probing import ending_of
from release_tests.sandbox.reports import shown

if TYPE_CHECKING:
    from release_tests.sandbox.plan import Command
    from release_tests.sandbox.scene import Scene

_OUTPUT_LIMIT = 4000


def run_commands(trial: Trial, scene: Scene) -> Trial:
    """Run each command of the plan, with one question after the other until one is answered."""
    answers = tuple(_answered(command, scene) for command in scene.plan.commands)
    return dataclasses.replace(trial, commands=answers)


def _answered(command: Command, scene: Scene) -> CommandReport:
    report = None
    for words in command.questions:
        report = _asked(command, words, scene)
        if report.answered:
            break
    return report or CommandReport(command.name, (), answered=False, ending="it was asked nothing")


def _asked(command: Command, words: tuple[str, ...], scene: Scene) -> CommandReport:
    """Run a command; an exit code of 0 without a word is no answer: anything may end so."""
    sandbox = scene.sandbox
    if not (sandbox.scripts / command.name).exists():
        return CommandReport(command.name, words, answered=False, ending="it is not installed")
    shown_words = " ".join((command.name, *words))
    try:
        done = scene.confinement.run(
            (str(sandbox.scripts / command.name), *words),
            deadline=scene.plan.install.import_deadline,
            env=sandbox.environment(),
            cwd=sandbox.work,
            while_running=scene.begin(shown_words),
        )
    except CommandTimedOut as error:
        ending = f"it was killed after {error.deadline:g} s"
        return _report(command, words, scene, ending, error)
    except CommandNotFound as error:
        return _report(command, words, scene, error.what, error)
    answered = done.returncode == 0 and bool(done.output)
    ending = ending_of(done.returncode) + ("" if done.output else ", and it wrote nothing")
    output = shown(done.output, sandbox.prefix)[-_OUTPUT_LIMIT:]
    return CommandReport(command.name, words, answered, done.seconds, ending, output)


def _report(
    command: Command, words: tuple[str, ...], scene: Scene, ending: str, error: CommandError
) -> CommandReport:
    output = shown(error.output, scene.sandbox.prefix)[-_OUTPUT_LIMIT:]
    return CommandReport(command.name, words, answered=False, ending=ending, wrote=output)
