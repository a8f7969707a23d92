"""The command that prints the completion script of a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from lab.cli.group import examples

PROGRAM = "lab"
SHELLS = ("bash", "zsh", "fish")


@click.command(
    "completion",
    short_help="Print the completion script of a shell.",
    epilog=examples(
        'eval "$(lab completion bash)"                              # in ~/.bashrc',
        'eval "$(lab completion zsh)"          # in ~/.zshrc, after compinit',
        "lab completion fish > ~/.config/fish/completions/lab.fish  # once",
    ),
)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that lets SHELL complete commands, options and names.

    Names are those of datasets, strategies, models, metrics, goals, observations and logged
    sessions. Load the script as in the examples; `lab` has to be on the path.
    """
    complete = get_completion_class(shell)
    assert complete is not None  # noqa: S101 (click has all three)
    main = context.find_root().command
    click.echo(complete(main, {}, PROGRAM, f"_{PROGRAM.upper()}_COMPLETE").source())
