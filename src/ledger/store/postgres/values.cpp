#include "ledger/store/postgres/values.hpp"

#include <charconv>

namespace yijuan::ledger::postgres {
namespace {

constexpr std::chrono::sys_days kServerEpoch{std::chrono::year(2000) / 1 / 1};
// "PGCOPY", the bytes that a broken transfer would change, no flags, no extension.
constexpr std::array<std::uint8_t, 19> kCopyHeader = {'P',  'G',  'C',  'O',  'P', 'Y',
                                                      '\n', 0xff, '\r', '\n', 0};

}  // namespace

Word to_word(std::int64_t value) {
  Word word;
  auto bits = static_cast<std::uint64_t>(value);
  for (auto byte = word.rbegin(); byte != word.rend(); ++byte, bits >>= 8U) {
    *byte = static_cast<std::uint8_t>(bits);
  }
  return word;
}

std::int64_t from_word(const std::uint8_t* bytes) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < sizeof bits; ++i) bits = bits << 8U | bytes[i];
  return static_cast<std::int64_t>(bits);
}

std::int64_t to_server_time(WallTime time) {
  return std::chrono::microseconds(time - kServerEpoch).count();
}

WallTime from_server_time(std::int64_t microseconds) {
  return std::chrono::floor<std::chrono::milliseconds>(kServerEpoch +
                                                       std::chrono::microseconds(microseconds));
}

void Parameters::put(std::int64_t value) {
  Word& word = words_[static_cast<std::size_t>(count_)];
  word = to_word(value);
  put(BytesView(word));
}

void Parameters::put(BytesView value) {
  const auto at = static_cast<std::size_t>(count_++);
  // No bytes are not the same as no value.
  values_[at] = value.empty() ? "" : reinterpret_cast<const char*>(value.data());
  lengths_[at] = static_cast<int>(value.size());
}

void Parameters::put(std::nullopt_t /*nothing*/) {
  values_[static_cast<std::size_t>(count_++)] = nullptr;
}

CopyRows::CopyRows() : data_(kCopyHeader.begin(), kCopyHeader.end()) {}

BytesView CopyRows::finish() {
  put_short(-1);
  return data_;
}

void CopyRows::put_short(std::int16_t value) {
  data_.push_back(static_cast<std::uint8_t>(static_cast<std::uint16_t>(value) >> 8U));
  data_.push_back(static_cast<std::uint8_t>(value));
}

void CopyRows::put_length(std::size_t value) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    data_.push_back(static_cast<std::uint8_t>(value >> shift));
  }
}

void CopyRows::put(std::int64_t value) {
  const Word word = to_word(value);
  put(BytesView(word));
}

void CopyRows::put(BytesView value) {
  put_length(value.size());
  data_.insert(data_.end(), value.begin(), value.end());
}

std::int64_t Row::number() {
  const BytesView value = bytes();
  if (value.size() != sizeof(Word)) {
    good_ = false;
    return 0;
  }
  return from_word(value.data());
}

bool Row::flag() {
  const BytesView value = bytes();
  if (value.size() != 1) good_ = false;
  return value.size() == 1 && value[0] != 0;
}

BytesView Row::bytes() {
  ++column_;
  if (column_ >= PQnfields(result_)) {
    good_ = false;
    return {};
  }
  const auto* data = reinterpret_cast<const std::uint8_t*>(PQgetvalue(result_, row_, column_));
  return {data, static_cast<std::size_t>(PQgetlength(result_, row_, column_))};
}

std::uint64_t Rows::changed() const {
  const std::string_view text = PQcmdTuples(result_.get());
  std::uint64_t rows = 0;
  std::from_chars(text.data(), text.data() + text.size(), rows);
  return rows;
}

}  // namespace yijuan::ledger::postgres
