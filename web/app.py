"""What gunicorn serves: `web.app:create_app()`, told by the environment where the registry's home is."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask

from singer.deployment import deployment_of
from singer.studio import home_folder
from web import create_app as create
from web.settings import LOOPBACK


def create_app() -> Flask:
    """The page over `CONSONANCE_HOME` (else the usual home), with its worker singing.

    `CONSONANCE_HTTPS=1` says that the page stands behind TLS: cookies are then sent over it only.
    `CONSONANCE_HOSTS` lists the host names that it answers to, parted by commas; left out, it answers to
    this machine's loopback names, and `*` lets any name in. What the deployment asks of every song stands in
    the home's settings (`singer.deployment`). Raises BadInput where they are not understood.
    """
    told = os.environ.get("CONSONANCE_HOME")
    home = home_folder(Path(told) if told else None)
    deployment_of(home)
    hosts = os.environ.get("CONSONANCE_HOSTS", ",".join(LOOPBACK))
    names = tuple(name.strip() for name in hosts.split(",") if name.strip())
    app = create(
        home,
        secure_cookies=os.environ.get("CONSONANCE_HTTPS") == "1",
        trusted_hosts=None if "*" in names else names,
    )
    app.extensions["consonance.worker"].start()
    return app
