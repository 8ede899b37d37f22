"""The settings in which environments differ."""

from __future__ import annotations

import attrs

import k8sgen
from k8sgen import Autoscaling, Image, Priority, ServiceSettings
from k8sgen.report.settings import SettingDifference, differences

IMAGE = Image("example/web", "1.0.0")


@attrs.frozen(kw_only=True)
class Environment(k8sgen.Environment):
    """An environment with one service."""

    web: ServiceSettings | None = ServiceSettings(image=IMAGE)


BASE = Environment()


WEB = ServiceSettings(image=IMAGE)


def told(
    *, web: ServiceSettings | None = WEB, priority: Priority | None = None
) -> list[SettingDifference]:
    """Compare an environment like the base with one that says something else."""
    production = Environment(name="production", web=web, priority=priority)
    return list(differences(BASE, [Environment(name="local"), production]))


def test_equal_environments_have_no_differences() -> None:
    """Their names alone are none."""
    assert told() == []


def test_a_difference_is_one_setting() -> None:
    """Of an image with another tag, only the tag is shown."""
    (found,) = told(web=ServiceSettings(image=Image("example/web", "2.0.0")))
    assert found == SettingDifference(
        group="web", setting="image.tag", default="1.0.0", values=("1.0.0", "2.0.0")
    )


def test_what_is_nothing_here_is_compared_field_by_field() -> None:
    """An autoscaler that only one environment has is shown by its bounds."""
    scaling = Autoscaling(min_replicas=2, max_replicas=4)
    found = told(web=ServiceSettings(image=IMAGE, replicas=scaling))
    assert [(f.setting, f.values) for f in found] == [
        ("replicas", ("1", "2-4")),
        ("replicas.min_replicas", ("none", "2")),
        ("replicas.max_replicas", ("none", "4")),
        ("replicas.cpu_utilization", ("none", "75")),
    ]


def test_a_service_that_is_left_out_is_said_once() -> None:
    """Its settings are not listed as missing one by one."""
    assert told(web=None) == [
        SettingDifference(group="web", setting="", default="runs", values=("runs", "left out"))
    ]


def test_settings_of_the_environment_itself_have_their_own_group() -> None:
    """They stand beside those of the services."""
    found = told(priority=Priority(name="high", value=1000))
    assert [(f.group, f.setting, f.values) for f in found] == [
        ("environment", "priority.name", ("none", "high")),
        ("environment", "priority.value", ("none", "1000")),
    ]


def test_what_all_environments_set_alike_is_no_difference() -> None:
    """Even where it is not the default."""
    web = ServiceSettings(image=IMAGE, replicas=3)
    both = [Environment(name=name, web=web) for name in ("local", "production")]
    assert differences(BASE, both) == ()
