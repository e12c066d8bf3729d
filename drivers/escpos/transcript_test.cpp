#include "drivers/escpos/transcript.hpp"

#include <gtest/gtest.h>

#include "drivers/escpos/commands.hpp"
#include "drivers/escpos/sample_slip.hpp"
#include "drivers/escpos/slip_bytes.hpp"
#include "ports/driver.hpp"
#include "tests/support/golden_recordings.hpp"

namespace yijuan::drivers {
extern const Driver escpos;
}

namespace yijuan::escpos {
namespace {

std::string sent(const Bytes& bytes) {
  PrinterTranscript transcript;
  transcript.written(bytes);
  transcript.failed(Error(PrinterErrc::line_lost, "unplugged"));
  return transcript.take();
}

Bytes bytes_of(std::initializer_list<int> values) {
  Bytes bytes;
  for (const int value : values) bytes.push_back(static_cast<std::uint8_t>(value));
  return bytes;
}

TEST(PrinterTranscript, EveryRecordingIsReadOutAsTheFileBesideItSays) {
  test::expect_golden_recordings(YIJUAN_SOURCE_DIR "/drivers/escpos/recordings", drivers::escpos,
                                 1);
}

TEST(PrinterTranscript, KnowsEveryCommandThatASlipIsMadeOf) {
  for (const Model& model : all_models()) {
    const Paper paper{model.dots_58 > 0 ? model.dots_58 : model.dots_80};
    const auto pieces = to_pieces(lay_out(sample_slip(), paper.columns()), model, paper, {});
    ASSERT_TRUE(pieces);
    Bytes all = completion();
    for (const Bytes& piece : *pieces) all.insert(all.end(), piece.begin(), piece.end());
    const std::string told = sent(all);
    EXPECT_EQ(told.find("unknown"), std::string::npos) << told;
    EXPECT_NE(told.find("sends 4096 zeros\nresets it\n"), std::string::npos) << told;
    EXPECT_NE(told.find("人民币壹仟贰佰叁拾肆元伍角整\""), std::string::npos) << told;
  }
}

TEST(PrinterTranscript, SaysWhatAnAnswerMeansToTheQuestionItFollows) {
  PrinterTranscript transcript;
  transcript.written(ask_status(2));
  transcript.written(ask_status(4));
  transcript.read(bytes_of({0x32, 0x12, 0x12}));
  EXPECT_EQ(transcript.take(),
            "answers DLE EOT 2: 32, the printer has no paper: put in a new roll\n"
            "answers DLE EOT 4: 12, well\n"
            "answers 12 to no question\n");
  transcript.written(ask_status(4));
  transcript.read(bytes_of({0x12}));
  EXPECT_EQ(transcript.take(), "") << "no news";
  transcript.written(ask_process_id("0042"));
  transcript.written(drop_buffer(Clears::dle_dc4));
  transcript.read(bytes_of({0x37, 0x22, '0', '0', '4', '2', 0, 0x37, 0x25, 0}));
  EXPECT_EQ(transcript.take(),
            "asks for process 0042\n"
            "tells it to drop its buffer\n"
            "answers that process 0042 is printed\n"
            "answers that its buffer is empty\n");
}

TEST(PrinterTranscript, ShowsNothingThatATerminalWouldObey) {
  Bytes all;
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      all.push_back(static_cast<std::uint8_t>(first));
      all.push_back(static_cast<std::uint8_t>(second));
    }
  }
  PrinterTranscript transcript;
  transcript.written(all);
  transcript.read(all);
  for (const char letter : transcript.take()) {
    EXPECT_TRUE(letter == '\n' || static_cast<std::uint8_t>(letter) >= 0x20) << int{letter};
  }
  EXPECT_EQ(sent(bytes_of({0x1B, 0x5D, 'x', '\n'})),
            "sends the unknown 1b5d\n"
            "sends the text \"x\"\n"
            "the line failed: unplugged\n");
}

}  // namespace
}  // namespace yijuan::escpos
