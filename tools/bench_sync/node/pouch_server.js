// A CouchDB-style server, over mTLS, whose answers are durable.
//   node pouch_server.js CERTIFICATES FOLDER    prints its port once it listens
'use strict';

const https = require('https');
const express = require('express');
const PouchDB = require('pouchdb');
const expressPouchdb = require('express-pouchdb');
const certificates = require('./certificates');

const [folder, data] = process.argv.slice(2);
const app = express();
app.use('/', expressPouchdb(
  PouchDB.defaults({ prefix: `${data}/`, db: require('./durable_leveldown') }),
  { inMemoryConfig: true, mode: 'minimumForPouchDB', logPath: `${data}/log.txt` }));
const server = https.createServer(certificates.server(folder), app);
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
