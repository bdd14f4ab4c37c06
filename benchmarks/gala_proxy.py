"""nginx in front of a station, as a gala needs it: a copy a document a second, and counts."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

OURS = Path(__file__).parents[1] / "deploy" / "nginx"
"""What operators put in front of a station, which is what is measured."""

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")

CONFIG = """
{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_rlimit_nofile 65536;
events {{ worker_connections 60000; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  keepalive_requests 1000000;
  keepalive_timeout 75;
  proxy_cache_path {folder}/cache keys_zone=public:10m max_size=99m use_temp_path=off;
  map $upstream_cache_status $asks {{ default 1; HIT 0; STALE 0; UPDATING 0; }}
  log_format asked '$msec $request_method $uri $upstream_cache_status';
  upstream station {{ server 127.0.0.1:{port}; keepalive 64; }}
  server {{
    listen 127.0.0.1:{front} backlog=16384;
    location /screen/ {{
      include {ours}/proxy.conf;
      include {ours}/public.conf;
      proxy_pass http://station;
      access_log {folder}/asked.log asked if=$asks;
    }}
  }}
}}
"""


@asynccontextmanager
async def nginx(folder: Path, port: int, front: int) -> AsyncIterator[int]:
    """Start nginx on ``front`` before the station on ``port``; give its process id."""
    assert NGINX is not None
    for name in ("cache", "body", "proxy"):
        (folder / name).mkdir()
    # Root's nginx would become somebody who may not write into this folder.
    user = "" if os.geteuid() else "user root;"
    config = folder / "nginx.conf"
    config.write_text(CONFIG.format(folder=folder, ours=OURS, port=port, front=front, user=user))
    process = await asyncio.create_subprocess_exec(
        NGINX, "-e", str(folder / "error.log"), "-c", str(config)
    )
    try:
        await _listening(front)
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


async def _listening(port: int) -> None:
    for _ in range(100):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise AssertionError("nginx does not listen")


def asked_of_station(folder: Path, path: str) -> list[float]:
    """When nginx asked the station for a document, in seconds since the epoch."""
    log = folder / "asked.log"
    lines = log.read_text().splitlines() if log.exists() else []
    rows = (each.split() for each in lines)
    return [float(at) for at, method, uri, _status in rows if method == "GET" and uri == path]
