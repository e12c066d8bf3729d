#include <gtest/gtest.h>

#include "io/errc.hpp"
#include "io/usb/device_id.hpp"
#include "io/usb/port_name.hpp"
#include "io/usb/printer_interface.hpp"

namespace yijuan::usb {
namespace {

Bytes told(std::string_view text, std::initializer_list<int> length) {
  Bytes bytes;
  for (const int byte : length) bytes.push_back(static_cast<std::uint8_t>(byte));
  bytes.insert(bytes.end(), text.begin(), text.end());
  return bytes;
}

TEST(PortName, IsReadInItsFourForms) {
  EXPECT_EQ(parse_port_name(""), PortName{});
  EXPECT_EQ(parse_port_name("0416:5011")->ids, (PortName::Ids{0x0416, 0x5011}));
  EXPECT_EQ(parse_port_name("1FC9:2016")->ids, (PortName::Ids{0x1fc9, 0x2016}));
  EXPECT_EQ(parse_port_name("serial=A-1")->serial, "A-1");
  EXPECT_EQ(parse_port_name("path=1-1.2")->path, "1-1.2");
}

TEST(PortName, WhatIsNoneIsRefusedWithTheFormsThatAre) {
  for (const char* bad : {"0416", "416:5011", "0416:50111", "0416:501g", "serial=", "path=",
                          "path=1", "path=1-", "path=-1", "path=1-1.", "path=1-.1", "path=1-1..2",
                          "path=a-1", "path=../1-1", "printer", ":", "0416:"}) {
    auto name = parse_port_name(bad);
    ASSERT_FALSE(name) << bad;
    EXPECT_EQ(name.error(), IoErrc::bad_name);
    EXPECT_NE(name.error().detail().find("usb:path=1-1.2"), std::string::npos);
  }
  EXPECT_FALSE(parse_port_name("serial=" + std::string(200, 'x')));
}

TEST(DeviceIdTest, IsReadWithItsLengthInEitherOrderOrWrong) {
  const std::string text = "MFG:XPRINTER;CMD:ESC/POS;MDL:XP-58;CLS:PRINTER;SN:0001;";
  const auto length = static_cast<int>(text.size() + 2);
  const DeviceId meant{
      .maker = "XPRINTER", .model = "XP-58", .serial = "0001", .commands = "ESC/POS"};
  EXPECT_EQ(parse_device_id(told(text, {0, length})), meant);
  EXPECT_EQ(parse_device_id(told(text, {length, 0})), meant) << "low byte first";
  EXPECT_EQ(parse_device_id(told(text, {0xFF, 0xFF})), meant) << "a length that cannot be";
  EXPECT_EQ(parse_device_id(told(text, {0, 0})), meant);
}

TEST(DeviceIdTest, LongKeysSmallLettersAndSpacesAreUnderstood) {
  EXPECT_EQ(parse_device_id(told("Manufacturer: SNBC ;model:BTP-R580 ;COMMAND SET:ESC;", {0, 0})),
            (DeviceId{.maker = "SNBC", .model = "BTP-R580", .serial = "", .commands = "ESC"}));
}

TEST(DeviceIdTest, RubbishIsNoName) {
  EXPECT_EQ(parse_device_id({}), DeviceId{});
  EXPECT_EQ(parse_device_id(Bytes{0}), DeviceId{});
  EXPECT_EQ(parse_device_id(told(";;;:::;MFG;\xff\xfe", {0, 0})), DeviceId{});
  const DeviceId clean =
      parse_device_id(told("MFG:\x1b[2JX\x7f\n;MDL:" + std::string(999, 'y'), {0, 0}));
  EXPECT_EQ(clean.maker, "[2JX") << "nothing that a terminal would obey";
  EXPECT_EQ(clean.model.size(), 64U);
}

Setting printer(std::vector<Endpoint> endpoints) {
  Setting setting;
  setting.device_class = 7;
  setting.subclass = 1;
  setting.protocol = 2;
  setting.endpoints = std::move(endpoints);
  return setting;
}

TEST(FindPrinter, TakesTheBulkEndpointsAndNoOthers) {
  const auto found = find_printer(
      std::vector{printer({{0x83, 3, 8}, {0x03, 2, 64}, {0x81, 2, 512}, {0x05, 2, 64}})});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->out, 0x03);
  EXPECT_EQ(found->in, 0x81);
  EXPECT_EQ(found->in_packet, 512);
}

TEST(FindPrinter, PrefersTheSettingThatCanAnswerAndThenTheLower) {
  Setting one_way = printer({{0x01, 2, 64}});
  Setting both = printer({{0x02, 2, 64}, {0x82, 2, 64}});
  both.alternate = 1;
  Setting again = both;
  again.alternate = 2;
  const auto found = find_printer(std::vector{one_way, again, both});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->alternate, 1);
  EXPECT_EQ(find_printer(std::vector{one_way})->in, std::nullopt);
}

TEST(FindPrinter, OtherClassesPacketProtocolsAndBrokenEndpointsAreNone) {
  const Setting good = printer({{0x01, 2, 64}});
  Setting other = good;
  other.device_class = 8;
  Setting packets = good;
  packets.protocol = 3;
  Setting ipp = good;
  ipp.protocol = 4;
  const Setting empty = printer({});
  const Setting only_in = printer({{0x81, 2, 64}});
  const Setting no_packet = printer({{0x01, 2, 0}});
  EXPECT_EQ(find_printer(std::vector{other, packets, ipp, empty, only_in, no_packet}),
            std::nullopt);
}

}  // namespace
}  // namespace yijuan::usb
