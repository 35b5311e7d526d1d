"""Which calls are pitfalls: full names, as imports resolve them.

What the sandbox of temporalio 1.35 stops and what it lets through was run, one workflow per name; see
``tests/pitfalls/test_sandbox.py``, which runs them again.
"""

CLOCKS = frozenset({
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today",
    "time.time", "time.time_ns", "time.monotonic", "time.monotonic_ns", "time.perf_counter", "time.perf_counter_ns",
    "time.localtime", "time.process_time", "time.thread_time",
})  # fmt: skip
# Clocks that the sandbox does not stop, and up to how many arguments they are one: `time.gmtime(5)` is none.
SLIPPING_CLOCKS = {
    "time.strftime": 1, "time.gmtime": 0, "time.ctime": 0, "time.asctime": 0, "time.clock_gettime": 1,
}  # fmt: skip
RANDOM = frozenset({"uuid.uuid1", "uuid.uuid4", "os.urandom"})
RANDOM_MODULES = ("random.", "secrets.", "numpy.random.")
# The sandbox stops these at import, too, so that no worker starts; the others only when a workflow runs.
STOPPED_AT_IMPORT = ("datetime.", "random.", "secrets.", "subprocess.", "urllib.request.")
# Random numbers that the sandbox does not stop: an object of one's own.
OWN_RANDOM = frozenset({"random.Random", "random.SystemRandom"})
MACHINE = frozenset({
    "os.getenv", "os.getcwd", "os.getpid", "os.cpu_count", "os.uname", "os.getlogin", "os.getuid", "platform.node",
    "platform.system", "platform.platform", "platform.machine", "platform.python_version", "socket.gethostname",
    "getpass.getuser", "locale.getlocale",
})  # fmt: skip
THREADS = frozenset({
    "_thread.start_new_thread", "multiprocessing.Process", "multiprocessing.Pool",
    "concurrent.futures.ThreadPoolExecutor", "concurrent.futures.ProcessPoolExecutor", "asyncio.to_thread",
})  # fmt: skip
WORLD = (
    "requests.", "httpx.", "urllib.request.", "urllib3.", "socket.", "aiohttp.", "sqlite3.", "subprocess.",
    "smtplib.", "psycopg.", "boto3.", "shutil.", "os.listdir", "os.mkdir", "os.makedirs", "os.remove", "os.rename",
    "os.system", "os.popen", "os.scandir", "os.walk", "glob.", "tempfile.", "asyncio.create_subprocess_",
    "asyncio.open_connection",
)  # fmt: skip
WORLD_CALLS = frozenset({"open", "input", "io.open", "pathlib.Path.cwd", "pathlib.Path.home"})
PATH_METHODS = frozenset({
    "read_text", "write_text", "read_bytes", "write_bytes", "mkdir", "unlink", "touch", "iterdir", "glob", "rglob",
    "exists", "is_file", "is_dir", "open", "stat", "resolve", "rename",
})  # fmt: skip


def kind_of(name: str) -> str:
    """Return the rule that forbids workflow code a call, ``""`` for any other.

    Args:
        name: The full name of what is called.
    """
    if name in CLOCKS:
        return "clock"
    if name == "time.sleep":
        return "sleep"
    if name in MACHINE:
        return "environment"
    if name in THREADS or name.startswith("threading."):
        return "thread"
    if name in RANDOM or (name.startswith(RANDOM_MODULES) and name not in OWN_RANDOM):
        return "random"
    if name.endswith(("Error", "Exception")):
        return ""  # `raise httpx.TimeoutException(…)` asks nobody
    if name in WORLD_CALLS or name.startswith(WORLD) or name.endswith("ShopClient"):
        return "world"
    return ""
