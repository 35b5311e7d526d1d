"""Answers to exercise 9.3, Who lives on."""

from tests.grading.edits import Given, Right, Wrong, replace

CLAIMS = {
    "the return's ID;": Given("what the workflow is started with"),
    "the parent is cancelled, terminated, or told `arrived`.": Given("what the check does to it"),
    "start the helpers `reminder-{id}`, `pick-up-{id}` and `receipt-{id}`.": ("ids_of_their_own", "two_helpers"),
    "When the parent closes, in whatever way": "cancels_the_pick_up_itself",
    "the reminder is terminated": ("reminder_is_abandoned", "all_asked_to_cancel"),
    "the pick-up is asked to cancel": ("pick_up_by_default", "pick_up_is_abandoned"),
    "and the receipt lives on.": "receipt_by_default",
    "The parent waits for `arrived`": "does_not_wait",
    "not for its children.": "waits_for_the_receipt_too",
    "parent cancelled → terminated, cancelled (“pick-up is off”), completed.": "pick_up_by_default",
}

_WAIT = replace("await workflow.wait_condition(lambda: self.here)")
_START = replace('await workflow.start_child_workflow(Helper.run, what, id=f"{what}-{id}", parent_close_policy=policy)')
_PICK_UP = replace("workflow.ParentClosePolicy.REQUEST_CANCEL")
_RECEIPT = replace("workflow.ParentClosePolicy.ABANDON")
_REMINDER = replace("workflow.ParentClosePolicy.TERMINATE")
_OPEN = "the parent has started three helpers, and is open"
_TOLD = "the parent waits for `arrived`, not for its children"
_CLOSES = "when its parent closes, in whatever way"
_REMINDED = f"the reminder is terminated {_CLOSES}"
_PICKED_UP = f"the pick-up is cancelled {_CLOSES}"
_RECEIVED = f"the receipt is completed {_CLOSES}"

WRONG = {
    "all_asked_to_cancel": Wrong(
        _REMINDED,
        "ParentClosePolicy.TERMINATE",
        _REMINDER.by("workflow.ParentClosePolicy.REQUEST_CANCEL"),
    ),
    "cancels_the_pick_up_itself": Wrong(
        _PICKED_UP,
        "ParentClosePolicy.REQUEST_CANCEL",
        _PICK_UP.by("workflow.ParentClosePolicy.TERMINATE"),
        _START.by("""
            child = await workflow.start_child_workflow(
                Helper.run, what, id=f"{what}-{id}", parent_close_policy=policy
            )
            if what == "pick-up":
                pick_up = child
        """),
        _WAIT.by("""
            try:
                await workflow.wait_condition(lambda: self.here)
            finally:
                pick_up.cancel()
                await workflow.wait_condition(lambda: pick_up.done())
        """),
    ),
    "does_not_wait": Wrong(_OPEN, "then wait with", _WAIT.by("")),
    "gathers_all": Wrong(
        (
            _TOLD,
            _REMINDED,
            _RECEIVED,
        ),
        "await no child",
        replace("from temporalio import workflow").by("import asyncio\n\nfrom temporalio import workflow"),
        replace("for what, policy in policies.items():").by("children = []\nfor what, policy in policies.items():"),
        _START.by("""
            children.append(
                await workflow.start_child_workflow(
                    Helper.run, what, id=f"{what}-{id}", parent_close_policy=policy
                )
            )
        """),
        _WAIT.by("await asyncio.gather(*children)"),
    ),
    "ids_of_their_own": Wrong(
        "each helper has the ID of its task", "start each with `id=", replace(', id=f"{what}-{id}"').by("")
    ),
    "pick_up_by_default": Wrong(
        _PICKED_UP,
        "ParentClosePolicy.REQUEST_CANCEL",
        _PICK_UP.by("workflow.ParentClosePolicy.TERMINATE"),
    ),
    "pick_up_is_abandoned": Wrong(
        _PICKED_UP,
        "ParentClosePolicy.REQUEST_CANCEL",
        _PICK_UP.by("workflow.ParentClosePolicy.ABANDON"),
    ),
    "receipt_by_default": Wrong(
        _RECEIVED,
        "ParentClosePolicy.ABANDON",
        _RECEIPT.by("workflow.ParentClosePolicy.UNSPECIFIED"),
    ),
    "reminder_is_abandoned": Wrong(
        _REMINDED,
        "ParentClosePolicy.TERMINATE",
        _REMINDER.by("workflow.ParentClosePolicy.ABANDON"),
    ),
    "two_helpers": Wrong(_OPEN, "start all three", replace('"receipt": workflow.ParentClosePolicy.ABANDON,').by("")),
    "waits_for_the_receipt_too": Wrong(
        _TOLD,
        "await no child",
        _START.by("""
            child = await workflow.start_child_workflow(
                Helper.run, what, id=f"{what}-{id}", parent_close_policy=policy
            )
        """),
        _WAIT.by("""
            await workflow.wait_condition(lambda: self.here)
            await child
        """),
    ),
}

RIGHT = {
    "three_calls": Right(
        replace("""
            policies = {
                "reminder": workflow.ParentClosePolicy.TERMINATE,
                "pick-up": workflow.ParentClosePolicy.REQUEST_CANCEL,
                "receipt": workflow.ParentClosePolicy.ABANDON,
            }
            for what, policy in policies.items():
                await workflow.start_child_workflow(Helper.run, what, id=f"{what}-{id}", parent_close_policy=policy)
        """).by("""
            start, policy = workflow.start_child_workflow, workflow.ParentClosePolicy
            await start(Helper.run, "reminder", id=f"reminder-{id}")
            await start(Helper.run, "pick-up", id=f"pick-up-{id}", parent_close_policy=policy.REQUEST_CANCEL)
            await start(Helper.run, "receipt", id=f"receipt-{id}", parent_close_policy=policy.ABANDON)
        """),
    ),
    "side_by_side": Right(
        replace("from temporalio import workflow").by("import asyncio\n\nfrom temporalio import workflow"),
        replace("""
            for what, policy in policies.items():
                await workflow.start_child_workflow(Helper.run, what, id=f"{what}-{id}", parent_close_policy=policy)
        """).by("""
            await asyncio.gather(
                *(
                    workflow.start_child_workflow(
                        Helper.run, what, id=f"{what}-{id}", parent_close_policy=policy
                    )
                    for what, policy in policies.items()
                )
            )
        """),
    ),
    "by_name": Right(
        replace("start_child_workflow(Helper.run, what,").by('start_child_workflow("Helper", what,'),
        _WAIT.by("""
            while not self.here:
                await workflow.wait_condition(lambda: self.here)
        """),
    ),
}
