#include "net/control_socket.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <future>

#include "async/task_group.hpp"
#include "io/real_clock.hpp"
#include "net/errc.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_directory.hpp"

namespace yijuan::net {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

Task<json::object> handle(ControlRequest request, ControlProgress& progress) {
  if (request.command == "fail") co_return Error(NetErrc::refused, "no such box");
  if (request.command == "verify") {
    for (int done = 1; done <= 3; ++done) {
      auto sent = co_await progress.send({{"done", done}});
      if (!sent) co_return sent.error();
    }
  }
  co_return json::object{{"command", request.command},
                         {"arguments", request.arguments},
                         {"owner", request.peer.role == ControlRole::owner}};
}

void ignore(std::string_view /*task*/, const Error& /*error*/) {}

class ControlSocket : public ::testing::Test {
 protected:
  ControlSocket() { path_ = folder_ / "d.sock"; }
  ~ControlSocket() override {
    group_.cancel();
    static_cast<void>(test::run_task(context_, group_.join()));
    server_.reset();
  }

  Result<void> start() {
    server_ = std::make_unique<ControlServer>(context_.get_executor(), clock_, handle);
    auto listening = server_->listen(path_);
    if (listening) group_.spawn("control", server_->run());
    return listening;
  }

  /// Runs the blocking `call` beside the loop.
  template <class Call>
  auto beside(Call call) {
    auto result = std::async(std::launch::async, call);
    context_.restart();
    while (result.wait_for(0s) != std::future_status::ready) context_.run_one_for(10ms);
    return result.get();
  }

  Result<json::object> call(const std::string& command, const json::object& arguments = {}) {
    return beside([&] {
      return control_call(path_, command, arguments,
                          [this](const json::object& progress) { progress_.push_back(progress); });
    });
  }

  /// What the daemon answers to bytes that are no request.
  std::string raw(std::string_view bytes, bool hang_up) {
    return beside([&] {
      sockaddr_un address{};
      address.sun_family = AF_UNIX;
      path_.string().copy(address.sun_path, sizeof address.sun_path - 1);
      const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
      EXPECT_EQ(::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
      static_cast<void>(::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL));
      if (hang_up) ::shutdown(descriptor, SHUT_WR);
      std::string answer(4096, '\0');
      const ssize_t size = ::recv(descriptor, answer.data(), answer.size(), 0);
      answer.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
      ::close(descriptor);
      return answer;
    });
  }

  test::TemporaryDirectory directory_;
  const std::filesystem::path folder_ = directory_.path();
  std::filesystem::path path_;
  asio::io_context context_;
  RealClock clock_;
  TaskGroup group_{context_.get_executor(), ignore};
  std::unique_ptr<ControlServer> server_;
  std::vector<json::object> progress_;
};

TEST_F(ControlSocket, AnswersTheOneWhoAsksAndKnowsWhoThatIs) {
  ASSERT_TRUE(start().has_value());
  const json::object reply = call("status", {{"box", "market-01"}}).value();
  EXPECT_EQ(reply.at("command"), "status");
  EXPECT_EQ(reply.at("arguments").at("box"), "market-01");
  EXPECT_EQ(reply.at("owner"), true);
}

TEST_F(ControlSocket, LongCommandsTellHowFarTheyAre) {
  ASSERT_TRUE(start().has_value());
  ASSERT_TRUE(call("verify").has_value());
  ASSERT_EQ(progress_.size(), 3U);
  EXPECT_EQ(progress_.back().at("done"), 3);
}

TEST_F(ControlSocket, AnErrorIsShownInTheDaemonsWords) {
  ASSERT_TRUE(start().has_value());
  EXPECT_EQ(call("fail").error().message(), "refused: no such box");
}

TEST_F(ControlSocket, NonsenseIsAnsweredAndTheDaemonGoesOn) {
  ASSERT_TRUE(start().has_value());
  EXPECT_NE(raw("hello\n", false).find("not a JSON object"), std::string::npos);
  EXPECT_NE(raw("[]\n", false).find("not a JSON object"), std::string::npos);
  EXPECT_NE(raw("{}\n", false).find("no command"), std::string::npos);
  EXPECT_NE(raw("{\"command\":\"x\",\"arguments\":1}\n", false).find("no object"),
            std::string::npos);
  EXPECT_NE(raw(std::string(10'000, '[') + "\n", false).find("error"), std::string::npos);
  EXPECT_EQ(raw("{\"comm", true), "");
  EXPECT_TRUE(call("status").has_value());
}

TEST_F(ControlSocket, OnlyOwnerAndGroupMayConnect) {
  ASSERT_TRUE(start().has_value());
  struct stat status{};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0660U);
}

TEST_F(ControlSocket, ASecondDaemonIsToldAndADeadOnesSocketIsReplaced) {
  ASSERT_TRUE(start().has_value());
  ControlServer second(context_.get_executor(), clock_, handle);
  EXPECT_EQ(second.listen(path_).error(), make_error_code(NetErrc::refused));
  EXPECT_TRUE(call("status").has_value());

  const std::filesystem::path stale = folder_ / "stale.sock";
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  stale.string().copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ::close(descriptor);
  EXPECT_TRUE(second.listen(stale).has_value());
}

TEST_F(ControlSocket, WithoutADaemonTheCommandSaysSo) {
  EXPECT_EQ(control_call(path_, "status", {}).error(), make_error_code(NetErrc::unreachable));
  EXPECT_EQ(control_call(std::string(200, 'x'), "status", {}).error(),
            make_error_code(NetErrc::bad_address));
}

}  // namespace
}  // namespace yijuan::net
