"""What `secrets check` requires: the rules by id, the severity of each, and how to correct it."""

from __future__ import annotations

from pathlib import Path

import attrs

from k8sgen.checks.finding import Finding, Severity
from k8sgen.errors import Location


@attrs.frozen
class SecretRule:
    """
    One requirement.

    Args:
        hint: The next step; {env}, {secret}, {key} and {file} are replaced by those of the finding.
    """

    severity: Severity
    hint: str


_GENERATE = "run: k8sgen secrets generate {env}"
_EDIT = "run: k8sgen secrets edit {env} {secret}"

RULES = {
    "secret-not-set-up": SecretRule(
        "warning", "run: k8sgen secrets init {env}, then k8sgen secrets generate {env}"
    ),
    "secret-interrupted": SecretRule("error", f"complete it: {_GENERATE}"),
    "secret-unreadable": SecretRule("error", "restore it with: git checkout HEAD -- {file}"),
    "secret-missing": SecretRule("error", _GENERATE),
    "secret-orphaned": SecretRule(
        "warning", "once nothing needs it, delete it yourself; k8sgen never does"
    ),
    "secret-misnamed": SecretRule(
        "error", 'correct it with: sops set {file} \'["metadata"]["{key}"]\' …'
    ),
    "secret-plaintext": SecretRule(
        "error", f"treat the value as compromised: undo the edit, then {_EDIT}"
    ),
    "secret-not-text": SecretRule("error", f"put quotes around the value; {_EDIT}"),
    "secret-recipients": SecretRule("error", "run: k8sgen secrets rotate {env} --recipients"),
    "secret-rule": SecretRule("error", "run: k8sgen synth {env}"),
    "secret-open": SecretRule("note", "what to run: k8sgen secrets rotate {env} --steps"),
    "secret-overdue": SecretRule("warning", "run: k8sgen secrets rotate {env} {secret}/{key}"),
    "secret-stale": SecretRule("error", _GENERATE),
    "secret-unused": SecretRule("warning", "remove it from the service, or use it"),
    "secret-stub-filled": SecretRule("error", "run: k8sgen secrets encrypt {env} {secret}"),
}


@attrs.frozen(kw_only=True)
class SecretIssue:
    """
    One thing that is wrong with the secrets of an environment.

    Args:
        secret: The Kubernetes Secret; empty where it is not about a single one.
        key: What it is about in there.
        place: A file and line.
        hint: Instead of the rule's own.
    """

    rule: str
    message: str
    secret: str = ""
    key: str = ""
    place: Location | None = None
    hint: str = ""

    def finding(self, environment: str, file: Path) -> Finding:
        """Return it in the form of all checks; *file* is the encrypted file of its Secret."""
        rule = RULES[self.rule]
        facts = {"env": environment, "secret": self.secret, "key": self.key, "file": file}
        return Finding(
            rule=self.rule,
            severity=rule.severity,
            message=self.message,
            hint=self.hint or rule.hint.format(**facts),
            environment=environment,
            resource=f"Secret/{self.secret}" if self.secret else "",
            location=self.place,
        )
