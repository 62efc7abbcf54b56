"""The key of an endpoint, which stands in the environment alone."""

import os

from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.errors import EndpointError

NO_KEY = "none"
"""Sent where no key is configured: local servers do not read it."""


def key_of(endpoint: Endpoint) -> str:
    """What an endpoint is shown.

    Raises:
        EndpointError: there is none, or it can be none.
    """
    variable = endpoint.api_key_env
    if variable is None:
        return NO_KEY
    key = os.environ.get(variable, "").strip()
    if not key:
        raise EndpointError(
            f"set the environment variable {variable}: it is to hold the key of {endpoint.where}"
        )
    if not (key.isascii() and key.isprintable()):
        raise EndpointError(f"the environment variable {variable} holds characters that no key can have")
    return key
