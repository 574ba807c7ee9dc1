-- A run's lines, computed a second time, in plain SQL: from the tables and the words of settlement/README.md, not from our rules.
-- Parameters: run, holidays (dates of England and Wales). The table `opinion` holds a row per line.
-- Not covered: an asset's own week in place of its history.

-- What a London clock shows, as an instant: of a time that occurs twice the first, for one left out the change of the clocks.
CREATE FUNCTION pg_temp.london(wall timestamp) RETURNS timestamptz LANGUAGE sql AS $$
    SELECT CASE
        WHEN (wall AT TIME ZONE 'UTC' - interval '1 hour') AT TIME ZONE 'Europe/London' = wall
            THEN wall AT TIME ZONE 'UTC' - interval '1 hour'
        WHEN (wall AT TIME ZONE 'UTC') AT TIME ZONE 'Europe/London' = wall THEN wall AT TIME ZONE 'UTC'
        ELSE (wall::date + time '01:00') AT TIME ZONE 'UTC' END $$;
CREATE FUNCTION pg_temp.day_of(at timestamptz) RETURNS date LANGUAGE sql AS $$ SELECT (at AT TIME ZONE 'Europe/London')::date $$;
CREATE FUNCTION pg_temp.minutes(span interval) RETURNS bigint LANGUAGE sql AS $$ SELECT (extract(epoch FROM span) / 60)::bigint $$;
-- Nearest whole number, half up.
CREATE FUNCTION pg_temp.nearest(amount numeric, parts numeric) RETURNS bigint LANGUAGE sql AS $$
    SELECT floor((2 * amount + parts) / (2 * parts))::bigint $$;

CREATE TEMP TABLE settled AS
    SELECT run.id AS run, run.market_id, run.month, run.last_reading_id, terms.*,
        pg_temp.london(run.month::timestamp) AS month_from, pg_temp.london(run.month + interval '1 month') AS month_until
    FROM settlement_settlementrun run
    JOIN (SELECT id AS terms_id, interval_minutes, grace, slope, floor, like_days, lowest_dropped, highest_dropped,
              fewest_like_days, same_day_adjustment, sustain_is_scaled FROM settlement_terms) terms USING (terms_id)
    WHERE run.id = %(run)s;

CREATE TEMP TABLE contract AS
    SELECT c.id, c.market_id, c.seller_id, c.accepted_kw, c.availability_gbp_per_mw_h, c.utilisation_gbp_per_mwh,
        c.sustain_gbp_per_kw, c.bid_id, product.call = 'triggered' AS triggered, product.direction = 'turn_up' AS turn_up
    FROM markets_contract c JOIN markets_bid bid ON bid.id = c.bid_id
    JOIN markets_competition competition ON competition.id = bid.competition_id
    JOIN markets_product product ON product.id = competition.product_id;

