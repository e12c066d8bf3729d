// A slip for tests: every kind of block, text of every awkward kind. All names are examples.
#pragma once

#include <string>

#include "domain/slip_document.hpp"

namespace yijuan::escpos {

inline constexpr const char* kSampleCode =
    "https://verify.example.org/s#v1.ledger.example.org/box/box01/ab12cd34.1234."
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.BBBBBBBBBBBBBBBBBBBBBB."
    "CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC";
inline constexpr const char* kSampleLaw = "本凭条不是公益事业捐赠票据。需要票据的，请扫码申请开具";

inline domain::SlipDocument sample_slip() {
  using domain::Align;
  using domain::FieldLine;
  using domain::TextLine;
  return {{
      domain::Mark{},
      TextLine{.text = "示例县慈善总会", .align = Align::centre, .bold = true},
      TextLine{.text = "捐赠凭条", .align = Align::centre},
      domain::Space{16},
      TextLine{.text = "￥1,234.50", .align = Align::centre, .scale = 2, .bold = true},
      TextLine{.text = "人民币壹仟贰佰叁拾肆元伍角整", .align = Align::centre},
      domain::Rule{},
      FieldLine{.label = "项目",
                .value = "一元捐“示例阳光助学”：为山区学校的孩子们，添置冬衣、图书"},
      FieldLine{.label = "用途", .value = "统筹使用"},
      FieldLine{.label = "时间", .value = "2026-10-17 09:02"},
      FieldLine{.label = "地点", .value = "示例县人民广场东门（示例商场一层）"},
      FieldLine{.label = "编号", .value = "BOX01-AB12-000123"},
      FieldLine{.label = "备案编号", .value = "53000000EXAMPLE12345678"},
      domain::Rule{},
      domain::QrBlock{kSampleCode},
      TextLine{.text = "扫码核验这笔捐赠，或申请票据", .align = Align::centre},
      domain::Space{12},
      TextLine{.text = kSampleLaw},
      TextLine{.text = "监督电话 000-00000000（示例）"},
  }};
}

}  // namespace yijuan::escpos
