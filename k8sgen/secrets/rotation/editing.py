"""Changes by hand: in an editor, or by a filled-in stub."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import yaml

from k8sgen.secrets.contract.needs import Needed, Needs
from k8sgen.secrets.contract.stubs import is_placeholder
from k8sgen.secrets.errors import SecretsError
from k8sgen.secrets.files import sops
from k8sgen.secrets.files.open import keep
from k8sgen.secrets.files.store import EDITED, SUFFIX, Place, Staging, Store, make_ignored
from k8sgen.secrets.files.writing import note, staged, verify
from k8sgen.secrets.rotation.change import refuse_open


def edit(store: Store, secret: str) -> Place | None:
    """
    Open the editor of sops on a copy of the file of *secret*; no lock is held meanwhile.

    Returns:
        The edited copy, or `None` where nothing was changed.
    """
    path = store.path(secret)
    if not path.exists():
        msg = "there is no such file yet"
        hint = f"make it with: k8sgen secrets generate {store.environment}"
        raise SecretsError(msg, location=store.shown(secret), hint=hint)
    copy = Place(store.edited(secret), store.shown(secret))
    make_ignored(copy.path.parent)
    if not copy.path.exists():
        shutil.copyfile(path, copy.path)
    if sops.edit(copy.path, file=copy.shown):
        return copy
    _discard(copy)
    return None


def _discard(copy: Place) -> None:
    """Remove the copy, and its folder where it was the last."""
    copy.path.unlink()
    if not list(copy.path.parent.glob(f"*{SUFFIX}")):
        shutil.rmtree(copy.path.parent)


def take(staging: Staging, needs: Needs, secret: str, edited: Place, *, now: datetime) -> None:
    """
    Put the *edited* copy in the place of the file that it was made of.

    Raises:
        SecretsError: The file has changed meanwhile, or a value that is open was changed; both
            files are kept.
    """
    store = staging.store
    place = staging.place(secret)
    if store.edited(secret) != edited.path:
        problem = "changed while you edited it"
        hint = (
            f"your version is kept beside it, in {EDITED}/{edited.path.name}: put your changes in "
            f"again with k8sgen secrets edit {store.environment} {secret}, and delete it"
        )
        raise SecretsError(problem, location=edited.shown, hint=hint)
    old = store.read(secret)
    before = sops.decrypt(store.path(secret), file=edited.shown)
    values = sops.decrypt(edited.path, file=edited.shown)
    changed = {key: now for key, value in values.items() if before.get(key) != value}
    refuse_open(store, needs, {f"{secret}/{key}" for key in changed})
    if changed.keys() & before.keys():
        keep(staging, secret)
    shutil.copyfile(edited.path, place.path)
    note(place, staged(place, old, changed, foreign=changed))
    verify(place, values)
    staging.commit()
    _discard(edited)


def read_stub(text: str, needed: Needed, shown: Path) -> dict[str, str]:
    """
    Return the values that were filled into a stub, by the key's name; messages show none.

    Raises:
        SecretsError: It is not a stub of this Secret.
    """
    hint = f"take a copy of {needed.name}.stub.yaml and replace what is in <…>"
    try:
        body = yaml.safe_load(text)
        values = dict(body["stringData"])
        name = body["metadata"]["name"]
    except (yaml.YAMLError, KeyError, TypeError, ValueError):
        raise SecretsError("it is not a stub", location=shown, hint=hint) from None
    if name != needed.name:
        msg = f"it is a stub of {name}, not of {needed.name}"
        raise SecretsError(msg, location=shown, hint=hint)
    for key, value in values.items():
        if key not in needed.keys:
            raise SecretsError(f"no service declares the key {key}", location=shown, hint=hint)
        if not isinstance(value, str) or not value:
            msg = f"the value of {key} is not a string"
            raise SecretsError(msg, location=shown, hint="put quotes around it")
    return {
        needed.keys[key].name: value for key, value in values.items() if not is_placeholder(value)
    }
