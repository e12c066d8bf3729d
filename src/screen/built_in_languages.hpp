// The files of config/lang as text (built_in_languages.cpp.in): one program file, nothing that
// could be missing on a box.
#pragma once

#include <string_view>

namespace yijuan::screen {

extern const std::string_view kChineseWords;
extern const std::string_view kEnglishWords;

}  // namespace yijuan::screen
