# expect: pass your progress
from datetime import timedelta

from temporalio import activity, workflow

from course_lib.shop.client import ShopClient


@activity.defn
async def import_pages(job: str) -> int:
    offset: int = next(iter(activity.info().heartbeat_details), 0)
    while rows := await ShopClient().catalogue_page(offset, 500):
        await ShopClient().record_import(offset, rows, job=job)
        offset += len(rows)
        activity.heartbeat()
    return offset


@workflow.defn
class ImportCatalogue:
    @workflow.run
    async def run(self, job: str) -> int:
        limit = timedelta(seconds=10)
        pulse = timedelta(seconds=2)
        return await workflow.execute_activity(import_pages, job, start_to_close_timeout=limit, heartbeat_timeout=pulse)
