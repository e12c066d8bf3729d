// The writing half of entry_line.hpp.
#include <algorithm>
#include <array>
#include <charconv>

#include "base/assert.hpp"
#include "tlog/entry_line.hpp"
#include "tlog/entry_schema.hpp"
#include "tlog/plain_text.hpp"
#include "tlog/words.hpp"

namespace yijuan::tlog {
namespace {

constexpr WallTime kLatest = std::chrono::sys_days(std::chrono::year(9999) / 12 / 31) +
                             std::chrono::days(1) - std::chrono::milliseconds(1);

bool is_boot_id(std::string_view text) {
  return text.size() == 16 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void text(std::string_view key, const std::string& value, std::size_t limit) {
    begin(key);
    if (value.size() <= limit && is_plain_text(value)) {
      quoted(value);
    } else {
      quoted(plain_text(value, limit));
    }
  }
  template <class Number>
  void number(std::string_view key, Number value, std::uint64_t least, std::uint64_t most) {
    const auto whole = static_cast<std::uint64_t>(value);  // a negative one is above `most`
    YIJUAN_ASSERT(whole >= least && whole <= most, "an entry's number is out of its bounds");
    begin(key);
    decimal(whole);
  }
  void maybe_number(std::string_view key, const std::optional<std::uint32_t>& value,
                    std::uint64_t most) {
    if (value) return number(key, std::min<std::uint64_t>(*value, most), 0, most);
    begin(key);
    out_ += "null";
  }
  void amount(std::string_view key, Fen value) {
    number(key, value.count(), 1, static_cast<std::uint64_t>(kLargestAmount.count()));
  }
  void flag(std::string_view key, bool value) {
    begin(key);
    out_ += value ? "true" : "false";
  }
  template <class Word>
  void word(std::string_view key, Word value) {
    begin(key);
    quoted(to_text(value));
  }
  void hash(std::string_view key, const Hash& value) {
    begin(key);
    quoted(to_base64url(value));
  }
  void salt(std::string_view key, const Salt& value) {
    begin(key);
    quoted(to_base64url(value));
  }
  void time(std::string_view key, WallTime value) {
    begin(key);
    quoted(to_rfc3339(std::clamp(value, WallTime(), kLatest)));
  }
  void uptime(std::string_view key, Uptime value) { number(key, value.count(), 0, kLargestNumber); }
  void boot(std::string_view key, const std::string& value) {
    YIJUAN_ASSERT(is_boot_id(value), "a boot id is 16 hex digits");
    begin(key);
    quoted(value);
  }
  void ascending(std::string_view key, const std::vector<Seq>& values, std::size_t most) {
    YIJUAN_ASSERT(values.size() <= most, "a gift closes more cash than a line holds");
    begin(key);
    out_ += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
      YIJUAN_ASSERT(values[i] <= kLargestNumber && (i == 0 || values[i - 1] < values[i]),
                    "a gift's cash is in order");
      if (i > 0) out_ += ',';
      decimal(values[i]);
    }
    out_ += ']';
  }
  void hashes(std::string_view key, const std::vector<Hash>& values, std::size_t most) {
    YIJUAN_ASSERT(values.size() <= most, "more hashes than a line holds");
    begin(key);
    out_ += '[';
    for (const Hash& value : values) {
      if (out_.back() != '[') out_ += ',';
      quoted(to_base64url(value));
    }
    out_ += ']';
  }
  void predecessor(std::string_view key, const std::optional<Epoch::Predecessor>& value) {
    begin(key);
    if (!value) {
      out_ += "null";
      return;
    }
    const std::size_t start = out_.size();
    fields(*this, *value);
    out_[start] = '{';  // in place of the first comma
    out_ += '}';
  }
  void decimal(std::uint64_t value) {
    std::array<char, 20> buffer;
    const auto end = std::to_chars(buffer.begin(), buffer.end(), value).ptr;
    out_.append(buffer.begin(), end);
  }
  void begin(std::string_view key) {
    out_ += ",\"";
    out_ += key;
    out_ += "\":";
  }
  void quoted(std::string_view text) {
    out_ += '"';
    if (text.find_first_of("\"\\") == std::string_view::npos) {
      out_ += text;
    } else {
      for (const char c : text) {
        if (c == '"' || c == '\\') out_ += '\\';
        out_ += c;
      }
    }
    out_ += '"';
  }

 private:
  std::string& out_;
};

struct BodyWriter {
  Writer& writer;
  template <class T>
  void operator()(const T& body) const {
    fields(writer, body);
  }
  void operator()(const Unknown& /*body*/) const {
    YIJUAN_ASSERT(false, "an entry of an unknown type cannot be written");
  }
};

}  // namespace

std::string write_line(const Header& header, const Body& body) {
  std::string line;
  line.reserve(512);
  Writer writer(line);
  YIJUAN_ASSERT(header.seq <= kLargestNumber, "a log has at most 2^53 entries");
  line += "{\"seq\":";
  writer.decimal(header.seq);
  fields(writer, header);
  writer.begin("type");
  writer.quoted(type_of(body));
  std::visit(BodyWriter{writer}, body);
  line += '}';
  return line;
}

}  // namespace yijuan::tlog
