/*
 * test/bench/peer.mjs - one peer of script/bench --peers, on one thread.
 *
 *     node peer.mjs duckdb|clickhouse FOLDER RUNS
 *
 * FOLDER holds node_modules, peers.list, and orders.csv and events.csv with a header. Prints
 * "version|V", "query|load|MS|ROWS" and, for every question, "query|NAME|MS|ANSWER"
 * with the median of the runs after one that is not counted; or "problem|WHY".
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [, , name, folder, runs] = process.argv;
const require = createRequire(join(folder, 'peer.mjs'));
const csv = join(folder, 'orders.csv');
const eventsCsv = join(folder, 'events.csv');

/* A peer: version, load for the orders, loadEvents, and ask, which returns the first value. */
const peers = {
  async duckdb() {
    const { DuckDBInstance } = require('@duckdb/node-api');
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    const ask = async (sql) => (await connection.runAndReadAll(sql)).getRows()[0]?.[0];
    return {
      column: 3,
      version: await ask('SELECT version()'),
      load: () => ask(`CREATE TABLE orders AS FROM read_csv('${csv}', header = true, columns = {
        order_id: 'BIGINT', customer_id: 'BIGINT', clicks: 'BIGINT', impressions: 'BIGINT',
        score: 'INTEGER', csat: 'INTEGER', ces: 'INTEGER', ordered_at: 'TIMESTAMP', ordered_month: 'DATE', is_guest: 'BOOLEAN', converted: 'BOOLEAN',
        customer_uuid: 'UUID', total: 'DECIMAL(12,2)', customer_email: 'VARCHAR'})`),
      loadEvents: () => ask(`CREATE TABLE events AS FROM read_csv('${eventsCsv}', header = true, columns = {
        visitor_id: 'BIGINT', occurred_at: 'TIMESTAMP', event: 'VARCHAR'})`),
      ask,
    };
  },

  async clickhouse() {
    const { Session } = require('chdb');
    const session = new Session(join(folder, 'clickhouse'));
    const ask = (sql) => session.query(sql, 'TSV').trim();
    const one = 'SETTINGS max_threads = 1';
    return {
      column: 4,
      version: ask('SELECT version()'),
      load: () => {
        ask(`CREATE TABLE orders (
          order_id Int64, customer_id Int64, clicks Int64, impressions Int64,
          score Int32, csat Int32, ces Int32, is_guest Bool, converted Bool,
          customer_uuid UUID, total Decimal(12, 2), customer_email String
          ) ENGINE = MergeTree ORDER BY order_id`);
        ask(`INSERT INTO orders SELECT * FROM file('${csv}', CSVWithNames)
          ${one}, max_insert_threads = 1, input_format_parallel_parsing = 0`);
      },
      loadEvents: () => {
        ask(`CREATE TABLE events (visitor_id Int64, occurred_at DateTime('UTC'), event String)
          ENGINE = MergeTree ORDER BY visitor_id`);
        ask(`INSERT INTO events SELECT * FROM file('${eventsCsv}', CSVWithNames)
          ${one}, date_time_input_format = 'best_effort'`);
      },
      ask: (sql) => ask(`${sql} ${one}`),
    };
  },
};

async function seconds(work) {
  const started = performance.now();
  const answer = await work();
  return [(performance.now() - started) / 1000, answer];
}

const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

function questions(column) {
  return readFileSync(join(folder, 'peers.list'), 'utf8').split('\n')
    .filter((line) => line && !line.startsWith('#'))
    .map((line) => line.split(' | ').map((field) => field.trim()))
    .map((fields) => [fields[0], fields[column]]);
}

try {
  const peer = await peers[name]();
  console.log(`version|${peer.version}`);
  const [loaded] = await seconds(peer.load);
  console.log(`query|load|${(1000 * loaded).toFixed(1)}|${await peer.ask('SELECT count(*) FROM orders')}`);
  await peer.loadEvents();
  for (const [question, sql] of questions(peer.column)) {
    const times = [];
    const [, answer] = await seconds(() => peer.ask(sql));
    for (let run = 0; run < runs; run++) times.push((await seconds(() => peer.ask(sql)))[0]);
    console.log(`query|${question}|${(1000 * median(times)).toFixed(1)}|${answer}`);
  }
} catch (error) {
  console.log(`problem|${String(error.message ?? error).split('\n')[0]}`);
}
process.exit(0);
