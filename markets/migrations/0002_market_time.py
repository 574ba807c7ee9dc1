"""Market time, read by one SQL function (see markets/models/clock.py)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("markets", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="""
                CREATE FUNCTION market_time(clock_offset interval) RETURNS timestamptz
                LANGUAGE sql VOLATILE PARALLEL SAFE AS 'SELECT clock_timestamp() + clock_offset';
            """,
            reverse_sql="DROP FUNCTION market_time(interval);",
        )
    ]
