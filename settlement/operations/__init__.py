"""The verbs of settlement: keep and forward readings; start, check, approve and issue a run; keep the operator's invoice."""

from .approval import approve_run, open_points, unmatched_instructions
from .baselines import checked_week, set_baseline
from .feed import read_reading_days
from .invoices import InvoiceEntry, InvoiceRecorded, compare_with_invoice, invoice_differences, record_invoice
from .issue import issue_run
from .making import make_runs
from .needed import readings_needed
from .queries import answer_query, open_queries, raise_query
from .reading_uploads import keep_reading_upload, look_at_upload, store_reading_upload
from .readings import DayOfReadings, Stored, store_readings, upload_readings
from .runs import begin_run, check_run, progress, start_run
from .unfold import unfold
from .versions import changes_of

__all__ = [
    "DayOfReadings",
    "InvoiceEntry",
    "InvoiceRecorded",
    "Stored",
    "answer_query",
    "approve_run",
    "begin_run",
    "changes_of",
    "check_run",
    "checked_week",
    "compare_with_invoice",
    "invoice_differences",
    "issue_run",
    "keep_reading_upload",
    "look_at_upload",
    "make_runs",
    "open_points",
    "open_queries",
    "progress",
    "raise_query",
    "read_reading_days",
    "readings_needed",
    "record_invoice",
    "set_baseline",
    "start_run",
    "store_reading_upload",
    "store_readings",
    "unfold",
    "unmatched_instructions",
    "upload_readings",
]
