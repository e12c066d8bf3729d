// The reading half of entry_line.hpp: one pass over the canonical form, nothing allocated but the
// entry's own texts.
#include <algorithm>
#include <concepts>

#include "tlog/compact_json.hpp"
#include "tlog/entry_line.hpp"
#include "tlog/entry_schema.hpp"
#include "tlog/plain_text.hpp"
#include "tlog/words.hpp"

namespace yijuan::tlog {
namespace {

std::optional<Activity> parse_word(std::string_view text, Activity /*kind*/) {
  return parse_activity(text);
}
std::optional<Channel> parse_word(std::string_view text, Channel /*kind*/) {
  return parse_channel(text);
}
std::optional<Purpose> parse_word(std::string_view text, Purpose /*kind*/) {
  return parse_purpose(text);
}
std::optional<SlipOutcome> parse_word(std::string_view text, SlipOutcome /*kind*/) {
  return parse_slip_outcome(text);
}
std::optional<ClockQuality> parse_word(std::string_view text, ClockQuality /*kind*/) {
  return parse_clock_quality(text);
}

// Once something does not fit, good() is false and stays so; the rest of the calls do nothing.
class Reader {
 public:
  explicit Reader(std::string_view rest) : rest_(rest) {}

  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] std::string_view rest() const { return rest_; }

  void text(std::string_view key, std::string& value, std::size_t limit) {
    begin(key);
    quoted(value, limit);
  }
  template <class Number>
  void number(std::string_view key, Number& value, std::uint64_t least, std::uint64_t most) {
    begin(key);
    const std::uint64_t whole = decimal();
    if (whole < least || whole > most) good_ = false;
    if (good_) value = static_cast<Number>(whole);
  }
  void maybe_number(std::string_view key, std::optional<std::uint32_t>& value, std::uint64_t most) {
    begin(key);
    if (take("null")) return value.reset();
    const std::uint64_t whole = decimal();
    if (whole > most) good_ = false;
    if (good_) value = static_cast<std::uint32_t>(whole);
  }
  void amount(std::string_view key, Fen& value) {
    std::int64_t count = 0;
    number(key, count, 1, static_cast<std::uint64_t>(kLargestAmount.count()));
    value = Fen(count);
  }
  void flag(std::string_view key, bool& value) {
    begin(key);
    value = take("true");
    if (!value) expect("false");
  }
  template <class Word>
  void word(std::string_view key, Word& value) {
    begin(key);
    if (const auto word = parse_word(simple(), value)) {
      value = *word;
    } else {
      good_ = false;
    }
  }
  void hash(std::string_view key, Hash& value) { base64url(key, value); }
  void salt(std::string_view key, Salt& value) { base64url(key, value); }
  void time(std::string_view key, WallTime& value) {
    begin(key);
    if (const auto time = parse_rfc3339(simple())) {
      value = *time;
    } else {
      good_ = false;
    }
  }
  void uptime(std::string_view key, Uptime& value) {
    std::int64_t count = 0;
    number(key, count, 0, kLargestNumber);
    value = Uptime(count);
  }
  void boot(std::string_view key, std::string& value) {
    begin(key);
    const std::string_view text = simple();
    good_ = good_ && text.size() == 16 && std::ranges::all_of(text, [](char c) {
              return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
            });
    value = text;
  }
  void ascending(std::string_view key, std::vector<Seq>& values, std::size_t most) {
    begin(key);
    expect("[");
    if (take("]")) return;
    do {
      const Seq value = decimal();
      if (!good_ || values.size() == most || (!values.empty() && values.back() >= value)) {
        good_ = false;
        return;
      }
      values.push_back(value);
    } while (take(","));
    expect("]");
  }
  void hashes(std::string_view key, std::vector<Hash>& values, std::size_t most) {
    begin(key);
    expect("[");
    if (take("]")) return;
    do {
      if (!good_ || values.size() == most) {
        good_ = false;
        return;
      }
      array_of(simple(), values.emplace_back());
    } while (take(","));
    expect("]");
  }
  void predecessor(std::string_view key, std::optional<Epoch::Predecessor>& value) {
    begin(key);
    if (take("null")) return;
    expect("{");
    opens_object_ = true;
    value = Epoch::Predecessor();
    fields(*this, *value);
    expect("}");
  }

