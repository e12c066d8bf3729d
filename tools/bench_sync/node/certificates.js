// The certificates that bench_sync made for its references: an authority, a server, a box.
'use strict';

const fs = require('fs');
const path = require('path');

function read(folder, who) {
  const file = (name) => fs.readFileSync(path.join(folder, name));
  return { ca: file('authority.pem'), cert: file(`${who}.pem`), key: file(`${who}.key`) };
}

/** Demands a certificate of the same authority, as ledgerd does. */
exports.server = (folder) => ({
  ...read(folder, 'server'),
  minVersion: 'TLSv1.3',
  requestCert: true,
  rejectUnauthorized: true,
});

exports.client = (folder) => ({ ...read(folder, 'client'), minVersion: 'TLSv1.3' });
