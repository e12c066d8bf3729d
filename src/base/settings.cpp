#include "base/settings.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <set>

namespace yijuan {

// One table of the file. Children keep the parsed document alive.
struct Settings::Node {
  std::shared_ptr<const toml::table> document;
  const toml::table* table = nullptr;  // null where the file has no such table
  std::string file;
  std::string path;  // "coin." or ""
  std::set<std::string, std::less<>> asked;
  std::vector<std::shared_ptr<Node>> children;

  const toml::node* find(std::string_view key) {
    asked.emplace(key);
    return table == nullptr ? nullptr : table->get(key);
  }
};

namespace {

std::string_view name_of(toml::node_type type) {
  switch (type) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::string:
      return "a text";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a number with a fraction";
    case toml::node_type::boolean:
      return "true or false";
    default:
      return "a date or time";
  }
}

}  // namespace

Settings::Settings(std::shared_ptr<Node> node) : node_(std::move(node)) {}
Settings::Settings(Settings&&) noexcept = default;
Settings& Settings::operator=(Settings&&) noexcept = default;
Settings::~Settings() = default;

Settings Settings::parse(std::string_view text, std::string name) {
  auto node = std::make_shared<Node>();
  node->file = std::move(name);
  try {
    node->document = std::make_shared<const toml::table>(toml::parse(text));
  } catch (const toml::parse_error& error) {
    throw SettingsError(
        fmt::format("{}:{}: {}", node->file, error.source().begin.line, error.description()));
  }
  node->table = node->document.get();
  return Settings(std::move(node));
}

std::string Settings::where(std::string_view key) const {
  unsigned line = 0;
  if (node_->table != nullptr) {
    const toml::node* value = node_->table->get(key);
    line = (value != nullptr ? value->source() : node_->table->source()).begin.line;
  }
  const std::string place = line > 0 ? fmt::format("{}:{}", node_->file, line) : node_->file;
  return fmt::format("{}: {}{}", place, node_->path, key);
}

void Settings::fail(std::string_view key, std::string_view why) const {
  throw SettingsError(fmt::format("{}: {}", where(key), why));
}

std::string Settings::text(std::string_view key, std::optional<std::string> fallback) {
  const toml::node* value = node_->find(key);
  if (value == nullptr) {
    if (fallback) return *fallback;
    fail(key, "is missing");
  }
  if (const auto* text = value->as_string()) return text->get();
  fail(key, fmt::format("must be a text, not {}", name_of(value->type())));
}

std::int64_t Settings::integer(std::string_view key, std::int64_t least, std::int64_t most,
                               std::optional<std::int64_t> fallback) {
  const toml::node* value = node_->find(key);
  if (value == nullptr) {
    if (fallback) return *fallback;
    fail(key, "is missing");
  }
  const auto* number = value->as_integer();
  if (number == nullptr) {
    fail(key, fmt::format("must be a whole number, not {}", name_of(value->type())));
  }
  if (number->get() < least || number->get() > most) {
    fail(key, fmt::format("is {}, but must be from {} to {}", number->get(), least, most));
  }
  return number->get();
}

bool Settings::flag(std::string_view key, std::optional<bool> fallback) {
  const toml::node* value = node_->find(key);
  if (value == nullptr) {
    if (fallback) return *fallback;
    fail(key, "is missing");
  }
  if (const auto* flag = value->as_boolean()) return flag->get();
  fail(key, fmt::format("must be true or false, not {}", name_of(value->type())));
}

std::string Settings::choice(std::string_view key, std::initializer_list<std::string_view> choices,
                             std::optional<std::string> fallback) {
  std::string value = text(key, std::move(fallback));
  for (const std::string_view choice : choices) {
    if (value == choice) return value;
  }
  fail(key, fmt::format("is \"{}\", but must be one of: {}", value, fmt::join(choices, ", ")));
}

std::chrono::milliseconds Settings::milliseconds(
    std::string_view key, std::chrono::milliseconds least, std::chrono::milliseconds most,
    std::optional<std::chrono::milliseconds> fallback) {
  std::optional<std::int64_t> count;
  if (fallback) count = fallback->count();
  return std::chrono::milliseconds(integer(key, least.count(), most.count(), count));
}

Settings Settings::section(std::string_view key) {
  const toml::node* value = node_->find(key);
  auto child = std::make_shared<Node>();
  child->document = node_->document;
  child->file = node_->file;
  child->path = fmt::format("{}{}.", node_->path, key);
  if (value != nullptr) {
    child->table = value->as_table();
    if (child->table == nullptr) {
      fail(key, fmt::format("must be a table, not {}", name_of(value->type())));
    }
  }
  node_->children.push_back(child);
  return Settings(std::move(child));
}

std::vector<Settings> Settings::rows(std::string_view key) {
  std::vector<Settings> rows;
  const toml::node* value = node_->find(key);
  if (value == nullptr) return rows;
  const auto* array = value->as_array();
  if (array == nullptr) {
    fail(key, fmt::format("must be an array of tables, not {}", name_of(value->type())));
  }
  for (const toml::node& element : *array) {
    auto child = std::make_shared<Node>();
    child->document = node_->document;
    child->table = element.as_table();
    child->file = node_->file;
    child->path = fmt::format("{}{}[{}].", node_->path, key, rows.size());
    if (child->table == nullptr) {
      fail(key, fmt::format("must hold tables, not {}", name_of(element.type())));
    }
    node_->children.push_back(child);
    rows.push_back(Settings(std::move(child)));
  }
  return rows;
}

std::string Settings::glimpse(std::string_view key) const {
  const toml::node* value = node_->table == nullptr ? nullptr : node_->table->get(key);
  const auto* text = value == nullptr ? nullptr : value->as_string();
  return text == nullptr ? std::string() : text->get();
}

void Settings::finish_here() const {
  if (node_->table == nullptr) return;
  for (const auto& [key, value] : *node_->table) {
    if (!node_->asked.contains(key.str())) {
      fail(key.str(), "is not a key that this program knows");
    }
  }
}

void Settings::finish() const {
  finish_here();
  for (const auto& child : node_->children) Settings(child).finish();
}

}  // namespace yijuan
