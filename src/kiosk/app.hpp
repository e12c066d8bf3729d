// kioskd: the only place that constructs edges. Opens, runs until a signal or a failure, and stops
// in order: acceptors inhibited and drained, open cash closed, journal checkpointed.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "async/task_group.hpp"
#include "io/file_lock.hpp"
#include "io/real_clock.hpp"
#include "io/system_random.hpp"
#include "io/system_wall_clock.hpp"
#include "journal/sqlite_journal.hpp"
#include "kiosk/box.hpp"
#include "kiosk/box_keys.hpp"
#include "kiosk/device_registry.hpp"
#include "kiosk/devices.hpp"
#include "kiosk/export_desk.hpp"
#include "kiosk/ledger_link.hpp"
#include "kiosk/recordings.hpp"
#include "kiosk/screen_desk.hpp"
#include "kiosk/slip_desk.hpp"
#include "kiosk/test_watch.hpp"
#include "kiosk/verification.hpp"
#include "net/control_socket.hpp"

namespace yijuan::kiosk {

class App : private BoxOutput {
 public:
  /// Reads keys, takes the lock, opens the journal, makes the devices. Throws SettingsError about
  /// the configuration; any other trouble is the error.
  static Result<std::unique_ptr<App>> open(asio::io_context& context, KioskConfig config);
  ~App() override;

  /// Runs the loop to its end. 0 after a signal; 1 after a failure, so that systemd starts again.
  int run();
  /// Not empty: the log must be left (begin_epoch), and the box goes on with the next.
  [[nodiscard]] const std::string& left_because() const { return left_because_; }
  /// Box::marks().
  [[nodiscard]] std::vector<CounterMark> marks() const { return box_->marks(); }

 private:
  struct Opened {
    KioskConfig config;
    FileLock lock;
    BoxKeys keys;
    std::optional<LedgerAccess> ledger;
  };
  App(asio::io_context& context, Opened opened);
  Result<void> open_journal();
  Result<void> open_parts();
  [[nodiscard]] Box::Identity identity() const;
  void log_is_dead(const std::string& why);
  void leave_log(const std::string& why);
  void task_failed(std::string_view name, const Error& error);

  // BoxOutput
  void present(const domain::View& view) override;
  void print(Seq gift, std::uint32_t copy) override;
  void accept(bool wanted) override;
  void decide(const std::string& device, int counter, NoteVerdict verdict) override;
  void durable() override;
  void failed(const Error& error) override;

  // app_tasks.cpp: what runs beside each other.
  void spawn_all();
  Task<void> live();
  Task<void> stop();
  Task<void> wait_for_signal();
  Task<void> take_facts();
  Task<void> take_taps();
  Task<void> take_scans();
  Task<void> keep_time();
  Task<void> keep_house();
  Task<void> leave_log_later(std::string why, std::chrono::nanoseconds pause);
  Task<void> become_ready();
  Task<void> verify();
  void on_fact(const CashReport& report);
  void on_fact(const NoteInEscrow& note);
  void on_fact(const DeviceFound& found);
  void on_fact(const DeviceState& state);
  void on_fact(const DeviceCounters& counters);
  void on_fact(const ContactChanged& changed);
  void on_fact(const BoardReadings& readings);
  void read_pack();
  void keep_snapshot();

  // app_screen.cpp: what a view looks like, and what a tap on it means.
  void show();
  [[nodiscard]] std::string slip_payload(const DurableGift& gift) const;
  void on_tap(Tap tap);

  // app_control.cpp
  Task<boost::json::object> control(net::ControlRequest request, net::ControlProgress& progress);
  [[nodiscard]] bool open(std::string_view acceptor) const;
  [[nodiscard]] ExportDesk export_desk() const;
  Task<boost::json::object> control_verify(net::ControlProgress& progress);

  // app_device_tests.cpp
  Task<boost::json::object> control_test(net::ControlRequest request,
                                         net::ControlProgress& progress);
  Task<boost::json::object> control_door(net::ControlRequest request);
  [[nodiscard]] std::string why_no_test(std::string_view device) const;
  Task<boost::json::object> test_money(std::uint64_t pieces, net::ControlProgress& progress);
  Task<boost::json::object> test_printer(net::ControlProgress& progress);
  Task<boost::json::object> watch_test(std::chrono::nanoseconds lasts,
                                       net::ControlProgress& progress);
  Task<void> send_test_lines(net::ControlProgress& progress);
  Task<void> authorise(net::ControlPeer peer);
  Task<void> unlock_door(net::ControlPeer peer);
  void end_device_test();

  asio::io_context& context_;
  Opened opened_;
  RealClock clock_;
  SystemWallClock wall_;
  SystemRandom random_;
  std::unique_ptr<SqliteJournal> journal_;
  DeviceFacts facts_;
  Taps taps_;
  Scans scans_;
  Recordings recordings_{clock_};
  Devices devices_;
  std::optional<Box> box_;
  std::optional<SlipDesk> slips_;
  std::optional<ScreenDesk> screen_;
  std::optional<LedgerLink> link_;
  std::optional<Verification> verification_;
  std::optional<net::ControlServer> control_;

  std::optional<domain::View> view_;  // as last presented
  screen::Language language_;
  Instant last_tap_{};
  DeviceRegistry registry_;
  TestWatch test_watch_;
  std::optional<screen::TestCard> test_card_;
  std::filesystem::file_time_type pack_time_;
  std::uint64_t snapshot_size_ = 0;
  Event presented_;
  Event stop_;
  bool ready_ = false;
  std::chrono::milliseconds ready_after_{};
  int exit_code_ = 0;
  std::string left_because_;
  TaskGroup acceptors_;  // joined first
  TaskGroup others_;
  TaskGroup root_;
};

}  // namespace yijuan::kiosk
