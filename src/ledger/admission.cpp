#include "ledger/admission.hpp"

namespace yijuan::ledger {

Result<std::optional<Refusal>> check_peer(LedgerStore& store, const net::Peer& peer, WallTime now) {
  using Verdict = std::optional<Refusal>;
  const auto refused = [&](const char* code, const char* text) {
    return Verdict(Refusal{.what = {.box = peer.box,
                                    .origin = "",
                                    .code = code,
                                    .text = text,
                                    .evidence = "",
                                    .first = now,
                                    .last = now}});
  };
  if (peer.box.empty()) return refused("certificate", "no certificate of a box");
  auto box = store.box(peer.box);
  if (!box) return box.error();
  if (!*box) return refused("unknown-box", "this box is not in service");
  if ((*box)->status != BoxStatus::active) return refused("revoked", "this box is not in service");
  if ((*box)->key_fingerprint != peer.key) {
    return refused("old-key", "this box has a newer key than that of the certificate shown");
  }
  return Verdict();
}

}  // namespace yijuan::ledger
