// What passed between us and a printer, in words: texts, pictures, cuts, questions, and how each
// answer is understood. For boxctl replay. Takes any bytes; pure.
#pragma once

#include <iconv.h>

#include <array>
#include <deque>
#include <string>

#include "drivers/escpos/status.hpp"
#include "ports/transcript.hpp"

namespace yijuan::escpos {

class PrinterTranscript : public Transcript {
 public:
  /// Throws std::runtime_error where the system has no GB18030 table.
  PrinterTranscript();
  ~PrinterTranscript() override;
  PrinterTranscript(const PrinterTranscript&) = delete;
  PrinterTranscript& operator=(const PrinterTranscript&) = delete;

  void opened() override {}  // for every slip and every look at its state: no news
  void read(BytesView bytes) override;
  void written(BytesView bytes) override;
  void failed(const Error& error) override;
  std::string take() override { return std::exchange(lines_, {}); }

 private:
  void say(std::string_view line);
  void take_sent(std::uint8_t byte);
  void run();        // the whole command_
  void run_group();  // GS ( x, whose data is in data_
  void end_text();   // what was collected of a line
  void end_zeros();
  void answered(const Reply& reply);
  void answered(RealTimeStatus status);
  [[nodiscard]] std::string decoded(BytesView text);

  iconv_t decoder_;
  std::string lines_;
  Bytes command_;
  Bytes text_;
  Bytes data_;  // the first of it
  std::size_t data_left_ = 0;
  std::size_t zeros_ = 0;
  ReplyReader replies_;
  std::deque<int> questions_;        // DLE EOT n, not yet answered
  std::array<std::string, 5> said_;  // of DLE EOT n: told again only when it changes
};

}  // namespace yijuan::escpos
