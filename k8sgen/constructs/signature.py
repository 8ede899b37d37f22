"""The signature of a construct, as `inspect`, notebooks and editors at run time show it."""

from __future__ import annotations

import inspect


class InitSignature:
    """Shows the parameters of a class's own `__init__`, which jsii's metaclass hides."""

    def __get__(self, instance: object, owner: type) -> inspect.Signature:
        init = owner.__init__  # type: ignore[misc]  # of this very class, not of an instance's
        _, *parameters = inspect.signature(init).parameters.values()
        return inspect.Signature(parameters)
