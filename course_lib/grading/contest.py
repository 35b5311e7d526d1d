"""Two callers at once, made certain: what a function that looks first and starts then does not see."""

import contextlib
import dataclasses
from typing import Any

from temporalio.client import Interceptor, OutboundInterceptor, StartWorkflowInput, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError


class Contest(Interceptor):
    """Lets another caller start each workflow just before this client does, with the same id and argument."""

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        """Put the other caller in front of the client's own calls."""
        return _Other(super().intercept_client(next))


class _Other(OutboundInterceptor):
    async def start_workflow(self, input: StartWorkflowInput) -> WorkflowHandle[Any, Any]:
        once = dataclasses.replace(
            input,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        )
        with contextlib.suppress(WorkflowAlreadyStartedError):
            await super().start_workflow(once)
        return await super().start_workflow(input)
