// The stable words that entries, reports and tables use for the log's vocabulary.
#pragma once

#include <optional>
#include <string_view>

#include "tlog/entry.hpp"

namespace yijuan::tlog {

std::string_view to_text(Activity activity);
std::string_view to_text(Channel channel);
std::string_view to_text(Purpose purpose);
std::string_view to_text(SlipOutcome outcome);
std::optional<Activity> parse_activity(std::string_view text);
std::optional<Channel> parse_channel(std::string_view text);
std::optional<Purpose> parse_purpose(std::string_view text);
std::optional<SlipOutcome> parse_slip_outcome(std::string_view text);

/// "cash", "gift" …: the entry's `type`; of an Unknown, the type that it carries.
std::string_view type_of(const Body& body);

}  // namespace yijuan::tlog
