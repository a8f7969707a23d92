"""The command that prints what makes a shell complete names."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from lab.cli.group import examples

PROGRAM = "lab"
SHELLS = ("bash", "zsh", "fish")


@click.command(
    "completion",
    short_help="Print what makes a shell complete names.",
    epilog=examples(
        'eval "$(lab completion bash)"                              # in ~/.bashrc',
        'eval "$(lab completion zsh)"          # in ~/.zshrc, after compinit',
        "lab completion fish > ~/.config/fish/completions/lab.fish  # once",
    ),
)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that makes SHELL complete commands, options and names.

    Names are those of datasets, strategies, models, metrics, observations and logged sessions. The
    shell has to read the script, as in the examples; it is for `lab` on the path.
    """
    complete = get_completion_class(shell)
    assert complete is not None  # noqa: S101 (click has all three)
    main = context.find_root().command
    click.echo(complete(main, {}, PROGRAM, f"_{PROGRAM.upper()}_COMPLETE").source())
