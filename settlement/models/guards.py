"""What the database refuses in settlement alone: lines of a run that is no draft, statements of one not approved."""

from typing import Any

import pgtrigger


def only_while_run_is(status: str, operation: Any) -> pgtrigger.Trigger:
    """Rows with a `run_id` may be added (or deleted, as `operation` says) only while their run has this status."""
    return pgtrigger.Trigger(
        name=f"only_while_{status}",
        when=pgtrigger.Before,
        operation=operation,
        declare=[("run_status", "text")],
        func=f"""
            SELECT status INTO run_status FROM settlement_settlementrun
            WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.run_id ELSE NEW.run_id END;
            IF run_status IS DISTINCT FROM '{status}' THEN
                RAISE EXCEPTION 'Rows of % can be changed only while their run is {status}; it is %.',
                    TG_TABLE_NAME, run_status;
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    )
