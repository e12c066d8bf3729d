#include "usb_guest/printer_device.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

namespace yijuan::usb_guest {
namespace {

constexpr int kSmallPaperDots = 384;

Identity identity_of(const PrinterDevice::Make& make) {
  constexpr int kPrinter = 7;
  constexpr int kBidirectional = 2;
  return {.vendor = make.vendor,
          .product = make.product,
          .maker = "SIM",
          .name = make.model,
          .serial = make.serial,
          .interfaces = {{.device_class = kPrinter,
                          .subclass = 1,
                          .protocol = kBidirectional,
                          .endpoints = {{.address = make.out}, {.address = make.in}}}}};
}

escpos_fake::Behaviour behaviour_of(const PrinterDevice::Make& make) {
  escpos_fake::Behaviour behaviour;
  behaviour.abilities.dots = kSmallPaperDots;
  behaviour.buffer = make.buffer;
  return behaviour;
}

void write_whole(const std::filesystem::path& path, std::string_view text) {
  const std::filesystem::path part = path.string() + ".part";
  std::ofstream(part, std::ios::binary).write(text.data(), std::ssize(text));
  std::filesystem::rename(part, path);
}

}  // namespace

PrinterDevice::PrinterDevice(const Make& make)
    : Device(identity_of(make)), make_(make), printer_(behaviour_of(make)) {
  std::filesystem::create_directories(make_.slips);
  printer_.on_slip = [this](const escpos_fake::Slip& slip) { keep(slip); };
}

void PrinterDevice::keep(const escpos_fake::Slip& slip) const {
  const std::string name = (make_.slips / fmt::format("{:04}", printer_.slips().size())).string();
  write_whole(name + ".bin", as_text(slip.raw));
  write_whole(name + ".txt", slip.text);
}

Handshake PrinterDevice::receive(Time /*now*/, BytesView packet) {
  if (printer_.buffered() + packet.size() > make_.buffer) return Handshake::nak;
  printer_.receive(packet);
  const Bytes said = printer_.take_answers();
  answers_.insert(answers_.end(), said.begin(), said.end());
  return Handshake::ack;
}

std::optional<Bytes> PrinterDevice::give(Time /*now*/, int /*endpoint*/, std::size_t most) {
  if (answers_.empty()) return std::nullopt;
  const auto count = static_cast<std::ptrdiff_t>(std::min(most, answers_.size()));
  Bytes packet(answers_.begin(), answers_.begin() + count);
  answers_.erase(answers_.begin(), answers_.begin() + count);
  return packet;
}

// Its power comes by another cable, but a new connection begins with empty pipes.
void PrinterDevice::unplugged() {
  answers_.clear();
}

std::optional<Bytes> PrinterDevice::class_control(const Setup& setup, BytesView /*data*/) {
  constexpr int kFromInterface = 0xA1;
  if (setup.type == kFromInterface && setup.request == 0) {  // GET_DEVICE_ID
    const std::string id = fmt::format("MFG:SIM;MDL:{};CMD:ESC/POS;CLS:PRINTER;", make_.model);
    const auto length = id.size() + 2;
    Bytes answer = {static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length)};
    answer.insert(answer.end(), id.begin(), id.end());
    return answer;
  }
  if (setup.type == kFromInterface && setup.request == 1) {  // GET_PORT_STATUS
    ++questions_;
    const int bits = (paper_ ? 0 : 0x20) | 0x10 | (printer_.online() ? 0x08 : 0);
    return Bytes{static_cast<std::uint8_t>(bits)};
  }
  constexpr int kToInterface = 0x21;
  if (setup.type == kToInterface && setup.request == 2) {  // SOFT_RESET
    ++resets_;
    printer_.power_cycle();
    answers_.clear();
    return Bytes{};
  }
  return std::nullopt;
}

std::string PrinterDevice::status() const {
  std::string alarms;
  for (const auto& alarm : printer_.alarms()) alarms += (alarms.empty() ? "" : ", ") + alarm;
  return fmt::format("slips={} online={} buffered={} taken={} questions={} resets={} alarms=[{}]",
                     printer_.slips().size(), printer_.online() ? 1 : 0, printer_.buffered(),
                     taken(), questions_, resets_, alarms);
}

std::optional<std::string> PrinterDevice::obey(Time /*now*/, const std::string& verb,
                                               const std::string& rest) {
  if (verb == "status") return status();
  if (verb == "paper-out" || verb == "paper-in") {
    paper_ = verb == "paper-in";
    printer_.set_paper(paper_);
  } else if (verb == "paper-ends-after") {
    printer_.paper_ends_after(std::stoi(rest));
  } else if (verb == "cover-open" || verb == "cover-close") {
    printer_.set_cover(verb == "cover-open");
  } else if (verb == "power-cycle") {
    printer_.power_cycle();
    answers_.clear();
  } else {
    return std::nullopt;
  }
  const Bytes said = printer_.take_answers();
  answers_.insert(answers_.end(), said.begin(), said.end());
  return "ok";
}

}  // namespace yijuan::usb_guest
