// The reference of bench_journal: a box's journal as one would write it with better-sqlite3. For
// each number on stdin it makes as many coins durable, one after the other with a pause between
// them, and answers with a line of their microseconds.
//   node coins.js JOURNAL
// A coin: its entry's line with a fresh salt, the line's hash in the Merkle tree, the acceptor's
// counter and the new head, all in one transaction of a WAL with synchronous=FULL.
'use strict';

const crypto = require('crypto');
const readline = require('readline');
const Database = require('better-sqlite3');

const database = new Database(process.argv[2]);
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
database.exec(`
  CREATE TABLE entry (seq INTEGER PRIMARY KEY, line TEXT NOT NULL, leaf BLOB NOT NULL) STRICT;
  CREATE TABLE mark (device TEXT, serial TEXT, counter INTEGER NOT NULL, size INTEGER NOT NULL,
                     PRIMARY KEY (device, serial)) STRICT, WITHOUT ROWID;
  CREATE TABLE head (id INTEGER PRIMARY KEY, size INTEGER NOT NULL, frontier BLOB NOT NULL) STRICT;
  INSERT INTO head VALUES (0, 0, x'');`);
const insert = database.prepare('INSERT INTO entry VALUES (?, ?, ?)');
const putMark = database.prepare('INSERT OR REPLACE INTO mark VALUES (?, ?, ?, ?)');
const putHead = database.prepare('UPDATE head SET size = ?, frontier = ? WHERE id = 0');

const hash = (...parts) => {
  const sum = crypto.createHash('sha256');
  for (const part of parts) sum.update(part);
  return sum.digest();
};
const leafByte = Buffer.from([0]);
const nodeByte = Buffer.from([1]);

let size = 0;
const frontier = [];  // the roots of the full subtrees, the largest first
const boot = '0123456789abcdef';

const commit = database.transaction((line, leaf, counter) => {
  insert.run(size, line, leaf);
  frontier.push(leaf);
  size += 1;
  for (let rest = size; rest % 2 === 0; rest /= 2) {
    const right = frontier.pop();
    frontier.push(hash(nodeByte, frontier.pop(), right));
  }
  putMark.run('coin', 'example', counter, size);
  putHead.run(size, Buffer.concat(frontier));
});

function drop() {
  const counter = size % 255 + 1;
  const line = JSON.stringify({
    seq: size, at: new Date().toISOString(), q: 'ntp', boot, up: Math.round(performance.now()),
    salt: crypto.randomBytes(16).toString('base64'), type: 'cash', device: 'coin',
    serial: 'example', counter, fen: 100, session: 17, activity: 'one_yuan',
    designation: 'general', unit: '', purpose: 'gift',
  });
  commit(line, hash(leafByte, line), counter);
}

const pause = () => new Promise((resume) => setTimeout(resume, 1));

async function main() {
  for await (const wanted of readline.createInterface({ input: process.stdin })) {
    const spent = [];
    for (let coin = 0; coin < Number(wanted); ++coin) {
      const begin = process.hrtime.bigint();
      drop();
      spent.push(Number(process.hrtime.bigint() - begin) / 1000);
      await pause();
    }
    console.log(spent.join(' '));
  }
  const { coins } = database.prepare('SELECT count(*) AS coins FROM entry').get();
  if (coins !== size) process.exit(1);
}

main();
