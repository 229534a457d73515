CREATE OR REPLACE FUNCTION portal_count_missing_address(
    missing_path varchar, host varchar, today date,
    most_rows integer, per_minute integer, per_day integer, retention_days integer
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    -- No reader waits for the disk, or for a lock, because of a count.
    PERFORM set_config('synchronous_commit', 'off', true), set_config('lock_timeout', '200ms', true);
    UPDATE portal_missingaddress
    SET count = count + 1, last_seen_on = today,
        referrer_host = CASE WHEN host = '' THEN referrer_host ELSE host END
    WHERE path = missing_path;
    IF FOUND THEN
        RETURN true;
    END IF;
    -- One new address at a time; whoever comes meanwhile is not counted, and not kept waiting.
    IF NOT pg_try_advisory_xact_lock(hashtext('portal_missingaddress')) THEN
        RETURN false;
    END IF;
    IF missing_path <> '*' THEN
        IF per_minute <= (
                SELECT count(*) FROM portal_missingaddress
                WHERE first_seen_at > now() - interval '1 minute' AND path <> '*')
            OR per_day <= (
                SELECT count(*) FROM portal_missingaddress
                WHERE first_seen_at > now() - interval '1 day' AND path <> '*')
        THEN
            RETURN false;
        END IF;
        DELETE FROM portal_missingaddress WHERE last_seen_on < today - retention_days;
        IF most_rows <= (SELECT count(*) FROM portal_missingaddress WHERE path <> '*') THEN
            -- What was asked for longest ago makes room; each time it was, keeps it a day longer.
            DELETE FROM portal_missingaddress WHERE id = (
                SELECT id FROM portal_missingaddress WHERE path <> '*'
                ORDER BY last_seen_on + least(portal_missingaddress.count, retention_days)::integer,
                    first_seen_at
                LIMIT 1 FOR UPDATE SKIP LOCKED);
            IF NOT FOUND THEN
                RETURN false;
            END IF;
        END IF;
    END IF;
    INSERT INTO portal_missingaddress
        (path, count, first_seen_at, last_seen_on, referrer_host)
    VALUES (missing_path, 1, now(), today, host)
    ON CONFLICT (path) DO UPDATE SET count = portal_missingaddress.count + 1, last_seen_on = today;
    RETURN true;
END $$;
