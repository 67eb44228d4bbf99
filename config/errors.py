"""Errors that end a command with one line for the person who typed it.

UserError            1  something failed; the message says what to do
├── UsageError       2  wrong words on the command line
├── PortalError      2  a portal file is wrong; names the file, the key and the fix
└── SettingError     2  an environment variable or a line of .env is wrong
"""


class UserError(Exception):
    """Something failed in a way a person can mend; the message is one line."""

    code = 1


class UsageError(UserError):
    """The command was called with words it cannot take."""

    code = 2


class PortalError(UserError):
    """A portal file is wrong; every line names file, key and fix."""

    code = 2


class SettingError(UserError):
    """An environment variable or a line of `.env` has a value that cannot be used."""

    code = 2
