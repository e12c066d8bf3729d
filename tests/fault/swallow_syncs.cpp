// Preloaded into a daemon, swallows what it asks of the disk: each sync answers success and does
// nothing. The negative control of the power cuts (tools/power_cuts): with it they must lose what
// was promised.
extern "C" {

int fsync(int /*file*/) {
  return 0;
}

int fdatasync(int /*file*/) {
  return 0;
}
}
