// What goes to PostgreSQL and comes from it, in the server's binary form: integers are 8 bytes, the
// highest first; a time is microseconds since 2000-01-01; text and bytes are themselves. Private to
// the store.
#pragma once

#include <libpq-fe.h>

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/fen.hpp"
#include "base/time.hpp"

namespace yijuan::ledger::postgres {

using Word = std::array<std::uint8_t, 8>;
Word to_word(std::int64_t value);
std::int64_t from_word(const std::uint8_t* bytes);
std::int64_t to_server_time(WallTime time);
WallTime from_server_time(std::int64_t microseconds);

/// The parameters of one statement. Texts and bytes are not copied: they must outlive the sending.
class Parameters {
 public:
  template <class... Values>
  explicit Parameters(const Values&... values) {
    static_assert(sizeof...(values) <= kMost);
    (put(values), ...);
  }
  [[nodiscard]] int count() const { return count_; }
  [[nodiscard]] const char* const* values() const { return values_.data(); }
  [[nodiscard]] const int* lengths() const { return lengths_.data(); }
  [[nodiscard]] static const int* formats() { return kBinary.data(); }

 private:
  static constexpr std::size_t kMost = 40;
  static constexpr std::array<int, kMost> kBinary = [] {
    std::array<int, kMost> all{};
    all.fill(1);
    return all;
  }();

  void put(std::int64_t value);
  void put(std::uint64_t value) { put(static_cast<std::int64_t>(value)); }
  void put(bool value) { put(std::string_view(value ? "\1" : "\0", 1)); }
  void put(Fen value) { put(value.count()); }
  void put(WallTime value) { put(to_server_time(value)); }
  void put(std::string_view value) { put(as_bytes(value)); }
  void put(const std::string& value) { put(std::string_view(value)); }
  void put(BytesView value);
  void put(std::nullopt_t nothing);
  template <class Value>
  void put(const std::optional<Value>& value) {
    if (value) {
      put(*value);
    } else {
      put(std::nullopt);
    }
  }

  int count_ = 0;
  std::array<const char*, kMost> values_{};
  std::array<int, kMost> lengths_{};
  std::array<Word, kMost> words_{};
};

/// Rows for COPY … FROM STDIN (FORMAT binary).
class CopyRows {
 public:
  CopyRows();
  /// One row; its values in the order of the COPY's columns.
  template <class... Values>
  void add(const Values&... values) {
    put_short(sizeof...(values));
    (put(values), ...);
    ++rows_;
  }
  [[nodiscard]] std::size_t rows() const { return rows_; }
  /// All of it, ended. To be called once.
  BytesView finish();

 private:
  void put_short(std::int16_t value);
  void put_length(std::size_t value);
  void put(std::int64_t value);
  void put(std::uint64_t value) { put(static_cast<std::int64_t>(value)); }
  void put(Fen value) { put(value.count()); }
  void put(WallTime value) { put(to_server_time(value)); }
  void put(std::string_view value) { put(as_bytes(value)); }
  void put(const std::string& value) { put(std::string_view(value)); }
  void put(BytesView value);

  Bytes data_;
  std::size_t rows_ = 0;
};

/// A row of an answer, read column by column. Views live as long as its Rows.
class Row {
 public:
  Row(const PGresult* result, int row) : result_(result), row_(row) {}

  std::int64_t number();
  std::uint64_t count() { return static_cast<std::uint64_t>(number()); }
  Fen fen() { return Fen(number()); }
  bool flag();
  WallTime time() { return from_server_time(number()); }
  std::string text() { return std::string(as_text(bytes())); }
  BytesView bytes();
  [[nodiscard]] bool next_is_null() const { return PQgetisnull(result_, row_, column_ + 1) != 0; }
  void skip() { ++column_; }
  /// Whether every column was of the type that it was read as.
  [[nodiscard]] bool good() const { return good_; }

 private:
  const PGresult* result_;
  int row_;
  int column_ = -1;
  bool good_ = true;
};

/// The answer to one statement.
class Rows {
 public:
  explicit Rows(PGresult* result) : result_(result) {}
  [[nodiscard]] int size() const { return PQntuples(result_.get()); }
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] Row row(int number) const { return {result_.get(), number}; }
  /// Rows that the statement wrote.
  [[nodiscard]] std::uint64_t changed() const;
  /// What the server says that it did: "COMMIT".
  [[nodiscard]] std::string_view done() const { return PQcmdStatus(result_.get()); }

 private:
  struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  std::unique_ptr<PGresult, Clear> result_;
};

}  // namespace yijuan::ledger::postgres
