"""`smart-viewer keys`: make and rotate the keys of private_key_jwt. Nothing private
is ever printed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from smart_viewer.launch.key_file import Algorithm

ALGORITHMS = click.Choice(["ES384", "RS384"])
FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.group()
def keys() -> None:
    """The keys of private_key_jwt, in a file that only its owner may read."""


@keys.command()
@FILE
@click.option("--algorithm", type=ALGORITHMS, default="ES384", show_default=True)
def new(file: Path, algorithm: Algorithm) -> None:
    """Make FILE with one key. Name it by SMART_VIEWER_CLIENT_KEYS_<ID>_FILE."""
    from smart_viewer.launch.key_file import new_key_file

    _tell(new_key_file(file, algorithm), announced=False)


@keys.command()
@FILE
@click.option("--algorithm", type=ALGORITHMS, help="As the key of now, if left out.")
@click.option("--announce", is_flag=True, help="Show the new key; it signs later.")
def rotate(file: Path, algorithm: Algorithm | None, announce: bool) -> None:
    """Let a new key of FILE sign, and go on showing the public half of the old one.

    With several replicas, or an EHR that keeps our key set for long: first --announce,
    restart each replica, wait; then again without it, restart each replica.
    """
    from smart_viewer.launch.key_file import rotate_key_file

    _tell(rotate_key_file(file, algorithm, announce), announced=announce)


@keys.command()
@FILE
def show(file: Path) -> None:
    """Print the public JWK Set, for an EHR that takes no URL."""
    from smart_viewer.launch.key_file import read_key_file, shown

    click.echo(json.dumps(shown(read_key_file(file)), indent=2))


def _tell(public: dict[str, Any], *, announced: bool) -> None:
    signing, *others = (f"{key['kid']} ({key['alg']})" for key in public["keys"])
    click.echo(f"signs: {signing}")
    for number, other in enumerate(others):
        later = announced and number == 0
        click.echo(
            f"shown: {other}{', signs after the next rotation' if later else ''}"
        )
    click.echo("Restart the viewer; EHRs read <PUBLIC_URL>/.well-known/jwks.json.")
