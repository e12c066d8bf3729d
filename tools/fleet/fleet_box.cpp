#include "tools/fleet/fleet_box.hpp"

#include "base/ids.hpp"
#include "io/system_wall_clock.hpp"
#include "sync/errc.hpp"

namespace yijuan::fleet {
namespace {

const tlog::Terms kTerms{
    .activity = tlog::Activity::one_yuan, .designation = "general", .unit = ""};

tlog::SigningKey new_log_key(Random& random, const std::string& domain, const std::string& box) {
  tlog::Seed seed{};
  random.fill(seed);
  const Origin origin{domain, box, tlog::epoch_id_of(tlog::public_key_of(seed))};
  return {origin.text(), tlog::KeyType::note, seed};
}

}  // namespace

FleetBox::FleetBox(World world, std::string id, const std::string& domain)
    : world_(std::move(world)),
      id_(std::move(id)),
      tls_key_(net::PrivateKey::generate().value()),
      log_key_(new_log_key(world_.random, domain, id_)),
      journal_(world_.executor, world_.wall, world_.random) {
  journal_.append(
      {.bodies = {tlog::Epoch{.key = log_key_.verifier().text(), .previous = {}, .why = "first"}},
       .marks = {}},
      {});
}

std::string FleetBox::request() const {
  return sync::write_box_request({.box = id_,
                                  .origin = origin(),
                                  .log_vkey = log_key_.verifier().text(),
                                  .certificate_request = net::make_request(tls_key_, id_).value()},
                                 log_key_);
}

Result<void> FleetBox::accept(std::string_view text, const net::ServerUrl& url) {
  const auto identity = sync::parse_box_identity(text);
  if (!identity) return identity.error();
  auto mine = sync::check_box_identity(*identity, id_, log_key_.verifier(), tls_key_);
  if (!mine) return mine;
  auto cosigner = tlog::VerifierKey::parse(identity->cosigner);
  if (!cosigner) return cosigner.error();
  cosigner_ = *std::move(cosigner);
  if (auto office = tlog::VerifierKey::parse(identity->office); office) {
    office_.emplace(*std::move(office), std::nullopt);
  }
  auto tls = net::TlsContext::client({.certificate = identity->certificate,
                                      .key = tls_key_.to_pem(),
                                      .authority = identity->authority});
  if (!tls) return tls.error();
  http_.emplace(
      world_.executor, world_.real, *std::move(tls), url,
      [this] { return net::date_check(world_.wall.now(), SystemWallClock::build_epoch()); },
      net::HttpClient::Limits{});
  uplink_.emplace(*http_, world_.pace, world_.real, world_.tally);
  client_.emplace(
      world_.executor,
      sync::Client::Box{.clock = world_.pace,
                        .random = world_.random,
                        .journal = journal_,
                        .uplink = *uplink_,
                        .log_key = log_key_,
                        .cosigner = *cosigner_,
                        .office = office_ ? &*office_ : nullptr},
      [this] { return state(); },
      sync::Client::Told{.reply = {},
                         .dead = {},
                         .witness =
                             [this](const tlog::Witness& seen) {
                               journal_.append({.bodies = {seen}, .marks = {}}, {});
                             },
                         .office_forked = {}});
  return {};
}

sync::Heartbeat FleetBox::state() const {
  sync::Heartbeat heartbeat;
  heartbeat.version = YIJUAN_VERSION;
  heartbeat.origin = origin();
  heartbeat.head = journal_.head().size;
  heartbeat.cosigned = journal_.cosigned_size();
  heartbeat.open = true;
  heartbeat.devices = {{"coin", "", ""}, {"printer", "", ""}};
  heartbeat.paper = "ok";
  heartbeat.clock = world_.wall.now();
  heartbeat.up = world_.wall.uptime();
  return heartbeat;
}

void FleetBox::give() {
  const Seq coin = journal_.next_seq();
  Hash claim{};
  world_.random.fill(claim);
  ++given_;
  journal_.append({.bodies = {tlog::Cash{.device = "coin",
                                         .serial = "sample",
                                         .counter = static_cast<int>(given_ % 255) + 1,
                                         .amount = yuan(1),
                                         .session = given_,
                                         .terms = kTerms,
                                         .purpose = tlog::Purpose::gift},
                              tlog::Gift{.terms = kTerms,
                                         .channel = tlog::Channel::cash,
                                         .amount = yuan(1),
                                         .campaign = "sample",
                                         .people = 1,
                                         .slip = given_,
                                         .cash = {coin},
                                         .claim = claim,
                                         .closed = "done"}},
                   .marks = {}},
                  {});
  ++world_.tally.gifts;
  world_.tally.sum += yuan(1);
  if (client_) client_->notify();
}

}  // namespace yijuan::fleet
