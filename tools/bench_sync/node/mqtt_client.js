// Publishes messages with QoS 1 until all of them are acknowledged.
//   node mqtt_client.js CERTIFICATES PORT MESSAGES
// MESSAGES: a file with one a line. Prints the seconds.
'use strict';

const fs = require('fs');
const mqtt = require('mqtt');
const certificates = require('./certificates');

const [folder, port, file] = process.argv.slice(2);
const messages = fs.readFileSync(file, 'utf8').trim().split('\n');

const begin = process.hrtime.bigint();
const client = mqtt.connect({
  ...certificates.client(folder),
  protocol: 'mqtts',
  host: 'localhost',
  port: Number(port),
});
let acknowledged = 0;
function onAcknowledged(error) {
  if (error) throw error;
  if (++acknowledged < messages.length) return;
  console.log(Number(process.hrtime.bigint() - begin) / 1e9);
  client.end();
}
client.once('connect', () => {
  for (const message of messages) client.publish('gifts', message, { qos: 1 }, onAcknowledged);
});
client.once('error', (error) => {
  throw error;
});
