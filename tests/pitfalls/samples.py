"""Every pitfall as the body of a run method: what the lint must call it, and what the sandbox does with it."""

# kind, effect, body (several lines are joined by "; " in a run method)
BAD: dict[str, tuple[str, str, str]] = {
    "datetime_now": ("clock", "stopped", "return str(datetime.now())"),
    "date_today": ("clock", "stopped", "return str(date.today())"),
    "module_datetime": ("clock", "stopped", "return str(dt.datetime.now())"),
    "time_time": ("clock", "stopped", "return time.time()"),
    "time_monotonic": ("clock", "stopped", "return time.monotonic()"),
    "time_localtime": ("clock", "stopped", "return str(time.localtime())"),
    "time_strftime": ("clock", "breaks", "return time.strftime('%Y')"),
    "fromtimestamp": ("clock", "breaks", "return str(datetime.fromtimestamp(0))"),
    "time_sleep": ("sleep", "stopped", "time.sleep(0.01); return 1"),
    "random_random": ("random", "stopped", "return random.random()"),
    "random_choice": ("random", "stopped", "return random.choice([1, 2])"),
    "random_object": ("random", "breaks", "return random.Random().random()"),
    "random_system": ("random", "breaks", "return random.SystemRandom().random()"),
    "uuid4": ("random", "stopped", "return str(uuid.uuid4())"),
    "secrets_hex": ("random", "stopped", "return secrets.token_hex(4)"),
    "urandom": ("random", "stopped", "return os.urandom(2).hex()"),
    "environ": ("environment", "stopped", "return os.environ['HOME']"),
    "getenv": ("environment", "stopped", "return os.getenv('HOME')"),
    "getpid": ("environment", "stopped", "return os.getpid()"),
    "hostname": ("environment", "stopped", "return socket.gethostname()"),
    "thread": ("thread", "stopped", "t = threading.Thread(target=print); t.start(); return 1"),
    "to_thread": ("thread", "stopped", "return await asyncio.to_thread(abs, 1)"),
    "executor": ("thread", "stopped", "return await asyncio.get_running_loop().run_in_executor(None, abs, 1)"),
    "open_file": ("world", "stopped", "return open('/dev/null').read()"),
    "path_read": ("world", "stopped", "return Path('/dev/null').read_text()"),
    "socket_connect": ("world", "stopped", "return str(socket.create_connection(('127.0.0.1', 1), 0.1))"),
    "urlopen": ("world", "stopped", "return urllib.request.urlopen('http://127.0.0.1:1').status"),
    "subprocess_run": ("world", "stopped", "return subprocess.run(['true']).returncode"),
    "sqlite": ("world", "breaks", "return str(sqlite3.connect(':memory:'))"),
    "string_hash": ("hash", "breaks", "return hash('order')"),
    "object_id": ("hash", "breaks", "return id(self)"),
    "set_loop": ("set order", "breaks", "return [name for name in {'a', 'b', 'c'}]"),
    "set_list": ("set order", "breaks", "names = set(['a', 'b']); return list(names)"),
    "set_join": ("set order", "breaks", "names = {'a'} | {'b'}; return ','.join(names)"),
    "set_pop": ("set order", "breaks", "names = {'a', 'b'}; return names.pop()"),
    "set_star": ("set order", "breaks", "return await asyncio.gather(*{asyncio.sleep(0), asyncio.sleep(0)})"),
    "asyncio_wait": ("wait order", "breaks", "await asyncio.wait([asyncio.create_task(asyncio.sleep(0))]); return 1"),
    "as_completed": ("wait order", "breaks", "return [await f for f in asyncio.as_completed([asyncio.sleep(0, 1)])]"),
    "printed": ("output", "lies", "print('charged'); return 1"),
    "plain_logger": ("output", "lies", "LOG.warning('charged'); return 1"),
    "root_logger": ("output", "lies", "logging.info('charged'); return 1"),
    "global_count": ("global", "lies", "global COUNT; COUNT += 1; return COUNT"),
    "global_list": ("global", "lies", "SEEN.append(1); return len(SEEN)"),
    "global_dict": ("global", "lies", "CACHE['a'] = 1; return len(CACHE)"),
    "global_nested": ("global", "lies", "NESTED['a'].append(1); return len(NESTED)"),
    "class_list": ("class state", "lies", "self.shared.append(1); return len(self.shared)"),
    "class_count": ("class state", "lies", "type(self).count += 1; return type(self).count"),
    "time_alias": ("sleep", "stopped", "nap = time.sleep; nap(0.01); return 1"),
    "machine_zone": ("clock", "breaks", "return str(workflow.now().astimezone())"),
    "random_none": ("random", "breaks", "return random.Random(None).random()"),
    "hash_key": ("hash", "breaks", "return sorted(['a', 'b'], key=hash)"),
    "hash_method": ("hash", "breaks", "return 'order'.__hash__()"),
    "lock": ("thread", "stopped", "return str(threading.Lock())"),
    "set_by_length": ("set order", "breaks", "names = {'mug', 'tea'}; return sorted(names, key=len)"),
    "set_vote": ("set order", "breaks", "votes = ['a', 'b']; return max(set(votes), key=votes.count)"),
    "set_choice": ("set order", "breaks", "names = set('ab') if LOG else set(); return [name for name in names]"),
    "set_added": ("set order", "breaks", "names = ['c']; names += {'a', 'b'}; return names"),
    "set_unpacked": ("set order", "breaks", "first, second = {'a', 'b'}; return first"),
    "set_of_keys": ("set order", "breaks", "return list(CACHE.keys() | {'a'})"),
    "set_constant": ("set order", "breaks", "return [name for name in COUNTRIES]"),
    "set_returned": ("set order", "breaks", "return list(unique(['a', 'b']))"),
    "next_number": ("global", "lies", "return next(NUMBERS)"),
    "shared_object": ("global", "lies", "STATE.count += 1; return STATE.count"),
    "pretty_printed": ("output", "lies", "pprint.pprint('charged'); return 1"),
    "logger_on_the_spot": ("output", "lies", "logging.getLogger('shop').info('charged'); return 1"),
    "replay_returns": ("replaying", "breaks", "if workflow.unsafe.is_replaying(): return 1; return 2"),
    "handed_on": ("clock", "stopped", "return list(map(stamped, ['a']))"),
    "own_class": ("clock", "stopped", "return Till().now()"),
    "replaying": ("replaying", "breaks", "if not workflow.unsafe.is_replaying(): await asyncio.sleep(0.01); return 1"),
    "time_gmtime": ("clock", "breaks", "return str(time.gmtime())"),
    "time_ctime": ("clock", "breaks", "return time.ctime()"),
    "time_asctime": ("clock", "breaks", "return time.asctime()"),
    "date_fromtimestamp": ("clock", "breaks", "return str(date.fromtimestamp(0))"),
    "module_alias": ("clock", "stopped", "return str(clock())"),
    "module_object": ("clock", "stopped", "return TILL.now()"),
    "without_sandbox": ("clock", "breaks", "with workflow.unsafe.sandbox_unrestricted(): return str(datetime.now())"),
    "factory": ("random", "stopped", "return str(Made().id)"),
    "handed_random": ("random", "stopped", "return list(map(random.randrange, [5]))"),
    "condition": ("thread", "stopped", "return str(threading.Condition())"),
    "uname": ("environment", "stopped", "return str(os.uname())"),
    "os_path": ("environment", "stopped", "return os.path.exists('/dev/null')"),
    "path_variable": ("world", "stopped", "file = Path('/dev/null'); return file.read_text()"),
    "path_joined": ("world", "breaks", "return (Path('/dev') / 'null').exists()"),
    "path_cwd": ("world", "stopped", "return str(Path.cwd())"),
    "glob_glob": ("world", "stopped", "return glob.glob('/dev/null')"),
    "subprocess_async": ("world", "stopped", "await asyncio.create_subprocess_exec('true'); return 1"),
    "activity_called": ("activity", "stopped", "return await stamped_by_activity()"),
    "activity_is_harmless": ("activity", "lies", "return await harmless()"),
    "set_of_the_class": ("set order", "breaks", "return [name for name in self.lands]"),
    "set_untyped_helper": ("set order", "breaks", "return list(every(['a', 'b']))"),
    "set_in_a_dict": ("set order", "breaks", "by: dict[str, set[str]] = {'a': {'x', 'y'}}; return list(by['a'])"),
    "set_got": ("set order", "breaks", "by: dict[str, set[str]] = {}; return list(by.get('a', set()))"),
    "set_items": ("set order", "breaks", "by: dict[str, set[str]] = {}; return [list(x) for _, x in by.items()]"),
    "set_defaultdict": ("set order", "breaks", "by = collections.defaultdict(set); return list(by['a'])"),
    "set_islice": ("set order", "breaks", "return list(itertools.islice({'a', 'b'}, 1))"),
    "replay_raises": ("replaying", "breaks", "if workflow.unsafe.is_replaying(): raise ValueError; return 1"),
    "replay_starts": (
        "replaying",
        "breaks",
        "if not workflow.unsafe.is_replaying(): asyncio.create_task(asyncio.sleep(0)); return 1",
    ),
    "replay_waits": (
        "replaying",
        "breaks",
        "await asyncio.sleep(0.02 if workflow.unsafe.is_replaying() else 0.01); return 1",
    ),
    "in_a_helper": ("clock", "stopped", "return helper()"),
}

