// LevelDB as PouchDB opens it, but with every write synced: what is answered is on the disk.
'use strict';

const leveldown = require('leveldown');

class DurableLevelDown extends leveldown {
  _put(key, value, options, done) {
    super._put(key, value, { ...options, sync: true }, done);
  }
  _del(key, options, done) {
    super._del(key, { ...options, sync: true }, done);
  }
  _batch(operations, options, done) {
    super._batch(operations, { ...options, sync: true }, done);
  }
}

const open = (location) => new DurableLevelDown(location);
open.destroy = leveldown.destroy;
module.exports = open;
