// What was recorded of devices, replayed: see tests/support/golden_recordings.hpp.
#include <gtest/gtest.h>

#include "tests/support/golden_recordings.hpp"

namespace yijuan::drivers {
extern const Driver ict;
}

namespace yijuan::ict {
namespace {

TEST(IctRecordings, EveryOneGivesTheFactsBesideIt) {
  test::expect_golden_recordings(YIJUAN_SOURCE_DIR "/drivers/ict/recordings", drivers::ict, 1);
}

}  // namespace
}  // namespace yijuan::ict
