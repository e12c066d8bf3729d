#include "drivers/escpos/status.hpp"

namespace yijuan::escpos {
namespace {

constexpr std::uint8_t kProcessBlock = 0x37;
constexpr std::uint8_t kTextBlock = 0x5F;
constexpr std::uint8_t kProcessMark = 0x22;  // 37 22 d1 d2 d3 d4 00
constexpr std::size_t kProcessLength = 6;
constexpr std::uint8_t kDroppedMark = 0x25;  // 37 25 00
constexpr std::size_t kDroppedLength = 2;
constexpr std::size_t kLongestBlock = 80;

}  // namespace

std::optional<Reply> ReplyReader::take(std::uint8_t byte) {
  if (!block_.empty()) {
    if (byte != 0 && block_.size() < kLongestBlock) {
      block_.push_back(byte);
      return std::nullopt;
    }
    const Bytes block = std::exchange(block_, {});
    if (byte != 0 || block[0] != kProcessBlock || block.size() < kDroppedLength) {
      return std::nullopt;
    }
    if (block.size() == kProcessLength && block[1] == kProcessMark) {
      return ProcessDone{std::string(as_text(block).substr(2))};
    }
    if (block.size() == kDroppedLength && block[1] == kDroppedMark) return Dropped{};
    return std::nullopt;
  }
  if (automatic_left_ > 0 && (byte & 0x90) == 0) {
    automatic_.bytes.at(automatic_.bytes.size() - automatic_left_) = byte;
    if (--automatic_left_ == 0) return automatic_;
    return std::nullopt;
  }
  automatic_left_ = 0;
  if (byte == 0x11 || byte == 0x13) return std::nullopt;
  if (byte == kProcessBlock || byte == kTextBlock) {
    block_.push_back(byte);
    return std::nullopt;
  }
  if ((byte & 0x93) == 0x12) return RealTimeStatus{byte};
  if ((byte & 0x93) == 0x10) {
    automatic_.bytes[0] = byte;
    automatic_left_ = automatic_.bytes.size() - 1;
    return std::nullopt;
  }
  if ((byte & 0x90) == 0) return OrderedStatus{byte};
  return std::nullopt;
}

void ReplyReader::reset() {
  block_.clear();
  automatic_left_ = 0;
}

void PrinterState::add(int n, RealTimeStatus status) {
  const auto bit = [&](int i) { return (status.bits >> i & 1) != 0; };
  switch (n) {
    case 1:
      offline = offline || bit(3);
      break;
    case 2:
      cover_open = cover_open || bit(2);
      paper_out = paper_out || bit(5);
      broken = broken || bit(6);
      break;
    case 3:
      cutter = cutter || bit(3);
      broken = broken || bit(2) || bit(5);
      head_hot = head_hot || bit(6);
      break;
    case 4:
      paper_near_end = paper_near_end || (status.bits & 0x0C) != 0;
      paper_out = paper_out || (status.bits & 0x60) != 0;
      break;
    default:
      break;
  }
}

void PrinterState::add(OrderedStatus status) {
  paper_near_end = paper_near_end || (status.bits & 0x03) != 0;
  paper_out = paper_out || (status.bits & 0x0C) != 0;
}

void PrinterState::add(const AutomaticStatus& status) {
  const auto bit = [&](std::size_t byte, int i) { return (status.bytes.at(byte) >> i & 1) != 0; };
  offline = offline || bit(0, 3);
  cover_open = cover_open || bit(0, 5);
  cutter = cutter || bit(1, 3);
  broken = broken || bit(1, 2) || bit(1, 5);
  head_hot = head_hot || bit(1, 6);
  paper_near_end = paper_near_end || (status.bytes[2] & 0x03) != 0;
  paper_out = paper_out || (status.bytes[2] & 0x0C) != 0;
}

void PrinterState::add(const PrinterState& other) {
  offline = offline || other.offline;
  cover_open = cover_open || other.cover_open;
  paper_out = paper_out || other.paper_out;
  paper_near_end = paper_near_end || other.paper_near_end;
  cutter = cutter || other.cutter;
  head_hot = head_hot || other.head_hot;
  broken = broken || other.broken;
}

Result<void> PrinterState::can_print() const {
  if (cover_open) return PrinterErrc::cover_open;
  if (paper_out) return PrinterErrc::paper_out;
  if (cutter) return PrinterErrc::cutter;
  if (head_hot) return PrinterErrc::head_hot;
  if (broken) return PrinterErrc::broken;
  if (offline) return PrinterErrc::offline;
  return {};
}

}  // namespace yijuan::escpos
