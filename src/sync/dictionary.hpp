// Text that both ends know before a batch begins: typical entry lines, so that even one coin's
// entries pack to little more than their salts. Part of the protocol: a change of one byte is a
// new media type.
#pragma once

#include <string_view>

namespace yijuan::sync {

std::string_view batch_dictionary();

}  // namespace yijuan::sync