HEAD = """
import asyncio, collections, datetime as dt, glob, itertools, logging, os, pprint, random, secrets, socket, sqlite3
import subprocess, threading, time, urllib.request, uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from temporalio import activity, workflow

LOG = logging.getLogger("shop")
COUNT = 0
SEEN: list[int] = []
CACHE: dict[str, int] = {}
NESTED: dict[str, list[int]] = {"a": []}
COUNTRIES = {"DE", "FR"}
NUMBERS = itertools.count()


class State:
    count = 0


STATE = State()
clock = datetime.now


class Till:
    def now(self) -> str:
        return str(datetime.now())


TILL = Till()


@dataclass
class Made:
    id: object = field(default_factory=uuid.uuid4)


@activity.defn
async def stamped_by_activity() -> str:
    return str(datetime.now())


@activity.defn
async def harmless() -> str:
    return "a"


def every(names):
    return set(names)


def unique(names: list[str]) -> set[str]:
    return set(names)


def stamped(name: str) -> str:
    return name + str(datetime.now())


def helper() -> str:
    return str(datetime.now())
"""

WORKFLOW = """

@workflow.defn(name="{name}")
class {title}:
    shared: list[int] = []
    count = 0
    lands = {{"DE", "FR"}}

    @workflow.run
    async def run(self):
        {body}
"""

