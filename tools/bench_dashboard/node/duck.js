// The reference of bench_dashboard: the same gifts, one row each, in DuckDB on two threads.
//   node duck.js DATABASE
// Each line of stdin is a wish, answered with a line of numbers:
//   load CSV         makes the table (day, kind, town, people, fen): its rows
//   sum FROM TO      sums by day, kind and town of these days: microseconds, rows, gifts, fen
'use strict';

const readline = require('readline');
const { DuckDBInstance } = require('@duckdb/node-api');

async function load(connection, file) {
  await connection.run(`CREATE OR REPLACE TABLE gifts AS SELECT * FROM read_csv('${file}',
    header = false, columns = {'day': 'DATE', 'kind': 'VARCHAR', 'town': 'VARCHAR',
                               'people': 'INTEGER', 'fen': 'BIGINT'})`);
  const counted = await connection.runAndReadAll('SELECT count(*) FROM gifts');
  return [counted.getRows()[0][0]];
}

async function sum(statement, from, to) {
  const begin = process.hrtime.bigint();
  statement.bindVarchar(1, from);
  statement.bindVarchar(2, to);
  const result = await statement.run();
  const chunks = await result.fetchAllChunks();
  const spent = Number(process.hrtime.bigint() - begin) / 1000;
  let rows = 0;
  let gifts = 0n;
  let fen = 0n;
  for (const chunk of chunks) {
    rows += chunk.rowCount;
    for (const count of chunk.getColumnValues(3)) gifts += BigInt(count);
    for (const amount of chunk.getColumnValues(5)) fen += BigInt(amount);
  }
  return [spent, rows, gifts, fen];
}

async function main() {
  const instance = await DuckDBInstance.create(process.argv[2], { threads: '2' });
  const connection = await instance.connect();
  let sums = null;
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [wish, ...words] = line.split(' ');
    if (wish === 'sum' && sums === null) {
      sums = await connection.prepare(`SELECT day, kind, town, count(*), sum(people), sum(fen)
        FROM gifts WHERE day BETWEEN CAST($1 AS DATE) AND CAST($2 AS DATE) GROUP BY ALL`);
    }
    const numbers = wish === 'load' ? await load(connection, words[0]) : await sum(sums, ...words);
    console.log(numbers.join(' '));
  }
  connection.closeSync();
  instance.closeSync();
}

main();
