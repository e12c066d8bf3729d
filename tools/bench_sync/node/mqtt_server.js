// An MQTT broker, over mTLS, that puts every message into SQLite and acknowledges it when it is
// durable: messages that wait share a commit.
//   node mqtt_server.js CERTIFICATES DATABASE    prints its port once it listens
'use strict';

const tls = require('tls');
const Aedes = require('aedes');
const Database = require('better-sqlite3');
const certificates = require('./certificates');

const [folder, file] = process.argv.slice(2);
const database = new Database(file);
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
database.exec('CREATE TABLE gifts (id TEXT PRIMARY KEY, fen INTEGER NOT NULL, gift TEXT NOT NULL)');
const insert = database.prepare('INSERT OR IGNORE INTO gifts VALUES (?, ?, ?)');
const insertAll = database.transaction((messages) => {
  for (const { text } of messages) {
    const gift = JSON.parse(text);
    insert.run(gift._id, gift.fen, text);
  }
});

let waiting = [];
function commit() {
  const messages = waiting;
  waiting = [];
  insertAll(messages);
  for (const { acknowledge } of messages) acknowledge(null);
}

const broker = new Aedes();
broker.authorizePublish = (client, packet, acknowledge) => {
  if (waiting.length === 0) setImmediate(commit);
  waiting.push({ text: packet.payload.toString(), acknowledge });
};
const server = tls.createServer(certificates.server(folder), broker.handle);
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
