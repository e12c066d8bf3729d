#include "drivers/contacts/debounce.hpp"

namespace yijuan::contacts {

std::optional<bool> Debounce::confirm(Instant until) {
  if (!level_ || until - level_->since < hold()) return std::nullopt;
  restless_ = false;
  if (told_ == level_->high) return std::nullopt;
  told_ = level_->high;
  count_change(level_->since);
  return told_;
}

void Debounce::count_change(Instant at) {
  changes_.push_back(at);
  while (at - changes_.front() > kWindow) changes_.pop_front();
  if (changes_.size() <= kMostChanges) return;
  restless_ = true;
  changes_.clear();
}

std::optional<bool> Debounce::edge(const LineEdge& edge) {
  const auto news = confirm(edge.at);
  // To the level that it had: a bounce too short to be seen, so the level holds from here.
  level_ = Level{edge.high, edge.at};
  return news;
}

std::optional<bool> Debounce::look(bool high, Instant now) {
  if (level_ && level_->high == high) return confirm(now);
  level_ = Level{high, now};  // an edge that nobody told of
  return std::nullopt;
}

std::optional<Instant> Debounce::due() const {
  if (!level_ || (told_ == level_->high && !restless_)) return std::nullopt;
  return level_->since + hold();
}

}  // namespace yijuan::contacts
