// A stream that tells a StreamTap what passes over it: how a device's bytes get into a recording
// without its driver knowing.
#pragma once

#include <memory>

#include "ports/byte_stream.hpp"

namespace yijuan {

/// `source`, heard by `tap`, which outlives it and its streams.
std::unique_ptr<StreamSource> make_tapped_source(std::unique_ptr<StreamSource> source,
                                                 StreamTap& tap);

}  // namespace yijuan