# Correct code that looks a little like a pitfall.
GOOD = """
import asyncio, hashlib, httpx, json, os, random, time, uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import PurePath
from random import Random
from temporalio import activity, workflow
from temporalio.exceptions import ApplicationError

from course_lib.shop.client import ShopClient

with workflow.unsafe.imports_passed_through():
    import pandas

LIMIT = timedelta(seconds=10)
COUNTRIES = {"DE", "FR"}
PRICES = {"mug": 900}
TOKEN = os.environ.get("SHOP_TOKEN", "")  # for the activity alone
ADDRESS = os.environ.get("ADDRESS", "")  # for the starter alone
DICE = Random(7)  # the same row in every run, and in every replay
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "shop")


@dataclass
class Order:
    id: str
    tags: set[str] = field(default_factory=set)


@activity.defn
async def charge(order: Order) -> str:
    import os, time
    print("charging", os.environ.get("SHOP_URL"), time.time(), random.random(), datetime.now())
    for tag in order.tags:
        print(tag)
    return await ShopClient().charge(order.id + TOKEN, 1)


class Shipping:
    url = os.environ.get("SHIPPING_URL", "")

    @activity.defn
    async def ship(self, order: str) -> str:
        return self.url + order


def open(door: str) -> str:
    return door


def total(prices: dict[str, int]) -> int:
    return sum(price for price in prices.values())


@workflow.defn
class Good:
    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.items: list[str] = []
        self.stock = {"mug": 1}
        self.counts: Counter[str] = Counter()

    @workflow.run
    async def run(self, order: Order) -> str:
        now = workflow.now()
        until = datetime.fromtimestamp(now.timestamp(), timezone.utc) + LIMIT
        when = datetime.now if False else workflow.now
        number = workflow.random().randint(1, 6) + Random(7).randint(1, 6)
        key = str(workflow.uuid4()) + str(uuid.uuid5(NAMESPACE, order.id))
        await asyncio.sleep(1)
        await workflow.sleep(LIMIT)
        self.seen.add(order.id)
        self.items.append(key)
        self.stock["mug"] -= 1
        self.counts.update([order.id])
        same = {tag.lower() for tag in self.seen}
        if order.id in COUNTRIES and len(self.seen) > 1 and any(tag == "x" for tag in sorted(same)):
            workflow.logger.info("known %s", sorted(self.seen))
        for tag in sorted(order.tags):
            self.items.append(tag)
        done, _ = await workflow.wait([asyncio.create_task(asyncio.sleep(1))])
        open("front")
        random = workflow.random()
        self.items.append(str(random.random()))
        PRICES = {"mug": 1}
        PRICES["tea"] = 2
        names = set(order.tags)
        length = sum(len(name) for name in names) + len(list(names)) + max(map(len, names))
        count = 0
        for name in names:
            count += len(name)
        lower: set[str] = set()
        for name in names:
            lower.add(name.lower())
        things = list(set(order.tags))
        things.sort()
        self.items += sorted((name for name in names), reverse=True) + things
        self.items += [PurePath("a", order.id).name, time.strftime("%Y", time.gmtime(0)), str(DICE.random())]
        if not order.id:
            raise httpx.TimeoutException("no id")
        if order.id and not workflow.unsafe.is_replaying():
            print("said once")
        self.items += sorted(name.lower() for name in names) + sorted(names, key=self.items.index)
        names = sorted(names)
        self.items += [name for name in names]
        if not workflow.unsafe.is_replaying():
            print("said once", length + count)
        digest = hashlib.sha256(json.dumps(self.items).encode()).hexdigest()
        try:
            await asyncio.wait_for(workflow.wait_condition(lambda: bool(self.items)), 5)
        except asyncio.TimeoutError:
            raise ApplicationError("late") from None
        if workflow.unsafe.is_replaying():
            digest = digest.upper()
        return await workflow.execute_activity(charge, order, start_to_close_timeout=LIMIT)


async def main() -> None:
    print(uuid.uuid4(), random.random())


if __name__ == "__main__":
    print(ADDRESS)
    asyncio.run(main())
"""


def class_name(name: str) -> str:
    """Return the class of a bad sample."""
    return "".join(part.capitalize() for part in name.split("_"))


def module(*names: str) -> str:
    """Return a module with these bad workflows."""
    return HEAD + "".join(
        WORKFLOW.format(name=name, title=class_name(name), body=_lines(BAD[name][2])) for name in names
    )


def _lines(body: str) -> str:
    if body.startswith("if "):
        test, _, rest = body.partition(": ")
        inside, _, after = rest.partition("; ")
        return f"{test}:\n            {inside}\n        {after}"
    return "\n        ".join(body.split("; "))
