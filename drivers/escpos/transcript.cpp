#include "drivers/escpos/transcript.hpp"

#include <fmt/format.h>

#include <optional>
#include <stdexcept>

namespace yijuan::escpos {
namespace {

constexpr std::uint8_t kDle = 0x10;
constexpr std::uint8_t kEsc = 0x1B;
constexpr std::uint8_t kFs = 0x1C;
constexpr std::uint8_t kGs = 0x1D;
constexpr std::size_t kLongestText = 400;   // bytes in a line of the transcript
constexpr std::size_t kMostData = 8;        // what is shown of a command's data
constexpr std::size_t kMostQuestions = 64;  // more are never unanswered

bool is_one_of(std::uint8_t byte, std::string_view set) {
  return set.find(static_cast<char>(byte)) != std::string_view::npos;
}

// Of the commands that commands.cpp makes, without their data; nothing while it is too short to
// tell, 0 for any other.
std::optional<std::size_t> length_of(const Bytes& c) {
  if (c.size() < 2) return std::nullopt;
  const std::uint8_t name = c[1];
  if (c[0] == kDle) {
    if (name == 0x04 || name == 0x05) return 3;
    return name == 0x14 ? 10 : 0;
  }
  if (c[0] == kEsc) return name == '@' ? 2 : is_one_of(name, "a!R3EJ") ? 3 : 0;
  if (c[0] == kFs) return name == '&' ? 2 : name == '!' ? 3 : name == 'S' ? 4 : 0;
  if (is_one_of(name, "!ar")) return 3;
  if (name == 'V') return 4;
  if (name == '(') return 5;
  return name == 'v' ? 8 : 0;
}

std::string in_words(const PrinterState& state) {
  const auto good = state.can_print();
  if (!good) return std::string(good.error().message());
  return state.paper_near_end ? "paper near end" : "well";
}

}  // namespace

PrinterTranscript::PrinterTranscript() : decoder_(iconv_open("UTF-8", "GB18030")) {
  // iconv_open reports failure as (iconv_t)-1.
  if (reinterpret_cast<std::intptr_t>(decoder_) == -1) {
    throw std::runtime_error("this system cannot convert text from GB18030 (libc's gconv tables)");
  }
}

PrinterTranscript::~PrinterTranscript() {
  iconv_close(decoder_);
}

void PrinterTranscript::say(std::string_view line) {
  lines_ += line;
  lines_ += '\n';
}

void PrinterTranscript::failed(const Error& error) {
  end_text();
  end_zeros();
  say(fmt::format("the line failed: {}", error.detail()));
}

void PrinterTranscript::written(BytesView bytes) {
  for (const std::uint8_t byte : bytes) take_sent(byte);
}

void PrinterTranscript::take_sent(std::uint8_t byte) {
  if (data_left_ > 0) {
    if (data_.size() < kMostData) data_.push_back(byte);
    if (--data_left_ == 0 && command_[1] == '(') run_group();
    if (data_left_ == 0) command_.clear();
    return;
  }
  if (!command_.empty() || byte == kDle || byte == kEsc || byte == kFs || byte == kGs) {
    end_zeros();
    command_.push_back(byte);
    const auto length = length_of(command_);
    if (!length || command_.size() < *length) return;
    run();
    if (data_left_ == 0) command_.clear();
    return;
  }
  if (byte == 0) {
    ++zeros_;
    return;
  }
  end_zeros();
  if (byte == '\n') return end_text();
  text_.push_back(byte);
  if (text_.size() == kLongestText) end_text();
}

void PrinterTranscript::end_text() {
  if (text_.empty()) return;
  say(fmt::format("sends the text \"{}\"", decoded(std::exchange(text_, {}))));
}

void PrinterTranscript::end_zeros() {
  if (zeros_ > 0) say(fmt::format("sends {} zeros", std::exchange(zeros_, 0)));
}

void PrinterTranscript::run() {
  const auto number = [this](std::size_t at) { return command_[at] + command_[at + 1] * 256; };
  const std::uint8_t lead = command_[0];
  const std::uint8_t name = command_[1];
  if (*length_of(command_) == 0) return say("sends the unknown " + to_hex(command_));
  if (lead == kDle && name == 0x04) {
    if (questions_.size() < kMostQuestions) questions_.push_back(command_[2]);
    return;
  }
  if (lead == kDle) return say("tells it to drop its buffer");
  if (lead == kEsc && name == '@') return say("resets it");
  if (lead != kGs) return;  // how the text looks
  if (name == 'r') return say("asks for paper in order, GS r");
  if (name == 'V') return say("tells it to cut");
  if (name == 'v') {
    say(fmt::format("sends a picture of {} by {} dots", number(4) * 8, number(6)));
    data_left_ = static_cast<std::size_t>(number(4)) * static_cast<std::size_t>(number(6));
  }
  if (name == '(') data_left_ = static_cast<std::size_t>(number(3));
  data_.clear();
}

void PrinterTranscript::run_group() {
  const std::uint8_t group = command_[2];
  if (group == 'D') return say("switches the drawer pulse off");
  if (group == 'H' && data_.size() == 6) {
    return say(fmt::format("asks for process {}", decoded(BytesView(data_).subspan(2))));
  }
  if (group == 'k' && data_.size() > 1 && data_[1] == 'Q') say("prints a code of its own");
}

void PrinterTranscript::read(BytesView bytes) {
  end_text();
  end_zeros();
  for (const std::uint8_t byte : bytes) {
    if (const auto reply = replies_.take(byte)) answered(*reply);
  }
}

void PrinterTranscript::answered(const Reply& reply) {
  if (const auto* status = std::get_if<RealTimeStatus>(&reply)) return answered(*status);
  PrinterState state;
  if (const auto* ordered = std::get_if<OrderedStatus>(&reply)) {
    state.add(*ordered);
    return say(fmt::format("answers GS r: {:02x}, {}", ordered->bits, in_words(state)));
  }
  if (const auto* automatic = std::get_if<AutomaticStatus>(&reply)) {
    state.add(*automatic);
    return say(fmt::format("says unasked: {}, {}", to_hex(automatic->bytes), in_words(state)));
  }
  if (std::holds_alternative<Dropped>(reply)) return say("answers that its buffer is empty");
  const std::string& id = std::get<ProcessDone>(reply).id;
  say(fmt::format("answers that process {} is printed", decoded(as_bytes(id))));
}

void PrinterTranscript::answered(RealTimeStatus status) {
  if (questions_.empty()) return say(fmt::format("answers {:02x} to no question", status.bits));
  const int n = questions_.front();
  questions_.pop_front();
  PrinterState state;
  state.add(n, status);
  const auto line = fmt::format("answers DLE EOT {}: {:02x}, {}", n, status.bits, in_words(state));
  std::string& before = said_.at(n >= 1 && n <= 4 ? static_cast<std::size_t>(n) : 0);
  if (line == before) return;
  before = line;
  say(line);
}

// Whatever is no character that a terminal may show is a question mark.
std::string PrinterTranscript::decoded(BytesView text) {
  std::string utf8;
  while (!text.empty()) {
    const bool hanzi = text[0] >= 0x80 && text.size() > 1;
    const bool four = hanzi && text.size() > 3 && text[1] >= '0' && text[1] <= '9';
    const std::size_t length = four ? 4 : hanzi ? 2 : 1;
    Bytes source(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(length));
    text = text.subspan(length);
    std::array<char, 8> one{};
    char* in = reinterpret_cast<char*>(source.data());
    std::size_t in_left = source.size();
    char* out = one.data();
    std::size_t out_left = one.size();
    iconv(decoder_, nullptr, nullptr, nullptr, nullptr);
    const bool good = iconv(decoder_, &in, &in_left, &out, &out_left) == 0;
    const std::string_view shown(one.data(), one.size() - out_left);
    const bool control = shown.size() == 1 ? shown[0] < ' ' || shown[0] == 0x7F
                                           : shown.size() == 2 && shown[0] == '\xC2' &&
                                                 static_cast<std::uint8_t>(shown[1]) < 0xA0;
    utf8 += good && !shown.empty() && !control ? shown : "?";
  }
  return utf8;
}

}  // namespace yijuan::escpos
