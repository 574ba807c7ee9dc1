"""What every database holds before the story begins, and the table of jobs."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import OrmQ, Schedule
from django_q.scheduler import scheduler

from markets.models import JournalEntry, Operator, Product
from piclo_nged.preparation import prepare
from piclo_nged.schedules import JOBS, install_schedules
from sops import jobs
from sops.models import Article, Step
from sops.steps import STEPS


def test_preparing_brings_a_database_to_where_the_story_begins(db):
    nged = prepare()
    assert nged == Operator.objects.get(key="nged")
    assert Product.objects.get(name="Sustain").pays_sustain
    assert Product.objects.get(name="Dynamic").call == "triggered"
    assert Step.objects.count() == len(STEPS)
    assert Article.objects.filter(status="published").exists()
    assert Schedule.objects.count() == len(JOBS)


def test_a_deployment_of_parts_prepares_by_the_command_that_the_readme_names(db):
    call_command("prepare")
    assert Operator.objects.exists()
    assert Schedule.objects.count() == len(JOBS)


def test_preparing_again_changes_nothing_and_keeps_what_people_changed(db):
    prepare()
    Product.objects.filter(name="Dynamic").update(pays_availability=False)
    Operator.objects.filter(key="nged").update(short_name="National Grid ED")
    entries = JournalEntry.objects.count()
    prepare()
    assert not Product.objects.get(name="Dynamic").pays_availability
    assert Operator.objects.get(key="nged").short_name == "National Grid ED"
    assert JournalEntry.objects.count() == entries


def test_the_table_is_what_the_cluster_runs(db):
    assert install_schedules() == [job.name for job in JOBS]
    soon = timezone.now() + timedelta(seconds=40)
    Schedule.objects.filter(name="conduct").update(next_run=soon)
    assert install_schedules() == []
    assert Schedule.objects.get(name="conduct").next_run == soon, "what stands as declared keeps its next run"


def test_what_differs_from_the_table_is_put_right(db):
    install_schedules()
    Schedule.objects.filter(name="conduct").update(minutes=60)
    Schedule.objects.create(name="conduct", func="sops.jobs.conduct", schedule_type="I", minutes=1)
    Schedule.objects.create(name="an old job", func="gone.jobs.run")
    assert "an old job" in install_schedules()
    assert sorted(Schedule.objects.values_list("name", "minutes")) == sorted((job.name, job.minutes) for job in JOBS)


def test_names_are_unique_and_no_job_is_rarer_than_its_schedule_can_say():
    assert len({job.name for job in JOBS}) == len(JOBS)
    assert all(job.minutes >= 1 and job.reason for job in JOBS)


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_every_job_of_the_table_can_be_called_without_arguments_in_an_empty_world(db, job):
    import_string(job.function)()


@pytest.mark.django_db(transaction=True)
def test_the_cluster_enqueues_every_job_of_the_table():
    install_schedules()
    Schedule.objects.update(next_run=timezone.now() - timedelta(seconds=1))
    scheduler()
    assert sorted(task.func() for task in OrmQ.objects.all()) == sorted(job.function for job in JOBS)


def test_the_job_conducts_and_says_how_much(db, steps, signed):
    signed(2)
    assert jobs.conduct() == 2
    assert jobs.conduct() == 0
