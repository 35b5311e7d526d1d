"""The switches of every server that the course starts; the compose server's are in ``deploy/dynamicconfig.yaml``."""

# Each in the form of the command line: a name, and a value in JSON. Measured on CLI 1.9.1.
DYNAMIC = (
    "frontend.WorkflowTimeSkippingEnabled=true",  # tests may skip a 30-day sleep on this server in a second
    "system.workflowTimeSkippingEnabled=true",  # its later name; unknown keys are ignored
    "frontend.WorkflowPauseEnabled=true",
    # A failing workflow task is only tried again when it times out, and from the fourth try on the server makes that
    # time longer and longer, up to ten minutes (measured with a task_timeout of 2 s: tries after 2, 2, 6, 11, 18 s …).
    # A learner who mends a stuck workflow after a while would have to wait for as long as that.
    'history.workflowTaskRetryMaxInterval="1s"',
    # Four partitions of a queue, the default, are for thousands of tasks a second. With one, a Worker's start costs the
    # server half as much processor time, and no poll waits beside a task that lies in another partition.
    "matching.numTaskqueueReadPartitions=1",
    "matching.numTaskqueueWritePartitions=1",
    # Else it looks up version-info.temporal.io as soon as it is up; the course promises to need no network.
    "frontend.enableServerVersionCheck=false",
    # Its HTTP API looks at no Origin and takes any content type, so that any page in the learner's browser could start,
    # signal and terminate workflows. Nothing here needs that API: this name can be no host's (RFC 6761), so it answers
    # nobody. gRPC and the Web UI do not go through it. Nexus, on the same port, is not asked for its Host: it goes on
    # between workflows, and a page could still call a Nexus handler (there is no switch for that in 1.32).
    'frontend.httpAllowedHosts=["none.invalid"]',
)


def arguments() -> list[str]:
    """Return the switches as arguments of ``temporal server start-dev``."""
    return [word for value in DYNAMIC for word in ("--dynamic-config-value", value)]
