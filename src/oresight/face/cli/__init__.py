"""The command line: one command per question, one line per error, exit code 2 on a bad question.

Commands import their study only when they run, so that help stays instant.
"""

import os
import sys

from oresight.core.errors import OresightError

INTERRUPTED = 130
"""Exit code of a command that was stopped from the keyboard."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run the command line; returns 0, or 2 for a bad question, 130 when interrupted."""
    from typer.exceptions import Abort, Exit, TyperException

    from oresight.face.cli.commands import app

    try:
        code = app(arguments, standalone_mode=False)
        if code == INTERRUPTED:
            complain("stopped")
        return code if isinstance(code, int) else 0
    except OresightError as error:
        complain(str(error))
        return 2
    except Exit as leaving:
        return int(leaving.exit_code)
    except (Abort, KeyboardInterrupt):
        complain("stopped")
        return INTERRUPTED
    except TyperException as error:
        said = error.format_message() if hasattr(error, "format_message") else str(error)
        complain(f"{said or 'a command is missing'} (oresight --help lists the commands)")
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        complain(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}")
        return 2


def complain(line: str) -> None:
    """One line on standard error."""
    print("oresight: " + " ".join(line.split()), file=sys.stderr)
