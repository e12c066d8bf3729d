"""Power cuts around the shipped daemons: a run on a disk that logs its blocks, then the images that
a cut may leave of it, each opened and held against what the world had been told. See
tools/power_cut.

  disk        an ext4 whose writes and flushes are logged
  images      what such a disk may hold after a cut
  recording   a run: the disk's log, and who was told what after which write
  witness     what the world was told: pictures, slips, the ledger's answers
  box_run     a box from its first start on, recorded;   box_check     an image of its disk
  ledger_run  a ledger and its boxes, recorded;          ledger_check  an image of its disk
  workers     processes that build images and check them
  bench       builds and checks many images, counts them, keeps those that are wrong"""