  void begin(std::string_view key) {
    if (opens_object_) {
      opens_object_ = false;
    } else {
      expect(",");
    }
    expect("\"");
    expect(key);
    expect("\":");
  }
  void expect(std::string_view token) {
    if (!take(token)) good_ = false;
  }
  bool take(std::string_view token) {
    if (!good_ || !rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  std::uint64_t decimal() {
    std::uint64_t value = 0;
    std::size_t digits = 0;
    while (digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9' && digits < 17) {
      value = value * 10 + static_cast<std::uint64_t>(rest_[digits++] - '0');
    }
    if (digits == 0 || (digits > 1 && rest_[0] == '0') || value > kLargestNumber) good_ = false;
    if (good_) rest_.remove_prefix(digits);
    return value;
  }
  /// A text that needs no escapes, whatever bytes it has: the caller compares it with something.
  std::string_view simple() {
    if (!take("\"")) good_ = false;
    const std::size_t end = rest_.find('"');
    if (!good_ || end == std::string_view::npos) {
      good_ = false;
      return {};
    }
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return text;
  }

 private:
  void quoted(std::string& value, std::size_t limit) {
    expect("\"");
    std::size_t at = 0;
    while (good_) {
      const std::size_t stop = rest_.find_first_of("\"\\", at);
      if (stop == std::string_view::npos || value.size() + (stop - at) > limit) break;
      value.append(rest_, at, stop - at);
      if (rest_[stop] == '"') {
        rest_.remove_prefix(stop + 1);
        good_ = is_plain_text(value);
        return;
      }
      const char escaped = stop + 1 < rest_.size() ? rest_[stop + 1] : '\0';
      if ((escaped != '"' && escaped != '\\') || value.size() == limit) break;
      value += escaped;
      at = stop + 2;
    }
    good_ = false;
  }
  template <std::size_t Size>
  void base64url(std::string_view key, std::array<std::uint8_t, Size>& value) {
    begin(key);
    array_of(simple(), value);
  }
  template <std::size_t Size>
  void array_of(std::string_view text, std::array<std::uint8_t, Size>& value) {
    const auto bytes = from_base64url(text);
    if (!good_ || !bytes || bytes->size() != Size) {
      good_ = false;
      return;
    }
    std::ranges::copy(*bytes, value.begin());
  }

  std::string_view rest_;
  bool good_ = true;
  bool opens_object_ = false;
};

template <std::size_t I = 0>
Body body_of_type(std::string_view type) {
  if constexpr (I + 1 < std::variant_size_v<Body>) {
    Body body(std::in_place_index<I>);
    if (type_of(body) == type) return body;
    return body_of_type<I + 1>(type);
  } else {
    return Unknown{};
  }
}

struct BodyReader {
  Reader& reader;
  template <class T>
  bool operator()(T& body) const {
    fields(reader, body);
    reader.expect("}");
    return reader.good() && reader.rest().empty();
  }
  bool operator()(Unknown& /*body*/) const { return false; }
};

bool is_type_name(std::string_view text) {
  return !text.empty() && text.size() <= kLongestName && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

Result<Entry> parse_line(std::string_view line) {
  if (line.size() > kLongestLine) return {TlogErrc::bad_line, "longer than 65,535 bytes"};
  Reader reader(line);
  Entry entry;
  reader.expect("{\"seq\":");
  entry.header.seq = reader.decimal();
  fields(reader, entry.header);
  reader.begin("type");
  const std::string_view type = reader.simple();
  if (!reader.good() || !is_type_name(type)) {
    return {TlogErrc::bad_line, "its header is not in canonical form"};
  }
  Reader body_reader = reader;
  entry.body = body_of_type(type);
  if (std::visit(BodyReader{body_reader}, entry.body)) return entry;
  if (!is_compact_object(line)) return {TlogErrc::bad_line, "not a compact JSON object"};
  entry.body = Unknown{std::string(type)};
  return entry;
}

}  // namespace yijuan::tlog
