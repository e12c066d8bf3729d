#include "sync/dictionary.hpp"

namespace yijuan::sync {
namespace {

// The most frequent lines stand last: matches near the end cost least.
constexpr std::string_view kDictionary =
    R"({"seq":0,"at":"1970-01-01T00:00:00.000Z","q":"unset","boot":"0","up":0,"salt":"",)"
    R"("type":"epoch","key":"","previous":null,"why":"first"})"
    "\n"
    R"(,"type":"epoch","previous":{"origin":"","size":0,"root":""},"why":"rollback"})"
    "\n"
    R"(,"type":"boot","version":"0.1.0","clean":false})"
    "\n"
    R"(,"type":"clock","from":"2026-","to":"2026-","was":"unset"})"
    "\n"
    R"(,"type":"pack","campaign":"","version":1,"hash":"})"
    "\n"
    R"(,"type":"gap","device":"coin","serial":"","counter":0,"lost":null,"why":"overrun"})"
    "\n"
    R"(,"type":"fault","device":"printer","code":"paper out","text":""})"
    "\n"
    R"(,"type":"recovered","device":"printer","code":"offline"})"
    "\n"
    R"(,"type":"slip","gift":0,"copy":1,"outcome":"failed","why":""})"
    "\n"
    R"(,"type":"slip","gift":0,"copy":1,"outcome":"printed","why":""})"
    "\n"
    R"(,"type":"gift","activity":"one_day","designation":"general","unit":"","channel":"cash",)"
    R"("fen":5000,"campaign":"","people":1,"slip":1,"cash":[0,1,2],"claim":"","closed":"reached"})"
    "\n"
    R"(,"type":"gift","activity":"free","designation":"general","unit":"","channel":"cash",)"
    R"("fen":200,"campaign":"","people":1,"slip":1,"cash":[0],"claim":"","closed":"timeout"})"
    "\n"
    R"(,"q":"stored","boot":"0","up":0,"salt":"","type":"cash","device":"coin","serial":"",)"
    R"("counter":1,"fen":50,"session":1,"activity":"free","designation":"general","unit":"",)"
    R"("purpose":"test"})"
    "\n"
    R"({"seq":1,"at":"2026-10-17T01:00:00.000Z","q":"ledger","boot":"0","up":1,"salt":"",)"
    R"("type":"cash","device":"coin","serial":"","counter":1,"fen":100,"session":1,)"
    R"("activity":"one_yuan","designation":"general","unit":"","purpose":"gift"})"
    "\n"
    R"({"seq":2,"at":"2026-10-17T01:00:00.000Z","q":"ntp","boot":"0","up":2,"salt":"",)"
    R"("type":"gift","activity":"one_yuan","designation":"general","unit":"","channel":"cash",)"
    R"("fen":100,"campaign":"","people":1,"slip":1,"cash":[1],"claim":"","closed":"done"})"
    "\n"
    R"({"seq":3,"at":"2026-10-17T01:00:00.000Z","q":"ntp","boot":"0","up":3,"salt":"",)"
    R"("type":"slip","gift":2,"copy":1,"outcome":"declined","why":""})"
    "\n\n\xe2\x80\x94 yijuan-batch-v1\n";

}  // namespace

std::string_view batch_dictionary() {
  return kDictionary;
}

}  // namespace yijuan::sync