CREATE TEMP TABLE service_day AS
    SELECT *, pg_temp.minutes(ends_at - starts_at) AS minutes,
        coalesce(sum(pg_temp.minutes(ends_at - starts_at)) OVER (PARTITION BY contract_id
            ORDER BY starts_at, ends_at, window_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS minutes_before,
        sum(pg_temp.minutes(ends_at - starts_at)) OVER (PARTITION BY contract_id) AS season_minutes
    FROM (
        SELECT contract.id AS contract_id, w.id AS window_id, pg_temp.london(day + w.local_start) AS starts_at,
            pg_temp.london(day + (w.local_end <= w.local_start)::int * interval '1 day' + w.local_end) AS ends_at
        FROM contract JOIN markets_bidline line ON line.bid_id = contract.bid_id
        JOIN markets_servicewindow w ON w.id = line.window_id, generate_series(w.first_day::timestamp, w.last_day, interval '1 day') day
        WHERE extract(isodow FROM day) = ANY(w.weekdays)
    ) spans WHERE starts_at < ends_at;

CREATE TEMP TABLE told AS
    SELECT match.contract_id, match.window_id, told.id, told.kind, trigger.reference, trigger.revision, told.ends_at,
        told.capacity_kw, told.kind IN ('start', 'change') AS asks, told.kind IN ('stop', 'emergency_stop') AS ends,
        coalesce(CASE WHEN told.kind IN ('stop', 'emergency_stop') THEN told.ends_at END, told.starts_at,
            (trigger.content ->> 'issued_at')::timestamptz) AS at
    FROM dispatch_match match JOIN dispatch_instruction told ON told.id = match.instruction_id
    JOIN dispatch_trigger trigger ON trigger.id = told.trigger_id
    WHERE match.status = 'matched' AND told.kind <> 'test';

-- Of one trigger the latest revision that starts, changes or cancels; a stop adds to it.
DELETE FROM told WHERE NOT ends AND EXISTS (SELECT FROM told later WHERE NOT later.ends AND later.contract_id = told.contract_id
    AND later.reference = told.reference AND later.revision > told.revision);

CREATE TEMP TABLE called AS
    SELECT * FROM (
        SELECT told.id, told.contract_id, told.window_id, told.at, told.capacity_kw, least(told.ends_at, (
            SELECT min(other.at) FROM told other WHERE other.contract_id = told.contract_id AND CASE
                WHEN other.asks THEN (other.at, other.id) > (told.at, told.id)
                WHEN other.at >= told.at THEN true
                ELSE told.id < other.id AND (other.kind <> 'stop' OR pg_temp.day_of(told.at) = pg_temp.day_of(other.at)) END
        )) AS ends_at FROM told WHERE told.asks
    ) standing WHERE ends_at IS NULL OR ends_at > at;

CREATE TEMP TABLE event AS
    SELECT row_number() OVER () AS id, * FROM (
        SELECT day.contract_id, day.window_id, NULL::bigint AS instruction_id, day.starts_at, day.ends_at,
            CASE WHEN contract.triggered THEN 0 ELSE contract.accepted_kw END AS kw, day.minutes, day.minutes_before, day.season_minutes
        FROM service_day day JOIN contract ON contract.id = day.contract_id
        WHERE NOT contract.triggered OR contract.availability_gbp_per_mw_h <> 0 OR contract.sustain_gbp_per_kw <> 0
        UNION ALL
        SELECT called.contract_id, called.window_id, called.id, called.at, coalesce(called.ends_at, (
            SELECT min(day.ends_at) FROM service_day day WHERE day.contract_id = called.contract_id
                AND day.starts_at <= called.at AND called.at < day.ends_at)),
            coalesce(called.capacity_kw, contract.accepted_kw), NULL, NULL, NULL
        FROM called JOIN contract ON contract.id = called.contract_id WHERE contract.triggered
    ) events WHERE ends_at IS NOT NULL AND EXISTS (SELECT FROM settled JOIN contract ON contract.id = contract_id
        WHERE contract.market_id = settled.market_id AND starts_at >= month_from AND starts_at < month_until);

CREATE TEMP TABLE event_day AS
    SELECT DISTINCT link.asset_id, day FROM markets_bid_assets link JOIN contract ON contract.bid_id = link.bid_id, LATERAL (
        SELECT pg_temp.day_of(day.starts_at) FROM service_day day WHERE day.contract_id = contract.id AND NOT contract.triggered
        UNION SELECT unnest(ARRAY[pg_temp.day_of(called.at), pg_temp.day_of(coalesce(called.ends_at, called.at))])
        FROM called WHERE called.contract_id = contract.id AND contract.triggered
    ) days (day);

-- Every interval that was read, as a span.
CREATE TEMP TABLE reading AS
    SELECT asset_id, starts_at, starts_at + width AS ends_at, watts FROM (
        SELECT asset_id, interval '1 day' / cardinality(standing.watts) AS width, w.watts,
            (day AT TIME ZONE 'UTC') + (place - 1) * interval '1 day' / cardinality(standing.watts) AS starts_at
        FROM (
            SELECT DISTINCT ON (asset_id, day) asset_id, day::timestamp AS day, watts FROM settlement_readingday, settled
            WHERE settlement_readingday.id <= last_reading_id ORDER BY asset_id, day, revision DESC
        ) standing, unnest(standing.watts) WITH ORDINALITY w (watts, place)
    ) intervals WHERE watts IS NOT NULL;
CREATE INDEX ON reading (asset_id, ends_at);
ANALYZE reading;

-- An event's hours, or the same hours of another day, cut at the multiples of the settlement interval.
CREATE FUNCTION pg_temp.pieces(first timestamptz, until timestamptz, width int)
RETURNS TABLE (place bigint, piece_from timestamptz, piece_until timestamptz) LANGUAGE sql AS $$
    SELECT row_number() OVER (ORDER BY at), greatest(at, first), least(at + width * interval '1 minute', until)
    FROM generate_series(date_bin(width * interval '1 minute', first, 'epoch'), until, width * interval '1 minute') at WHERE at < until $$;

CREATE TEMP TABLE asked AS
    SELECT event.*, link.asset_id, contract.turn_up, interval_minutes,
        same_day_adjustment AND asset.technology !~* 'battery' AS is_adjusted
    FROM event JOIN contract ON contract.id = event.contract_id CROSS JOIN settled
    LEFT JOIN markets_bid_assets link ON link.bid_id = contract.bid_id LEFT JOIN markets_asset asset ON asset.id = link.asset_id
    WHERE event.instruction_id IS NOT NULL OR event.kw > 0;

CREATE TEMP TABLE metered_piece AS
    SELECT asked.id, asset_id, place, piece_from, piece_until, pg_temp.minutes(piece_until - piece_from) AS width
    FROM asked, pg_temp.pieces(starts_at, ends_at, interval_minutes);

-- Like days: the latest of the same sort without an event, twice as many as are wanted; of these the first that were read.
CREATE TEMP TABLE like_day AS
    SELECT * FROM (
        SELECT asked.id, asked.asset_id, asked.starts_at, asked.ends_at, is_adjusted, day, row_number() OVER latest AS nearness,
            pg_temp.london(day + (asked.starts_at AT TIME ZONE 'Europe/London')::time) AS same_time
        FROM asked, LATERAL (
            SELECT (pg_temp.day_of(asked.starts_at) - back) AS day FROM generate_series(1, 200) back
        ) days
        WHERE asset_id IS NOT NULL AND NOT EXISTS (SELECT FROM event_day e WHERE e.asset_id = asked.asset_id AND e.day = days.day)
            AND (extract(isodow FROM day) < 6 AND day <> ALL(%(holidays)s::date[]))
              = (extract(isodow FROM asked.starts_at AT TIME ZONE 'Europe/London') < 6
                 AND pg_temp.day_of(asked.starts_at) <> ALL(%(holidays)s::date[]))
        WINDOW latest AS (PARTITION BY asked.id, asked.asset_id ORDER BY day DESC)
    ) days, settled WHERE nearness <= 2 * settled.like_days;

CREATE TEMP TABLE like_piece AS
    SELECT like_day.id, asset_id, day, place, piece_from, piece_until, pg_temp.minutes(piece_until - piece_from) AS width
    FROM like_day, pg_temp.pieces(same_time, same_time + (ends_at - starts_at), interval_minutes);

-- Watt-minutes of every span that is asked for; NULL where any minute of it was not read.
CREATE TEMP TABLE wanted AS
    SELECT asset_id, piece_from, piece_until FROM metered_piece UNION SELECT asset_id, piece_from, piece_until FROM like_piece
    UNION SELECT asset_id, starts_at - interval '2 hours', starts_at - interval '1 hour' FROM asked
    UNION SELECT asset_id, same_time - interval '2 hours', same_time - interval '1 hour' FROM like_day;
ANALYZE wanted;
CREATE TEMP TABLE energy AS
    SELECT asset_id, piece_from, piece_until,
        CASE WHEN sum(part) = pg_temp.minutes(piece_until - piece_from) THEN sum(part * watts) END AS wmin
    FROM (
        SELECT wanted.*, watts, pg_temp.minutes(least(ends_at, piece_until) - greatest(starts_at, piece_from)) AS part
        FROM wanted JOIN reading USING (asset_id)
        WHERE ends_at > piece_from AND ends_at < piece_until + interval '30 minutes' AND starts_at < piece_until
    ) parts GROUP BY 1, 2, 3;
CREATE INDEX ON energy (asset_id, piece_from, piece_until);
ANALYZE energy;
CREATE TEMP TABLE metered AS SELECT metered_piece.*, wmin FROM metered_piece LEFT JOIN energy USING (asset_id, piece_from, piece_until);
CREATE TEMP TABLE like_metered AS SELECT like_piece.*, wmin FROM like_piece LEFT JOIN energy USING (asset_id, piece_from, piece_until);
CREATE INDEX ON like_metered (id, asset_id, day);
CREATE INDEX ON metered (id, asset_id);
ANALYZE like_metered;
ANALYZE metered;
-- The hour that starts two hours before.
CREATE FUNCTION pg_temp.hour_before(asset bigint, at timestamptz) RETURNS numeric LANGUAGE sql AS $$
    SELECT wmin FROM energy WHERE asset_id = asset AND piece_from = at - interval '2 hours' AND piece_until = at - interval '1 hour' $$;

CREATE TEMP TABLE taken AS
    SELECT *, row_number() OVER (PARTITION BY id, asset_id ORDER BY wmin, day) AS from_lowest,
        row_number() OVER (PARTITION BY id, asset_id ORDER BY wmin DESC, day DESC) AS from_highest,
        count(*) OVER (PARTITION BY id, asset_id) AS days
    FROM (
        SELECT like_day.id, like_day.asset_id, like_day.day, read.wmin, hour_wmin,
            row_number() OVER (PARTITION BY like_day.id, like_day.asset_id ORDER BY like_day.day DESC) AS nearness
        FROM like_day
        CROSS JOIN LATERAL (
            SELECT sum(wmin) AS wmin, count(*) FILTER (WHERE wmin IS NULL) AS gaps
            FROM like_metered piece WHERE (piece.id, piece.asset_id, piece.day) = (like_day.id, like_day.asset_id, like_day.day)
        ) read
        CROSS JOIN LATERAL (SELECT pg_temp.hour_before(asset_id, same_time) AS hour_wmin) hour
        WHERE gaps = 0 AND (NOT is_adjusted OR hour_wmin IS NOT NULL)
            AND (same_time AT TIME ZONE 'Europe/London')::time = (starts_at AT TIME ZONE 'Europe/London')::time
    ) whole WHERE nearness <= (SELECT like_days FROM settled);
DELETE FROM taken USING settled WHERE days < fewest_like_days OR from_lowest <= lowest_dropped OR from_highest <= highest_dropped;

-- Of each asset that was read and has a baseline: watts of baseline per piece, adjusted by the hour before.
CREATE TEMP TABLE counted AS
    SELECT asked.id, asked.asset_id, metered.place, metered.width, metered.wmin, base.w + coalesce(change.w, 0) AS baseline_w
    FROM asked JOIN metered USING (id, asset_id)
    JOIN LATERAL (
        SELECT pg_temp.nearest(sum(piece.wmin), count(*) * metered.width) AS w FROM taken
        JOIN like_metered piece USING (id, asset_id, day)
        WHERE taken.id = asked.id AND taken.asset_id = asked.asset_id AND piece.place = metered.place HAVING count(*) > 0
    ) base ON true
    LEFT JOIN LATERAL (
        SELECT least(0, pg_temp.nearest(pg_temp.hour_before(asked.asset_id, asked.starts_at), 60) - pg_temp.nearest(sum(hour_wmin), 60 * count(*))) AS w
        FROM taken WHERE taken.id = asked.id AND taken.asset_id = asked.asset_id
    ) change ON is_adjusted AND pg_temp.hour_before(asked.asset_id, asked.starts_at) IS NOT NULL
    WHERE NOT EXISTS (SELECT FROM metered gap WHERE gap.id = asked.id AND gap.asset_id = asked.asset_id AND gap.wmin IS NULL);

-- Per event, in tenths of a watt-minute: each piece delivers at least nothing, at most what was asked.
CREATE TEMP TABLE delivered AS
    SELECT id, sum(asked_dwmin) AS asked_dwmin, sum(metered_dwmin) AS metered_dwmin, sum(baseline_dwmin) AS baseline_dwmin,
        sum(greatest(0, least(asked_dwmin, (CASE WHEN turn_up THEN -1 ELSE 1 END) * (metered_dwmin - baseline_dwmin)))) AS delivered_dwmin
    FROM (
        SELECT piece.id, piece.place, piece.turn_up, max(piece.asked_dwmin) AS asked_dwmin,
            coalesce(sum(10 * counted.wmin), 0) AS metered_dwmin, coalesce(sum(10 * counted.baseline_w * counted.width), 0) AS baseline_dwmin
        FROM (
            SELECT DISTINCT asked.id, place, turn_up, trunc(kw * 10000) * pg_temp.minutes(piece_until - piece_from) AS asked_dwmin
            FROM asked, pg_temp.pieces(starts_at, ends_at, interval_minutes)
        ) piece LEFT JOIN counted ON counted.id = piece.id AND counted.place = piece.place GROUP BY 1, 2, 3
    ) pieces GROUP BY id;

CREATE TEMP TABLE opinion AS
    WITH performed AS (
        SELECT event.id, CASE WHEN sum(done.asked_dwmin) > 0 THEN round(sum(done.delivered_dwmin) / sum(done.asked_dwmin), 4) ELSE 1 END AS share
        FROM event LEFT JOIN event within ON within.contract_id = event.contract_id AND CASE
            WHEN event.instruction_id IS NULL AND event.kw = 0
                THEN within.starts_at >= event.starts_at AND within.starts_at < event.ends_at
            ELSE within.id = event.id END
        LEFT JOIN delivered done ON done.id = within.id GROUP BY event.id
    ), paid AS (
        SELECT id, share, CASE WHEN share <= 0 THEN floor
            ELSE greatest(floor, least(1, 1 - slope * greatest(0, 1 - grace - share))) END AS part
        FROM performed, settled
    )
    SELECT event.contract_id, event.window_id, event.instruction_id, event.starts_at, event.ends_at, event.kw AS instructed_kw,
        paid.share AS delivered_share, round(coalesce(done.delivered_dwmin, 0) / 600000, 4) AS delivered_kwh,
        CASE WHEN counts > 0 THEN round(done.baseline_dwmin / 600000, 4) END AS baseline_kwh,
        CASE WHEN counts > 0 THEN round(done.metered_dwmin / 600000, 4) END AS metered_kwh,
        CASE WHEN event.minutes IS NULL THEN 0
            ELSE round(contract.availability_gbp_per_mw_h * contract.accepted_kw * event.minutes * paid.part / 60000, 2) END AS availability_gbp,
        CASE WHEN done.id IS NULL THEN 0 ELSE
            round(contract.utilisation_gbp_per_mwh * round(done.delivered_dwmin / 600000, 4) / 1000, 2) END AS utilisation_gbp,
        CASE WHEN event.minutes IS NULL THEN 0 ELSE round((
            round(contract.sustain_gbp_per_kw * contract.accepted_kw * (event.minutes_before + event.minutes) / event.season_minutes, 2)
            - round(contract.sustain_gbp_per_kw * contract.accepted_kw * event.minutes_before / event.season_minutes, 2)
        ) * CASE WHEN settled.sustain_is_scaled THEN paid.part ELSE 1 END, 2) END AS sustain_gbp,
        CASE WHEN done.id IS NULL THEN 0 ELSE greatest(assets, 1) - counts END AS assets_without_readings
    FROM event JOIN contract ON contract.id = event.contract_id JOIN paid ON paid.id = event.id CROSS JOIN settled
    LEFT JOIN delivered done ON done.id = event.id
    CROSS JOIN LATERAL (SELECT count(DISTINCT asset_id) AS counts FROM counted WHERE counted.id = event.id) c
    CROSS JOIN LATERAL (SELECT count(*) AS assets FROM markets_bid_assets link WHERE link.bid_id = contract.bid_id) a;
