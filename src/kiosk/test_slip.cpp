#include "kiosk/test_slip.hpp"

#include "domain/business_day.hpp"

namespace yijuan::kiosk {

using domain::Align;

domain::SlipDocument make_test_slip(const std::string& box, WallReading at) {
  constexpr int kLarge = 3;
  domain::SlipDocument slip;
  auto& blocks = slip.blocks;
  blocks.emplace_back(domain::Mark{});
  blocks.emplace_back(domain::TextLine{"测试 / TEST", Align::centre, kLarge, true});
  blocks.emplace_back(domain::TextLine{"打印机测试，不是捐赠凭条", Align::centre, 1, true});
  blocks.emplace_back(domain::Rule{});
  blocks.emplace_back(domain::FieldLine{"箱号", box});
  blocks.emplace_back(domain::FieldLine{"时间", domain::shanghai_text(at.time, true)});
  blocks.emplace_back(domain::TextLine{"0123456789 ￥1,234.50 ABCDEFG abcdefg"});
  blocks.emplace_back(domain::TextLine{"一捐募捐箱：壹贰叁肆伍陆柒捌玖拾佰仟万元整"});
  blocks.emplace_back(domain::Rule{});
  blocks.emplace_back(domain::QrBlock{"YIJUAN-TEST-" + box});
  blocks.emplace_back(domain::TextLine{"上面的码能扫出 YIJUAN-TEST 即为正常", Align::centre});
  blocks.emplace_back(domain::TextLine{"没有收到任何捐款 / No gift was made", Align::centre});
  return slip;
}

}  // namespace yijuan::kiosk
