#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>

// umockdev works by being loaded first: a run without it starts itself again with it.
int main(int argc, char** argv) {
  if (getenv("LD_PRELOAD") == nullptr) {
    setenv("LD_PRELOAD", "libumockdev-preload.so.0", 1);
    // TSan cannot see into GLib's and libusb's own locks; what is ours is watched all the same.
    setenv("TSAN_OPTIONS", "ignore_noninstrumented_modules=1", 0);
    execv("/proc/self/exe", argv);
    return 1;
  }
  testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
