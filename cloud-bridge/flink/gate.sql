-- The gate: raw topics in, each record of a lane once and in order out. State per lane is constant, no time window.
-- Names in braces after a dollar sign (brokers, topics, delivery) are filled in by the starter; all else runs as it stands.
-- A lane is (store, class). ord = epoch * 2^40 + sequence, so it grows over epochs too.

CREATE TABLE raw_record (
  `key` STRING,
  `value` BYTES,
  `headers` MAP<STRING NOT NULL, BYTES NOT NULL> METADATA,
  `store` AS CAST(`headers`['ec-store'] AS STRING),
  `class` AS CAST(`headers`['ec-class'] AS STRING),
  `jid` AS CAST(`headers`['ec-jid'] AS STRING),
  `kind` AS CAST(`headers`['ec-kind'] AS STRING),
  `type` AS CAST(`headers`['ce_type'] AS STRING),
  `epoch` AS CAST(CAST(`headers`['ec-epoch'] AS STRING) AS BIGINT),
  `seq` AS CAST(CAST(`headers`['ec-seq'] AS STRING) AS BIGINT),
  `ord` AS CAST(CAST(`headers`['ec-ord'] AS STRING) AS BIGINT),
  `gap_to` AS CAST(CAST(`headers`['ec-gap-to'] AS STRING) AS BIGINT),
  `pt` AS PROCTIME()
) WITH (
  'connector' = 'kafka',
  'topic' = '${RAW_TOPICS}',
  'properties.bootstrap.servers' = '${BROKERS}',
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'earliest-offset',
  'key.format' = 'raw',
  'key.fields' = 'key',
  'value.format' = 'raw',
  'value.fields-include' = 'EXCEPT_KEY'
);

-- Only one journal may speak in an epoch: the first that did. Another one is a copy or was restored without a new epoch.
CREATE TEMPORARY VIEW owned AS
SELECT *, FIRST_VALUE(`jid`) OVER (PARTITION BY `store`, `class`, `epoch` ORDER BY `pt` ROWS UNBOUNDED PRECEDING) AS `owner`
FROM raw_record;

-- m: how far the lane is with this row; pm: how far it was before it.
CREATE TEMPORARY VIEW highest AS
SELECT *, MAX(COALESCE(`gap_to`, `ord`)) OVER (PARTITION BY `store`, `class` ORDER BY `pt` ROWS UNBOUNDED PRECEDING) AS `m`
FROM owned
WHERE `jid` = `owner`;

CREATE TEMPORARY VIEW judged AS
SELECT *, LAG(`m`) OVER (PARTITION BY `store`, `class` ORDER BY `pt`) AS `pm`
FROM highest;

CREATE TEMPORARY VIEW passed AS
SELECT *
FROM judged
WHERE `pm` IS NULL OR `ord` > `pm`;

-- One sink, hence one transaction a checkpoint, for everything that the gate says; `topic` tells where it goes.
-- `fixed`: a lane lives in one subtask, a subtask writes to one partition, so the order of a lane is kept.
CREATE TABLE gate_output (
  `key` STRING,
  `value` BYTES,
  `headers` MAP<STRING NOT NULL, BYTES NOT NULL> METADATA,
  `topic` STRING METADATA
) WITH (
  'connector' = 'kafka',
  'topic' = '${CLEAN_TOPICS};${QUARANTINE_TOPIC};${HOLE_TOPIC}',
  'properties.bootstrap.servers' = '${BROKERS}',
  'key.format' = 'raw',
  'key.fields' = 'key',
  'value.format' = 'raw',
  'value.fields-include' = 'EXCEPT_KEY',
  'sink.partitioner' = 'fixed',
  'sink.delivery-guarantee' = '${DELIVERY}',
  'sink.transactional-id-prefix' = '${PREFIX}',
  'properties.transaction.timeout.ms' = '600000'
);

-- 1: fan out by type. 2 and 3, never to the bin: a record of an older epoch, and whatever a second journal said.
-- 4: a hole that nobody declared, named once.
INSERT INTO gate_output
SELECT `key`, `value`, `headers`, CONCAT('clean.', `type`)
FROM passed
WHERE `kind` = 'event' AND `type` IN (${CLEAN_TYPES})
UNION ALL
SELECT `key`, `value`, MAP_UNION(`headers`, MAP['ec-refused', CAST('StaleEpoch' AS BYTES)]), '${QUARANTINE_TOPIC}'
FROM judged
WHERE `ord` <= `pm` AND `epoch` < `pm` / ${EPOCH_SPAN}
UNION ALL
SELECT `key`, `value`, MAP_UNION(`headers`, MAP['ec-refused', CAST('ForeignJournal' AS BYTES)]), '${QUARANTINE_TOPIC}'
FROM owned
WHERE `jid` <> `owner`
UNION ALL
SELECT
  CONCAT(`store`, '/', `class`),
  CAST(JSON_OBJECT('store' VALUE `store`, 'class' VALUE `class`, 'epoch' VALUE `epoch`,
    'from' VALUE COALESCE(MOD(`pm`, ${EPOCH_SPAN}), 0) + 1, 'to' VALUE `seq` - 1) AS BYTES),
  `headers`,
  '${HOLE_TOPIC}'
FROM passed
WHERE `seq` > COALESCE(MOD(`pm`, ${EPOCH_SPAN}), 0) + 1;
