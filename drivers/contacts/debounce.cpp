#include "drivers/contacts/debounce.hpp"

namespace yijuan::contacts {

std::optional<bool> Debounce::confirm(Instant until) {
  if (!level_ || told_ == level_->high || until - level_->since < hold_) return std::nullopt;
  told_ = level_->high;
  return told_;
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
  if (!level_ || told_ == level_->high) return std::nullopt;
  return level_->since + hold_;
}

}  // namespace yijuan::contacts
