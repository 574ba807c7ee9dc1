"""What the database refuses in settlement alone: lines of a run that is no draft, statements of one not approved.

Checked once per statement, not per row: a run writes tens of thousands of lines.
"""

from typing import Any

import pgtrigger


def added_only_while_run_is(status: str) -> pgtrigger.Trigger:
    """Rows with a `run_id` may be added only while their run has this status."""
    return _only_while(status, "added", pgtrigger.Insert, pgtrigger.Referencing(new="touched"))


def deleted_only_while_run_is(status: str) -> pgtrigger.Trigger:
    """Rows with a `run_id` may be deleted only while their run has this status."""
    return _only_while(status, "deleted", pgtrigger.Delete, pgtrigger.Referencing(old="touched"))


def _only_while(status: str, verb: str, operation: Any, touched: pgtrigger.Referencing) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=f"{verb}_only_while_{status}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=touched,
        declare=[("run_status", "text")],
        func=f"""
            SELECT run.status INTO run_status FROM settlement_settlementrun AS run
            WHERE run.status <> '{status}' AND run.id IN (SELECT touched.run_id FROM touched) LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'Rows of % are {verb} only while their run is {status}; this one is %.',
                    TG_TABLE_NAME, run_status;
            END IF;
            RETURN NULL;
        """,
    )
