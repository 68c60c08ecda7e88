"""The command line. Commands load what they need only when they run."""

from __future__ import annotations

import contextlib
import importlib
from typing import Any

import click

from detente import __version__

COMMANDS = {
    "assess": "Assess the security relations of two states as of a day.",
    "backtest": "Score forecasts of the past from every origin, on a file or the record.",
    "claims": "Check what a study claimed against what followed, and score it.",
    "codebook": "Print the actions and issue areas, or say why an event has its areas.",
    "components": "Find the hidden structure of who does what to whom when.",
    "context": "Show what the field's data sets hold of a pair: alliances, disputes, trade ...",
    "dyads": "List dyad-years of the state system, with variables joined by name.",
    "explain": "Explain a pair: levels, reciprocity, third parties, breaks, votes.",
    "fetch": "Download event data and UN votes from their official addresses.",
    "forecast": "Forecast a pair: fans of counts, shares and votes, chances of events.",
    "ideal-points": "Place all states by their votes in the UN, session by session.",
    "ingest": "Add files or folders to the record.",
    "levels": "Estimate a pair's levels of cooperation and conflict, with bands.",
    "panel": "Count the acts of a pair, or of all pairs, by direction and period.",
    "record": "Show what the record holds: facts, agreements, figures, audit, quarantine, verify.",
    "reproduce": "Ask the answer in a JSON file again and say what differs.",
    "similarity": "Measure how alike states vote in the UN, corrected for chance.",
    "stock": "Count a pair's agreements in force, area by area, through time.",
    "weigh": "Weigh levers: what would be associated with how much more improvement.",
    "who": "Say which state, organisation or group a name stands for.",
}
"""What each command does; it stands in the module of its name."""


class LazyGroup(click.Group):
    """A group whose commands are imported when called, so that --help is instant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Command names, in alphabetical order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command itself, imported now."""
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(importlib.import_module(f"{__name__}.{name}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List commands from the table, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="detente")
def detente() -> None:
    """The record, measures and assessment of the security relations of any two states.

    Data goes to standard output, all else to standard error. Exit codes: 0 done, 1 no data, 2 bad
    usage or input.
    """


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line; known errors become one line and an exit code."""
    import io
    import os
    import sys
    import warnings

    from detente.errors import DetenteError, NoData, one_line, visible

    def say(text: str) -> None:
        # Imported when there is something to say: most runs have nothing, and start sooner.
        from detente.cli.common import say

        say(text)

    # What is opened in the place of a closed standard file would take what others write there: a record's part.
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
    if sys.stdout is None:
        say("Error: standard output is closed; send it to a file, or to /dev/null")
        sys.exit(2)
    # Data is the same bytes in every locale; a terminal gets what it can show.
    if isinstance(sys.stdout, io.TextIOWrapper):
        encoding = sys.stdout.encoding if sys.stdout.isatty() else "utf-8"
        sys.stdout.reconfigure(encoding=encoding, errors="backslashreplace")
    warnings.showwarning = lambda message, *_, **__: say(f"note: {message}")
    try:
        sys.exit(detente.main(args=arguments, standalone_mode=False) or 0)
    except click.ClickException as error:
        # It repeats what was typed, into which a shell may have put the names of files.
        told = io.StringIO()
        error.show(told)
        text = told.getvalue().replace(error.message, one_line(error.message))
        with contextlib.suppress(OSError):
            click.echo(visible(text), nl=False, err=True)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        say("Interrupted; what was committed before is safe, run the same command again to go on.")
        sys.exit(130)
    except NoData as error:
        say(f"No data: {error}")
        sys.exit(1)
    except DetenteError as error:
        say(f"Error: {error}")
        sys.exit(2)
    except UnicodeEncodeError as error:
        say(f"Error: {error.object}: is no UTF-8")
        sys.exit(2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except MemoryError:
        say("Error: there is too little memory; what was committed before is safe")
        sys.exit(2)
    except OSError as error:
        say(f"Error: {error.filename or 'the system'}: {error.strerror or error}")
        sys.exit(2)
