// Replicates documents from a local PouchDB to a CouchDB-style server.
//   node pouch_client.js CERTIFICATES URL FOLDER DOCUMENTS BATCH    prints the seconds
//   node pouch_client.js CERTIFICATES URL      counts what is there: "documents fen"
// FOLDER: for the local database. DOCUMENTS: a file with one JSON object a line.
'use strict';

const fs = require('fs');
const https = require('https');
const PouchDB = require('pouchdb');
const certificates = require('./certificates');

const [folder, url, data, documents, batch] = process.argv.slice(2);
const agent = new https.Agent({ ...certificates.client(folder), keepAlive: true });
const fetchOverTls = (where, options) => PouchDB.fetch(where, { ...options, agent });

async function replicate() {
  const box = new PouchDB(data);
  const lines = fs.readFileSync(documents, 'utf8').trim().split('\n');
  await box.bulkDocs(lines.map((line) => JSON.parse(line)));

  const begin = process.hrtime.bigint();
  const server = new PouchDB(url, { fetch: fetchOverTls });
  await box.replicate.to(server, { batch_size: Number(batch) });
  console.log(Number(process.hrtime.bigint() - begin) / 1e9);
}

async function count() {
  const server = new PouchDB(url, { fetch: fetchOverTls });
  const stored = await server.allDocs({ include_docs: true });
  console.log(stored.rows.length, stored.rows.reduce((sum, row) => sum + row.doc.fen, 0));
}

(data === undefined ? count() : replicate())
  .then(() => agent.destroy())
  .catch((error) => {
    console.error(error);
    process.exit(1);
  });
