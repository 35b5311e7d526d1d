"""The files of an exported project that are not the learner's own."""

CONNECTION = '''"""Where Temporal is, and on which task queue this project works."""

from temporalio.client import Client
from temporalio.envconfig import ClientConfig

TASK_QUEUE = {task_queue}


async def connect() -> Client:
    """Connect to the server that TEMPORAL_ADDRESS or a profile names, else to a local one."""
    config = ClientConfig.load_client_connect_config()
    config.setdefault("target_host", "127.0.0.1:7233")
    return await Client.connect(**config)
'''

WORKER = '''"""The Worker. Run it from the project's folder: python -m worker"""

import asyncio
import contextlib
import logging
{executor_import}
from temporalio.worker import Worker

{imports}
from connection import TASK_QUEUE, connect


async def main() -> None:
    logging.basicConfig(level=logging.INFO)
    client = await connect()
{body}

if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
'''

WORKER_BODY = """\
    worker = Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=[{workflows}
        ],
        activities=[{activities}
        ],{options}
    )
    print(f"Worker polls {{TASK_QUEUE}}. Ctrl-C stops it.", flush=True)
    try:
        await worker.run()
    finally:
        # A process that ends right behind its last call can crash in the SDK's core (sdk-python issue 300).
        await asyncio.sleep(0.05)
"""

STARTER = '''"""Starts one workflow and waits for its result. Run it from the project's folder: python -m starter"""

import asyncio
from uuid import uuid4

{imports}


async def main() -> None:
    client = await connect()
    handle = await client.start_workflow(
        {run},{argument}
        id=f"{prefix}-{{uuid4()}}",
        task_queue=TASK_QUEUE,
    )
    print("started", handle.id, flush=True)
    print("result:", await handle.result(), flush=True)
    # A process that ends right behind its last call can crash in the SDK's core (sdk-python issue 300).
    await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(main())
'''

README = """# {title}

Written by `lab.export`, from chapter {chapter} of the Temporal course. Nothing in it needs the course.

| folder | holds |
|---|---|
| `workflows/` | {workflows} |
| `activities/` | {activities} |
| `shared/` | types and helpers of both |
| `worker/` | the process that runs them |
| `starter/` | the process that starts one workflow |

## Run it

```sh
python3 -m venv .venv
. .venv/bin/activate            # Windows: .venv\\Scripts\\activate
pip install -r requirements.txt
python -m worker                # first terminal
python -m starter               # second terminal
```

Both look for Temporal at `TEMPORAL_ADDRESS`, else at `127.0.0.1:7233`. The course's own server tells its address
on the card of every notebook; without the course, `temporal server start-dev` is one.
{shop}{left_out}"""

SHOP = """
The activities call the shop. Set `SHOP_URL` for the worker: in the notebook, `lab.shop.url` is its value. To use your
own services, replace `shop_client.py`.
"""
