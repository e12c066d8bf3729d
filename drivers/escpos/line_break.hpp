// Breaking a paragraph into lines by the Chinese rules: no line starts with ，。、；：！？”〉》】）
// and the like, none ends with “〈《【（, a number or a Latin word stays whole where it fits a
// line, and nothing is ever dropped but the spaces at a break. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace yijuan::escpos {

/// `text` as lines of at most `columns` (>= 4) columns; at least one line, perhaps empty.
std::vector<std::string> break_lines(std::string_view text, int columns);
/// The same number of lines, but of as equal a width as can be, so that no
/// paragraph ends in a line of one character.
std::vector<std::string> break_evenly(std::string_view text, int columns);
/// Width of the longest part that the rules do not allow to break.
int longest_part(std::string_view text);

}  // namespace yijuan::escpos
