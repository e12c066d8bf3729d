// A recording as a device's driver reads it out: a line for each thing that was said, with its
// time.
#pragma once

#include <string>

#include "io/recording.hpp"
#include "ports/transcript.hpp"

namespace yijuan {

/// "SECONDS  line" for every line of `transcript`, which must be new.
std::string tell_recording(const Recording& recording, Transcript& transcript);

}  // namespace yijuan
