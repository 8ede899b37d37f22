"""The SQL by which PostgreSQL gets its databases, roles and passwords; run by `psql`."""

from __future__ import annotations

from collections.abc import Iterable

SUPERUSER = "superuser-password"


def databases_sql(names: Iterable[str], secrets: str) -> str:
    """
    Write what makes the databases *names*; run again, it changes nothing but the passwords.

    The owner of a database logs in as one of two roles, and a rotation turns to the other.

    Args:
        secrets: The folder of the files `<name>-login` and `<name>-password`. The server itself
            reads them, so that no statement, log or process list shows a password.
    """
    each = (_DATABASE.format(name=name, secrets=secrets) for name in sorted(names))
    return _SUPERUSER.format(secrets=secrets, key=SUPERUSER) + "".join(each)


_SUPERUSER = """\
\\set ON_ERROR_STOP on
DO $$ BEGIN
  EXECUTE format('ALTER ROLE postgres PASSWORD %L', pg_read_file('{secrets}/{key}'));
END $$;
REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;
"""

_DATABASE = """
SELECT 'CREATE ROLE "{name}"'
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') \\gexec
SELECT format('CREATE ROLE %I LOGIN IN ROLE "{name}"', login)
  FROM (VALUES ('{name}-a'), ('{name}-b')) AS logins (login)
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = login) \\gexec
ALTER ROLE "{name}-a" SET role = '{name}';
ALTER ROLE "{name}-b" SET role = '{name}';
DO $$ BEGIN
  EXECUTE format('ALTER ROLE %I PASSWORD %L',
    pg_read_file('{secrets}/{name}-login'), pg_read_file('{secrets}/{name}-password'));
END $$;
SELECT 'CREATE DATABASE "{name}" OWNER "{name}"'
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{name}') \\gexec
REVOKE ALL ON DATABASE "{name}" FROM PUBLIC;
"""

# What a rotation runs on the server in use; the role that it turns to, and its password, stand on
# the standard input, and the statement with the password stays out of the log.
ACCEPT = """\
\\set ON_ERROR_STOP on
\\prompt '' login
\\prompt '' password
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
ALTER ROLE :"login" PASSWORD :'password';
"""

RETIRE = """\
\\set ON_ERROR_STOP on
\\prompt '' login
SELECT format('ALTER ROLE %I PASSWORD NULL', left(:'login', -1) || other)
  FROM (VALUES ('a', 'b'), ('b', 'a')) AS turns (this, other)
  WHERE this = right(:'login', 1) \\gexec
"""
