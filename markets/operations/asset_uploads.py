"""A seller's file of assets: kept as it came, shown what it would do, and registered whole or not at all."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from ..models import AssetUpload, Seller
from ..problems import Refused, RowProblem
from ..rules.assets_file import LABELS, read_assets
from ..rules.eligibility import Kind
from ..rules.words import to_correct
from .assets import Checked, check_assets, register_assets
from .journal import By, record, user_of
from .outlook import Outlook, asset_facts


@dataclass(frozen=True)
class UploadPreview:
    """What the file would do at this moment: how many are new, how many are here already, and what is wrong.

    `standings` counts the new ones by the best that any market says of them; None stands for no market saying anything.
    """

    checked: Checked
    problems: list[RowProblem]
    fresh: int
    standings: Mapping[Kind | None, int]

    @property
    def unchanged(self) -> int:
        return len(self.checked.repeats)


@transaction.atomic
def keep_upload(*, seller: Seller, filename: str, content: bytes, by: By) -> AssetUpload:
    """Keeps the file between its preview and its registration. Raises UnreadableFile where it is no CSV."""
    read_assets(content)
    upload = AssetUpload.objects.create(
        seller=seller, uploaded_by=user_of(by), filename=filename[-200:], content=content
    )
    record(by=by, verb="upload_assets", subject=seller, filename=upload.filename, bytes=len(content))
    return upload


def preview_upload(upload: AssetUpload) -> UploadPreview:
    """Reads and checks the file anew, and writes nothing."""
    checked, problems = _checked(upload)
    fresh = checked.fresh()
    outlook = Outlook(upload.seller)
    standings = Counter(outlook.best(asset_facts(entry, zones)) for entry, zones in fresh if not problems)
    return UploadPreview(checked, problems, len(fresh), dict(standings))


@transaction.atomic
def register_upload(*, upload: AssetUpload, by: By) -> AssetUpload:
    """Registers every asset of the file, or none; a file that was registered stays so.

    Raises Refused with one problem per bad cell, named as in the file.
    """
    upload = AssetUpload.objects.select_for_update(of=("self",)).select_related("seller").get(pk=upload.pk)
    if upload.registered_at is not None:
        return upload
    checked, problems = _checked(upload)
    if problems:
        raise Refused(f"No asset was registered: {to_correct(len(problems))}.", problems)
    register_assets(seller=upload.seller, entries=checked.entries, by=by)
    upload.registered_at, upload.registered_count = timezone.now(), len(checked.fresh())
    upload.save(update_fields=["registered_at", "registered_count"])
    return upload


def _checked(upload: AssetUpload) -> tuple[Checked, list[RowProblem]]:
    file = read_assets(bytes(upload.content))
    checked = check_assets(seller=upload.seller, entries=file.entries)
    problems = list(file.faults) + [
        RowProblem(problem.line, LABELS.get(problem.column, problem.column), problem.value, problem.reason)
        for problem in checked.problems
    ]
    return checked, sorted(problems, key=lambda problem: problem.line)
